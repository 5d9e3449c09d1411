"""Writing of layers to one file, for the writers of every format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from napari_mmfusion.plugin.layers.layer_data import LayerData
from napari_mmfusion.plugin.layers.layer_image import LayerImage, images_of
from napari_mmfusion.plugin.layers.results.writing import file_to_write, write_whole
from napari_mmfusion.plugin.qt.texts.wording import errors_in_labels


@errors_in_labels()
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
