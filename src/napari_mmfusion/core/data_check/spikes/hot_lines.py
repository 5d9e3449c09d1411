"""Lines of the scan that are brighter than both their neighbours, wherever specimen is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_RATIO: Final = 3.0
"""Mean of a hot line, relative to that of the lines beside it."""
_WINDOW: Final = 7
"""Lines whose median is what a line should be; up to three of them can be hot."""
_MOST: Final = 3
_SHARE: Final = 0.7
"""Pixels of the specimen that are brighter in a hot line: one hot pixel makes no hot line."""
_SPECIMEN: Final = 0.2
_FEWEST: Final = 16
"""Pixels of a line below which its mean is too uncertain."""
_SEEN: Final = 5.0
_SIGMAS: Final = 8.0
_HALO: Final = 0.15
_STRETCH: Final = 1.5
_SMOOTH: Final = 5

Values = NDArray[np.float64]


def hot_lines(image: FloatImage, view: View, others: Sequence[View]) -> Mask:
    """The pixels of lines that were recorded with more gain or on a higher level than the others.

    A line of that kind is several times as bright as both its neighbours, which are alike, and in
    one image only.
    """
    pixels = np.zeros(image.shape, np.bool_)
    for axis in (0, 1):
        if image.shape[1 - axis] < _FEWEST or image.shape[axis] < _WINDOW:
            continue
        lines = _candidates(image, view, axis)
        if not 0 < np.count_nonzero(lines) <= _MOST:  # planes of a lattice are many
            continue
        profiles = [_profile(other.image, axis) for other in others]
        for line in np.flatnonzero(lines).tolist():
            if not any(_is_shown(profile, line) for profile in profiles):
                pixels[(line,) if axis == 0 else (slice(None), line)] = True
    return pixels & view.valid


def _candidates(image: FloatImage, view: View, axis: int) -> NDArray[np.bool_]:
    """Lines far brighter than their neighbours, beyond noise and without a halo."""
    profile = _profile(image, axis)
    base = float(np.quantile(profile, 0.05)) if view.count is None else 0.0
    expected = ndimage.median_filter(profile, _WINDOW, mode="reflect")
    difference = profile - expected
    count = view.count or 1.0
    length = image.shape[1 - axis]
    spread = (
        np.sqrt(np.maximum(expected, count) * count / length)
        if view.count is not None
        else np.full(profile.shape, 1.4826 * float(np.median(np.abs(difference))))
    )
    hot = (difference > _SIGMAS * spread) & (profile - base > _RATIO * (expected - base))
    turned = image if axis == 0 else image.T
    for line in np.flatnonzero(hot).tolist():
        if not _is_brighter_throughout(turned, line):
            hot[line] = False
            continue
        beside = [k for k in (line - 1, line + 1) if 0 <= k < hot.size and not hot[k]]
        if any(difference[k] > _HALO * difference[line] for k in beside):
            hot[line] = False
    return np.asarray(hot)


def _is_brighter_throughout(image: FloatImage, line: int) -> bool:
    """Whether most pixels of a line are, wherever the lines around it show specimen."""
    others = [k for k in range(line - 4, line + 5) if 0 <= k < len(image) and abs(k - line) > 1]
    beside = np.sort(image[others], axis=0)[1:-1].mean(axis=0, dtype=np.float64)
    expected = ndimage.uniform_filter1d(beside, _SMOOTH)
    found = ndimage.uniform_filter1d(image[line].astype(np.float64), _SMOOTH)
    low, high = float(expected.min()), float(expected.max())
    specimen = expected >= low + _SPECIMEN * (high - low)
    return bool(np.mean(found[specimen] > _STRETCH * expected[specimen]) >= _SHARE)


def _is_shown(profile: Values, line: int) -> bool:
    """Whether a line differs from its neighbours more than the lines around it do."""
    padded = np.pad(profile, 1, mode="edge")
    bends = profile - (padded[:-2] + padded[2:]) / 2
    near = np.abs(np.arange(profile.size) - line)
    spread = 1.4826 * float(np.median(np.abs(bends[(near > 2) & (near <= 2 * _WINDOW)])))
    return bool(abs(bends[line]) > _SEEN * spread)


def _profile(image: FloatImage, axis: int) -> Values:
    """Mean of each line; what was not measured is at the median of the image."""
    return np.asarray(image.mean(axis=1 - axis, dtype=np.float64))
