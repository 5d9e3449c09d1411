"""Masks of pixels, checked."""

from __future__ import annotations

from collections.abc import Sequence

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


def run_lengths(mask: Mask) -> list[int]:
    """Lengths of the runs of true and false pixels in turn, row after row, true first.

    >>> run_lengths(np.array([[False, True], [True, False]]))
    [0, 1, 2, 1]
    """
    flat = mask.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff([0, *edges.tolist(), flat.size]).tolist()
    return lengths if flat.size == 0 or flat[0] else [0, *lengths]


def mask_of_runs(lengths: Sequence[int], shape: tuple[int, int]) -> Mask:
    """The mask of `run_lengths`.

    Raises
    ------
    MMFusionDataError
        If the runs do not fill an image of this shape.
    """
    number = shape[0] * shape[1]
    if min(lengths, default=0) < 0 or sum(lengths) != number:
        raise MMFusionDataError("the runs of pixels left out are not those of such an image")
    kinds = np.arange(len(lengths)) % 2 == 0
    return np.repeat(kinds, lengths).reshape(shape)
