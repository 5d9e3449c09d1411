"""Rims without a measurement: rows and columns at the edges that are NaN or zero."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_MOSTLY: Final = 0.6
"""Part of a rim that is NaN, if every line with a gap is cut off: else gaps are just scattered."""
_ALMOST_ALL: Final = 0.9
"""Part of a line that is NaN if it belongs to a rim beside scattered gaps."""
_WIDEST: Final = 0.2
"""Part of the image that a rim of zeros can have at one side; a wider one is specimen or vacuum."""
_FILLED: Final = 0.5
"""Part of the pixels that are not zero in the line beside a rim: vacuum fades out, a rim ends."""

Rectangle = tuple[slice, slice]


def measured_rectangle(data: FusionDataset) -> Rectangle:
    """Rows and columns without the rims of NaN and of zeros."""
    rows, columns = finite_rectangle(not_finite(data))
    inner = {name: image.measured[rows, columns] for name, image in data.images()}
    top, bottom, left, right = zero_rim(inner)
    return (
        slice(rows.start + top, rows.stop - bottom),
        slice(columns.start + left, columns.stop - right),
    )


def not_finite(data: FusionDataset) -> Mask:
    """True where a pixel of any image is NaN or infinite."""
    gaps = np.zeros(data.shape, np.bool_)
    for _, image in data.images():
        if image.missing:
            gaps |= ~np.isfinite(image.measured)
    return gaps


def finite_rectangle(gaps: Mask) -> Rectangle:
    """The rectangle without the rims of `gaps`; gaps that are scattered stay in it."""
    if not gaps.any():
        return slice(0, gaps.shape[0]), slice(0, gaps.shape[1])
    rectangle = _peel(gaps, 0.0)
    cut = gaps.size - gaps[rectangle].size
    missing = np.count_nonzero(gaps) - np.count_nonzero(gaps[rectangle])
    return rectangle if missing >= _MOSTLY * cut else _peel(gaps, _ALMOST_ALL)


def _peel(gaps: Mask, tolerated: float) -> Rectangle:
    """Cut off the line at an edge with most gaps while it has more than `tolerated` of them."""
    sums = np.zeros((gaps.shape[0] + 1, gaps.shape[1] + 1), np.int64)
    sums[1:, 1:] = gaps.cumsum(axis=0).cumsum(axis=1)
    top, bottom, left, right = 0, gaps.shape[0], 0, gaps.shape[1]

    def share(y0: int, y1: int, x0: int, x1: int) -> float:
        inside = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
        return float(inside) / ((y1 - y0) * (x1 - x0))

    while bottom - top > 1 and right - left > 1:
        shares = (
            share(top, top + 1, left, right),
            share(bottom - 1, bottom, left, right),
            share(top, bottom, left, left + 1),
            share(top, bottom, right - 1, right),
        )
        worst = max(shares)
        if worst <= tolerated:
            break
        side = shares.index(worst)
        top, bottom = top + (side == 0), bottom - (side == 1)
        left, right = left + (side == 2), right - (side == 3)
    return slice(top, bottom), slice(left, right)


def zero_rim(images: dict[str, FloatImage]) -> tuple[int, int, int, int]:
    """Widths of the rims of zeros: at the top, bottom, left and right.

    A rim ends within a line in the HAADF image or in all maps, where vacuum fades out and a layer
    of the specimen is in single maps.
    """
    maps = [rims_of(image) for name, image in images.items() if name != HAADF]
    shared = np.min(maps, axis=0) if len(maps) > 1 else np.zeros(4, int)
    top, bottom, left, right = np.maximum(rims_of(images[HAADF]), shared).tolist()
    return top, bottom, left, right


def rims_of(image: FloatImage) -> list[int]:
    """Widths of the rims of zeros of one image at the top, bottom, left and right."""
    filled = image != 0
    return [_width(each) for each in (filled, filled[::-1], filled.T, filled.T[::-1])]


def _width(filled: Mask) -> int:
    """Number of the first rows that hold nothing, if the next holds much."""
    limit = int(_WIDEST * len(filled))
    width = 0
    while width <= limit and width < len(filled) and not filled[width].any():
        width += 1
    if width > limit or width == len(filled):
        return 0
    # Rows at a corner of two rims are empty at their ends.
    return width if filled[width].mean() >= _FILLED else 0
