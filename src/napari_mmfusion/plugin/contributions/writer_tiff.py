"""Writers of ``.tif`` for File > Save: layers as channels of one file, or one file per layer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion._version import __version__
from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.io import endings, layout
from napari_mmfusion.io.naming import listed
from napari_mmfusion.io.tiff import Channel, write_tiff
from napari_mmfusion.plugin.contributions.one_file import write_one_file
from napari_mmfusion.plugin.layers.layer_data import LayerData
from napari_mmfusion.plugin.layers.layer_image import (
    LayerImage,
    distinct_names,
    images_of,
)
from napari_mmfusion.plugin.layers.results.writing import write_whole
from napari_mmfusion.plugin.qt.texts.wording import errors_in_labels


def write_stack(path: str, layers: Sequence[LayerData]) -> list[str]:
    """Write layers as the channels of one ImageJ hyperstack, with names, colours and pixel size.

    Parameters, result and errors are those of `write_one_file`; the ending is ``.tif``.
    """
    return write_one_file(path, layers, endings.TIFF, _write)


@errors_in_labels()
def write_each(path: str, layers: Sequence[LayerData]) -> list[str]:
    """Write each layer to a separate file, ``<name>_<layer>.tif``.

    Parameters
    ----------
    path : str
        Folder and first part of the names of the files.
    layers : sequence of LayerData
        Two-dimensional image layers.

    Returns
    -------
    list of str
        The files written, one per layer.

    Raises
    ------
    MMFusionWriteError
        If such a file exists, a layer is not a plain image or writing fails; no file is written
        then.
    """
    images = [image for layer in layers for image in images_of([layer])]
    file = Path(path)
    typed = file.suffix.lower() in endings.TIFF
    stem, ending = (file.stem, file.suffix) if typed else (file.name, endings.TIFF[0])
    names = [f"{name}{ending}" for name in distinct_names(f"{stem}_{i.name}" for i in images)]
    there = [name for name in names if (file.parent / name).exists()]
    if there:
        # The dialog has asked only about the name that the user typed.
        raise MMFusionWriteError(
            f"{listed(there, 4)} exist already and are left unchanged; choose another name"
        )
    with write_whole(file.parent, names, overwrite=False) as staging:
        for name, image in zip(names, images, strict=True):
            _write(staging / name, [image])
    return [str(file.parent / name) for name in names]


def _write(path: Path, images: Sequence[LayerImage]) -> None:
    write_tiff(
        path,
        [_channel(image) for image in images],
        pixel_size=images[0].pixel_size,
        unit=images[0].unit,
        info=_info(images),
    )


def _channel(image: LayerImage) -> Channel:
    limits = image.attributes.get("contrast_limits")
    return Channel(
        image.name,
        image.image,
        None if limits is None else (float(limits[0]), float(limits[1])),
        _colour_table(image.attributes.get("colormap")),
    )


def _colour_table(colormap: Any) -> NDArray[np.uint8] | None:
    if colormap is None:
        return None
    from napari.utils.colormaps import ensure_colormap

    colours = np.asarray(ensure_colormap(colormap).map(np.linspace(0, 1, 256)))
    table: NDArray[np.uint8] = np.rint(255 * colours[:, :3]).astype(np.uint8)
    return table


def _info(images: Sequence[LayerImage]) -> str:
    """Where the layers come from, as JSON; without the costs, which are long."""
    notes = {
        image.name: note.without_costs().as_dict()
        for image in images
        if (note := image.note).role is not None
    }
    creator = {layout.CREATOR: layout.PROGRAM, layout.VERSION: __version__}
    return json.dumps(creator | {"layers": notes}, default=str)
