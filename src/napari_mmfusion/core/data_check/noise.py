"""Whether a map was filtered: neighbouring pixels share their noise."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.suggestion.assumptions import (
    INDEPENDENT,
    RESIDUAL,
    noise_correlation,
)

_CORRELATED: Final = 0.1
_FALL: Final = 0.5
"""Noise at the shortest waves, relative to that at twice their length, below which it is not white.
"""
_EDGE: Final = 4.0
"""Residual of an edge, relative to the median of all."""
_TOO_QUIET: Final = 0.7
"""Variance from pixel to pixel, relative to that of counts, below which they were filtered."""
_SIDE: Final = 1024
"""Pixels along a side of the part of a larger image that is examined."""
_SMALLEST: Final = 16
"""Pixels along a side below which both are too uncertain."""


def shared_noise(view: View) -> float:
    """Correlation of neighbours where a map was filtered, else 0.

    Fine structure makes neighbours alike as well, but leaves the noise as it is: that of counts, or
    that of the shortest waves if the map is in other units.
    """
    if min(view.image.shape) < _SMALLEST or view.is_constant:
        return 0.0
    image = _brightest_part(view.image)
    correlation = noise_correlation(image)
    if correlation < max(_CORRELATED, 4 / np.sqrt(image.size)):
        return 0.0
    if view.count is None:
        correlation = min(correlation, _correlation_beside_edges(image))
        white = correlation < _CORRELATED or _fall(image) > _FALL
        return 0.0 if white else correlation
    return correlation if _dispersion(image / view.count) < _TOO_QUIET else 0.0


def _brightest_part(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """The part of a large image with most counts, which is enough to tell and needs less memory."""
    parts = [
        image[top : top + _SIDE, left : left + _SIDE]
        for top in _starts(image.shape[0])
        for left in _starts(image.shape[1])
    ]
    return max(parts, key=lambda part: float(part.mean(dtype=np.float64)))


def _starts(side: int) -> list[int]:
    """Where parts begin that cover a side without a remainder."""
    number = -(-side // _SIDE)
    return [round(k * (side - _SIDE) / (number - 1)) for k in range(number)] if number > 1 else [0]


def _correlation_beside_edges(image: NDArray[np.float32]) -> float:
    """Correlation of the noise of neighbours without the pixels that stand out: edges, needles."""
    residual = ndimage.convolve(image.astype(np.float64), RESIDUAL, mode="reflect")
    limit = _EDGE * float(np.median(np.abs(residual)))
    if limit == 0:
        return np.inf
    flat = np.where(np.abs(residual) < limit, residual, 0.0)
    pairs = np.sum(flat[1:] * flat[:-1]) + np.sum(flat[:, 1:] * flat[:, :-1])
    return float(pairs / (2 * np.sum(flat**2))) - INDEPENDENT


def _dispersion(counts: NDArray[np.floating]) -> float:
    """Variance from pixel to pixel relative to the mean: 1 for counts, more with fine structure."""
    residual = ndimage.convolve(counts.astype(np.float64), RESIDUAL, mode="reflect")
    return float(np.mean(residual**2) / np.sum(RESIDUAL**2) / np.mean(counts))


def _fall(image: NDArray[np.float32]) -> float:
    """Median power of the shortest waves relative to that of waves of about four pixels."""
    ny, nx = image.shape
    window = np.outer(np.hanning(ny + 2)[1:-1], np.hanning(nx + 2)[1:-1])
    values = image.astype(np.float64)
    power = np.abs(np.fft.fft2((values - values.mean()) * window)) ** 2
    waves = np.hypot(np.fft.fftfreq(ny)[:, None], np.fft.fftfreq(nx)[None])
    # Medians, since the reflections of a lattice are few and strong.
    middle = float(np.median(power[(waves > 0.2) & (waves < 0.3)]))
    short = float(np.median(power[waves > 0.5]))
    return short / middle if middle > 0 else 1.0
