"""Images that cannot be fused as they are: why, and copies that can be."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from napari.layers import Image

from napari_mmfusion.io.naming import quoted, sized
from napari_mmfusion.plugin.layers.choice.data_sets import assign_reading
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari.components import ViewerModel

_COLOURS: Final = (3, 4)
"""Length of the last axis of a colour picture."""

_converted: Final[weakref.WeakSet[Any]] = weakref.WeakSet()
"""Layers that `as_gray` made."""


def is_picture(layer: Image) -> bool:
    """Whether a layer is a colour picture, also where napari takes its colours for an axis."""
    shape = np.shape(layer.data[0] if layer.multiscale else layer.data)
    return bool(layer.rgb) or (len(shape) == 3 and shape[-1] in _COLOURS and min(shape[:2]) > 4)


def why_left_out(layer: Any) -> str:
    """Why an image cannot be fused as it is, and what can be done; empty if it can."""
    if not isinstance(layer, Image) or LayerNote.of(layer).is_output:
        return ""
    shape = np.shape(layer.data[0] if layer.multiscale else layer.data)
    if is_picture(layer):
        return (
            f"{quoted(layer.name)} is a colour picture (RGB). Load the counts it was made from, or"
            " convert it to gray, whose values are no counts."
        )
    if layer.ndim != 2:
        return (
            f"{quoted(layer.name)} is a stack, {sized(shape)}. Move napari's slider to the slice"
            " to fuse, then use this slice."
        )
    if layer.multiscale:
        return f"{quoted(layer.name)} is stored at several resolutions. Use the finest one."
    return ""


def is_converted(layer: Image) -> bool:
    """Whether a layer is the brightness of a colour picture."""
    return layer in _converted


def add_gray(viewer: ViewerModel, layer: Image, reading: str) -> Image:
    """Add the brightness of a colour picture, that of its brightest channel, to a data set.

    A map that was exported in one colour is then proportional to what it was made from, but for
    the limits and the gamma of the export.
    """
    pixels = np.asarray(layer.data[0] if layer.multiscale else layer.data)[..., :3]
    gray = _add(viewer, layer, pixels.max(axis=-1).astype(np.float32), "gray", reading)
    _converted.add(gray)
    return gray


def add_slice(viewer: ViewerModel, layer: Image, reading: str) -> Image:
    """Add the slice of a stack that is shown, at full resolution, to a data set."""
    data = layer.data[0] if layer.multiscale else layer.data
    shape = np.shape(data)
    place = layer.world_to_data(viewer.dims.point[-len(shape) :])
    last = np.subtract(shape, 1)
    indices = np.clip(np.rint(place), 0, last).astype(int)[:-2]
    image = np.array(data[tuple(int(index) for index in indices)])
    suffix = "-".join(str(int(index)) for index in indices)
    return _add(viewer, layer, image, f"slice {suffix}" if suffix else "2-D", reading)


def _add(viewer: ViewerModel, layer: Image, image: Any, what: str, reading: str) -> Image:
    made = Image(
        image,
        name=f"{layer.name} {what}",
        scale=layer.scale[-2:],
        translate=layer.translate[-2:],
        units=layer.units[-2:],
    )
    assign_reading(made, reading)
    viewer.add_layer(made)
    layer.visible = False  # it would cover the copy or shine through it
    return made
