"""File names from a dialog, and files that are written completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.io.atomic_write import explain_failure, stage_files
from napari_mmfusion.io.naming import quoted
from napari_mmfusion.plugin.layers.layer_data import LayerData
from napari_mmfusion.plugin.layers.layer_image import LayerImage, images_of


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


def write_one_file(
    path: str,
    layers: Sequence[LayerData],
    endings: Sequence[str],
    write: Callable[[Path, list[LayerImage]], None],
) -> list[str]:
    """Write layers to one file, completely or not at all.

    Parameters
    ----------
    path : str
        File to write; the first of `endings` is added if it has none.
    layers : sequence of LayerData
        Two-dimensional image layers of one shape.
    endings : sequence of str
        Endings of this kind of file.
    write : callable
        Writes the images to the given path.

    Returns
    -------
    list of str
        The file written.

    Raises
    ------
    MMFusionWriteError
        If the layers do not fit in one file or writing fails; an existing file is left unchanged.
    """
    images = images_of(layers)
    file = file_to_write(path, endings)
    with write_whole(file.parent, [file.name], overwrite=True) as staging:
        write(staging / file.name, images)
    return [str(file)]
