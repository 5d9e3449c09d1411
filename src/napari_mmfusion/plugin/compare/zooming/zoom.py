"""Fill the view with a rectangle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from napari_mmfusion.plugin.qt.napari_versions import camera_of, size_of_a_view

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image
    from numpy.typing import NDArray

_MARGIN = 0.98
_HALF = 0.5
"""The centre of the first pixel is at 0, its edge half a pixel before."""


class Rectangle(NamedTuple):
    """A rectangle of whole pixels of an image."""

    x: int
    y: int
    width: int
    height: int


def rectangle_of(corners: Sequence[Sequence[float]] | NDArray[Any]) -> Rectangle:
    """The pixels that a drawn shape with corners ``(..., y, x)`` touches."""
    points = np.asarray(corners, dtype=float)[:, -2:] + _HALF
    top, left = (max(0, math.floor(edge)) for edge in points.min(axis=0))
    bottom, right = (math.ceil(edge) for edge in points.max(axis=0))
    return Rectangle(left, top, max(1, right - left), max(1, bottom - top))


def zoom_to(viewer: ViewerModel, rectangle: Rectangle, image: Image) -> None:
    """Move the camera so that `rectangle` of `image` fills the view, or every cell of the grid."""
    top, left = rectangle.y - _HALF, rectangle.x - _HALF
    corners = [(top, left), (top + rectangle.height, left + rectangle.width)]
    (y0, x0), (y1, x1) = (image.data_to_world((0,) * (image.ndim - 2) + c)[-2:] for c in corners)
    height, width = size_of_a_view(viewer)
    camera = camera_of(viewer)
    camera.center = (*camera.center[:-2], (y0 + y1) / 2, (x0 + x1) / 2)
    sides = max(abs(y1 - y0), 1e-12), max(abs(x1 - x0), 1e-12)
    camera.zoom = _MARGIN * min(height / sides[0], width / sides[1])
