"""The layers of a data set and of a result: names, colours, scale, units and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import napari

from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.io.naming import safe_names
from napari_mmfusion.plugin.layers.calibration import calibrate
from napari_mmfusion.plugin.layers.choice.data_sets import new_reading
from napari_mmfusion.plugin.layers.choice.first_view import HAADF_LOOK, first_limits
from napari_mmfusion.plugin.layers.names import HAADF, HAADF_MODEL, fused_name
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.qt.napari_versions import show_scale_bar

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

LayerData = tuple[Any, dict[str, Any], str]
"""Pixels, attributes and type of a layer, as napari's readers and writers exchange them."""


def add_layers(viewer: ViewerModel, data: FusionDataset, file: str | None = None) -> list[Image]:
    """Add the HAADF image in gray and every chemical map in its own colour.

    Where the pixel size is a length, layers get it as scale with unit and axis labels, and the
    scale bar is shown; otherwise they count in pixels.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer, with or without a window.
    data : FusionDataset
        The images.
    file : str, optional
        Where the data came from, kept in the metadata; by default the name of the data.

    Returns
    -------
    list of napari.layers.Image
        The HAADF first. ``layer.metadata["mmfusion"]`` holds the file, its SHA-256 and the
        element (None for the HAADF).
    """
    return show_layers(viewer, layer_data(data, file))


def layer_data(
    data: FusionDataset, file: str | None = None, reading: str | None = None
) -> list[LayerData]:
    """What napari makes the layers of a data set from; see `add_layers`.

    `reading` identifies the data set in the viewer; by default it is a new one.
    """
    names = safe_names(data.elements, reserved=(HAADF,))
    images = [(names[element], element, image) for element, image in data.maps.items()]
    note = LayerNote.of_dataset(data, file, reading or new_reading())
    layers = _layers_of([(HAADF, None, data.haadf), *images], note, calibrate(data))
    return _for_first_view(layers)


def fused_layer_data(
    result: FusionResult, file: str | None = None, reading: str | None = None
) -> list[LayerData]:
    """What napari makes the output layers from: the HAADF model, then each fused map.

    Parameters
    ----------
    result : FusionResult
        The images and what made them.
    file : str, optional
        Where the measured data came from; by default the name of the data.
    reading : str, optional
        Identifies the data set in the viewer.
    """
    names = safe_names(result.data.elements)
    # Copies, because the next run writes into the layers.
    images = [
        (fused_name(names[element]), element, image.copy())
        for element, image in result.maps.items()
    ]
    note = replace(LayerNote.of_result(result, file), reading=reading)
    haadf = HAADF_MODEL, None, result.haadf.copy()
    return _layers_of([haadf, *images], note, calibrate(result.data))


def show_layers(viewer: ViewerModel, layers: Iterable[LayerData]) -> list[Image]:
    """Add image layers to a viewer; with a scale bar if they have a unit of length."""
    layers = list(layers)
    added: list[Image] = [viewer.add_image(image, **attributes) for image, attributes, _ in layers]
    _show_scale_bar(viewer, layers)
    return added


def hand_to_napari(layers: list[LayerData]) -> list[LayerData]:
    """Show the scale bar for layers that napari itself is going to add, and return them."""
    viewer = napari.current_viewer()
    if viewer is not None:
        _show_scale_bar(viewer, layers)
    return layers


def _layers_of(
    images: Sequence[tuple[str, str | None, FloatImage]],
    note: LayerNote,
    calibration: Mapping[str, Any],
) -> list[LayerData]:
    """Layers of images given by name and element; None is the HAADF image or its model."""
    colours = element_colours([element for _, element, _ in images if element is not None])
    layers: list[LayerData] = []
    for name, element, image in images:
        look = {"colormap": "gray"}
        if element is not None:
            look = {"colormap": colours[element], "blending": "additive"}
        metadata = note.for_element(element).to_metadata()
        layers.append((image, {"name": name, "metadata": metadata, **look, **calibration}, "image"))
    return layers


def _for_first_view(layers: list[LayerData]) -> list[LayerData]:
    """Measured layers with a look in which something can be seen."""
    (haadf, attributes, kind), *maps = layers
    limits = first_limits([image for image, _, _ in maps])
    first = haadf, attributes | HAADF_LOOK, kind
    if limits is None:
        return [first, *maps]
    return [first] + [
        (image, look | {"contrast_limits": pair}, kind)
        for (image, look, kind), pair in zip(maps, limits, strict=True)
    ]


def _show_scale_bar(viewer: ViewerModel, layers: Iterable[LayerData]) -> None:
    unit = next(
        (attributes["units"][-1] for _, attributes, _ in layers if "units" in attributes), None
    )
    if unit is not None:
        show_scale_bar(viewer, unit)
