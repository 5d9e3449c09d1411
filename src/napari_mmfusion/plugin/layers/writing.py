"""Files that napari or a person named: found, and written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from napari_mmfusion.core.errors import MMFusionError, MMFusionWriteError
from napari_mmfusion.io.atomic import staged
from napari_mmfusion.io.naming import printable, quoted


def file_to_write(path: str, endings: Sequence[str]) -> Path:
    """`path` with one of `endings`; the first is added where it has none.

    Raises
    ------
    MMFusionWriteError
        If an ending is added and that file exists: no dialog has asked about it.
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
    """`io.atomic.staged`, whose every failure is told as one error in one line.

    Raises
    ------
    MMFusionWriteError
        Whatever went wrong; files that were there are as before.
    """
    try:
        with staged(folder, names, overwrite=overwrite) as staging:
            yield staging
    except MMFusionWriteError:
        raise
    except Exception as error:
        reason = printable(str(error) or type(error).__name__, 200)
        advice = "" if isinstance(error, MMFusionError) else "; make room or choose another folder"
        raise MMFusionWriteError(
            f"{printable(names[0], 200)}: could not be written ({reason}); a file that was there"
            f" is unchanged{advice}"
        ) from error
