"""A picture of the canvas: what is seen there, but finer."""

from __future__ import annotations

import math
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from napari_mmfusion.plugin.qt.napari_versions import (
    camera_of,
    grid_of,
    scale_bar_of,
    size_of_a_view,
    text_of,
)

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from numpy.typing import NDArray

_LONGER_SIDE: Final = 2000
"""Pixels that the longer side of the picture has at least, before its margins are cut off."""
_USUAL_ORIENTATION: Final = ("down", "right")


class CanvasPicture(NamedTuple):
    """What the canvas shows.

    Attributes
    ----------
    image : (height, width, 3) uint8
        Red, green and blue.
    pixel_size : float or None
        Side of a pixel of the picture in the units of the layers; None if the picture shows several
        views or a view in three dimensions, which have their own scale bars.
    """

    image: NDArray[np.uint8]
    pixel_size: float | None


def has_canvas(viewer: ViewerModel) -> bool:
    """Whether the viewer has a window, and something visible in it."""
    return hasattr(viewer, "window") and any(layer.visible for layer in viewer.layers)


def picture_of(viewer: ViewerModel) -> CanvasPicture:
    """Take a picture of the canvas at some times its resolution, without empty margins.

    Parameters
    ----------
    viewer : napari.Viewer
        A viewer with a window and something visible in it.
    """
    single = not grid_of(viewer).enabled and viewer.dims.ndisplay == 2
    camera, bar = camera_of(viewer), scale_bar_of(viewer)
    height, width = (float(side) for side in viewer.screenshot(flash=False).shape[:2])
    factor = max(1, math.ceil(_LONGER_SIDE / max(height, width)))
    with ExitStack() as restored:
        # Napari makes the canvas larger, but shows more of the scene in it.
        _set(restored, camera, "zoom", camera.zoom * factor)
        if single:
            _set(restored, bar, "visible", False)
        for overlay in (bar, text_of(viewer), *_overlays_of_layers(viewer)):
            _set(restored, overlay, "font_size", overlay.font_size * factor)
            if hasattr(overlay, "size"):  # of a color bar
                _set(restored, overlay, "size", tuple(factor * side for side in overlay.size))
        image = viewer.screenshot(scale=factor, flash=False)[..., :3]
    if not single:
        return CanvasPicture(np.ascontiguousarray(image), None)
    # The zoom counts the pixels of Qt; on some screens each of them is several of the picture's.
    per_unit = camera.zoom * image.shape[1] / size_of_a_view(viewer)[1]
    if getattr(camera, "orientation2d", _USUAL_ORIENTATION) == _USUAL_ORIENTATION:
        image = image[_filled_part(viewer, image.shape[:2], per_unit)]
    return CanvasPicture(np.ascontiguousarray(image), 1 / per_unit)


def _set(restored: ExitStack, owner: Any, name: str, value: object) -> None:
    restored.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)


def _overlays_of_layers(viewer: ViewerModel) -> list[Any]:
    """Words and color bars of the visible images, whose size counts pixels of the canvas."""
    names = ("name_overlay", "colorbar")
    layers = [layer for layer in viewer.layers if layer.visible]
    found = [getattr(layer, name, None) for layer in layers for name in names]
    return [each for each in found if each is not None and each.visible]


def _filled_part(
    viewer: ViewerModel, shape: tuple[int, int], per_unit: float
) -> tuple[slice, slice]:
    """The rows and columns of the picture that visible layers reach; all if they reach none."""
    axes = list(viewer.dims.displayed)
    seen = [layer.extent.world for layer in viewer.layers if layer.visible]
    low = np.min([extent[0][-len(axes) :] for extent in seen], axis=0)
    high = np.max([extent[1][-len(axes) :] for extent in seen], axis=0)
    centre = np.array(camera_of(viewer).center[-2:])
    middle = np.array(shape) / 2
    first = np.floor((low - centre) * per_unit + middle).astype(int)
    last = np.ceil((high - centre) * per_unit + middle).astype(int)
    parts = [slice(max(a, 0), min(b, side)) for a, b, side in zip(first, last, shape, strict=True)]
    if any(part.start >= part.stop for part in parts):
        return slice(None), slice(None)
    return parts[0], parts[1]
