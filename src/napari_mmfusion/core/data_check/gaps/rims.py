"""Rims without a measurement: rows and columns at the edges that are NaN, filled or zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from napari_mmfusion.core.data_check.gaps.zero_rims import zero_rim
from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.masks import Mask

_MOSTLY: Final = 0.6
"""Part of a rim that is NaN, if every line with a gap is cut off: else gaps are just scattered."""
_ALMOST_ALL: Final = 0.9
"""Part of a line that is NaN if it belongs to a rim beside scattered gaps."""
Rectangle = tuple[slice, slice]


def measured_rectangle(data: FusionDataset, views: Sequence[View]) -> Rectangle:
    """Rows and columns without the rims of NaN, of fill values, of masked pixels and of zeros."""
    rows, columns = finite_rectangle(unmeasured(views))
    inner = {
        view.name: view.source[rows, columns]
        for view, (_, image) in zip(views, data.images(), strict=True)
        if not (view.is_missing or image.is_constant)
    }
    top, bottom, left, right = zero_rim(inner)
    return (
        slice(rows.start + top, rows.stop - bottom),
        slice(columns.start + left, columns.stop - right),
    )


def unmeasured(views: Sequence[View]) -> Mask:
    """True where some image has no measurement, but for images that have none at all."""
    gaps = np.zeros(views[0].image.shape, np.bool_)
    for view in views:
        if not view.is_missing:
            gaps |= ~view.valid
    return gaps


def not_finite(data: FusionDataset) -> Mask:
    """True where a pixel of any image is NaN or infinite, but for images that have no other."""
    gaps = np.zeros(data.shape, np.bool_)
    for _, image in data.images():
        if 0 < image.missing < gaps.size:
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
