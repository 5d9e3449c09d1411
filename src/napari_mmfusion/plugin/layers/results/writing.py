"""File names from a dialog, and files that are written completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.io.atomic_write import explain_failure, stage_files
from napari_mmfusion.io.naming import quoted


def file_to_write(path: str, endings: Sequence[str]) -> Path:
    """`path` with one of `endings`; the first is added if it has none.

    Raises
    ------
    MMFusionWriteError
        If an ending is added and that file exists, because no dialog has asked about it.
    """
    file = Path(path)
    if file.suffix.lower() in endings:
        return file
    file = file.with_name(f"{file.name}{endings[0]}")
    if os.path.lexists(file):
        raise MMFusionWriteError(
            f"{quoted(file.name)} exists already; give the name with its ending to replace it,"
            " or another name"
        )
    return file


@contextmanager
def write_whole(folder: Path, names: Sequence[str], *, overwrite: bool) -> Iterator[Path]:
    """Write files completely or not at all; any failure raises one error with one line.

    Raises
    ------
    MMFusionWriteError
        If anything goes wrong; existing files are left unchanged.
    """
    with (
        explain_failure(names[0], "an existing file is unchanged"),
        stage_files(folder, names, overwrite=overwrite) as staging,
    ):
        yield staging
