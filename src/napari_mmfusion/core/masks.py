"""Masks of pixels, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.wording import Argument, Text

Mask = NDArray[np.bool_]


def boolean_mask(name: str | Argument, mask: ArrayLike, shape: tuple[int, ...]) -> Mask:
    """A read-only copy of a mask.

    Raises
    ------
    MMFusionDataError
        If it is of another shape than the images, or not of booleans.
    """
    try:
        checked = np.array(mask)
    except ValueError as error:
        raise MMFusionDataError(Text("{} is no array of booleans ({})", name, error)) from None
    if checked.dtype != np.bool_:
        raise MMFusionDataError(Text("{} must hold booleans, not {}", name, checked.dtype))
    if checked.shape != shape:
        raise MMFusionDataError(
            Text("{} has the shape {}, the images {}", name, checked.shape, shape)
        )
    checked.flags.writeable = False
    return checked


def used_pixels(mask: ArrayLike, shape: tuple[int, ...]) -> Mask:
    """A mask of the pixels of a data set that are used, which are some."""
    checked = boolean_mask(Argument("mask"), mask, shape)
    if not checked.any():
        raise MMFusionDataError(
            Text("{} is false everywhere, so it leaves no pixel to fuse", Argument("mask"))
        )
    return checked
