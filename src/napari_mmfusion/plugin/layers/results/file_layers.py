"""The layers of a file, for the reader, the Load button and the command line."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io.dataset_reader import read_dataset
from napari_mmfusion.io.formats import PathOrPaths, as_list, open_file
from napari_mmfusion.io.items import OpenFile
from napari_mmfusion.io.layers_file import NamedImage, is_layers_file, read_layers
from napari_mmfusion.io.results.reader import is_result, read_result
from napari_mmfusion.plugin.layers.calibration import calibrate_pixels
from napari_mmfusion.plugin.layers.choice.data_sets import new_reading
from napari_mmfusion.plugin.layers.layer_data import (
    LayerData,
    fused_layer_data,
    layer_data,
    show_layers,
)
from napari_mmfusion.plugin.layers.layer_image import distinct_names
from napari_mmfusion.plugin.layers.looks.look import LOOK, attributes_of
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image


def file_layers(path: PathOrPaths, **options: Any) -> list[LayerData]:
    """Read a file as layers: the measured images, and the fused ones if the file has them.

    Parameters
    ----------
    path : str, path or sequence of them
        File, folder or files that `napari_mmfusion.load` reads.
    **options
        Further arguments of `napari_mmfusion.load`; with any, only measured images are read.

    Raises
    ------
    MMFusionReadError
        If the file cannot be read.
    """
    with open_file(path, options.pop("group", None)) as file:
        content = _read(file, **options)
    paths = [Path(each) for each in as_list(path)]
    source = str((paths[0] if len(paths) == 1 else paths[0].parent).resolve())
    if isinstance(content, FusionDataset):
        return layer_data(content, source)
    if isinstance(content, FusionResult):
        reading = new_reading()
        measured = layer_data(content.data, source, reading)
        # As after a run: the noisy maps would cover the fused ones.
        hidden = [(image, look | {"visible": False}, kind) for image, look, kind in measured]
        return hidden + fused_layer_data(content, source, reading)
    return _plain_layers(content, source)


def add_file(viewer: ViewerModel, path: PathOrPaths, **options: Any) -> list[Image]:
    """Add the layers of a file to a viewer; see `file_layers`."""
    return show_layers(viewer, file_layers(path, **options))


def _read(file: OpenFile, **options: Any) -> FusionDataset | FusionResult | list[NamedImage]:
    """Everything the file holds or, with a choice of images, the data set of these."""
    if file.group is None and all(value is None for value in options.values()):
        if is_result(file):
            return read_result(file)
        if is_layers_file(file):
            return read_layers(file)
    return read_dataset(file, **options)


def _plain_layers(images: list[NamedImage], source: str) -> list[LayerData]:
    """Layers of any kind from a file; their notes are as trustworthy as the file."""
    readings: dict[str | None, str] = {}
    names = distinct_names(str(each.note.get("name", each.name)) for each in images)
    layers: list[LayerData] = []
    for each, name in zip(images, names, strict=True):
        attributes = {"name": name, **attributes_of(each.note.get(LOOK)), **_calibration(each)}
        note = LayerNote.of(each.note)
        if note.role is not None:
            reading = readings.setdefault(note.reading, new_reading())
            attributes["metadata"] = replace(note, file=source, reading=reading).to_metadata()
        layers.append((each.image, attributes, "image"))
    return layers


def _calibration(image: NamedImage) -> dict[str, Any]:
    try:
        height, width = (float(size) for size in image.note["pixel_size"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return {}
    positive = 0 < height < math.inf and 0 < width < math.inf
    return calibrate_pixels((height, width), str(image.note.get("unit", ""))) if positive else {}
