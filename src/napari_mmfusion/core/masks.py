"""Masks of pixels, checked."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.errors import MMFusionDataError

Mask = NDArray[np.bool_]


def boolean_mask(name: str, mask: ArrayLike, shape: tuple[int, ...]) -> Mask:
    """A read-only copy of a mask.

    Raises
    ------
    MMFusionDataError
        If it is of another shape than the images, or not of booleans.
    """
    try:
        checked = np.array(mask)
    except ValueError as error:
        raise MMFusionDataError(f"{name} is no array of booleans ({error})") from None
    if checked.dtype != np.bool_:
        raise MMFusionDataError(f"{name} must hold booleans, not {checked.dtype}")
    if checked.shape != shape:
        raise MMFusionDataError(f"{name} has the shape {checked.shape}, the images {shape}")
    checked.flags.writeable = False
    return checked


def used_pixels(mask: ArrayLike, shape: tuple[int, ...]) -> Mask:
    """A mask of the pixels of a data set that are used, which are some."""
    checked = boolean_mask("mask", mask, shape)
    if not checked.any():
        raise MMFusionDataError("mask is false everywhere, so it leaves no pixel to fuse")
    return checked
