"""Whether a map holds counts, and how much one count is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST_PIXELS: Final = 1 << 18
_TOLERANCE: Final = 4 * float(np.finfo(np.float32).eps)
"""Rounding of a value in single precision, relative to it."""
_OFF: Final = 0.05
"""How far from a whole number of counts a value may lie."""


def one_count(image: NDArray[np.floating]) -> float | None:
    """The value of one count, if all values are whole multiples of one; else None.

    Maps in counts are often scaled: by the dose, the time or the number of frames.

    Examples
    --------
    >>> one_count(np.array([[0, 0.5], [1.5, 1.0]], np.float32))
    0.5
    """
    pixels = image.ravel()[:: max(1, image.size // _MOST_PIXELS)]
    values = np.unique(pixels[np.isfinite(pixels)]).astype(np.float64)
    values = values[values != 0]
    if not values.size:
        return None
    if (values == np.rint(values)).all() and np.abs(values).max() < 2**53:
        return float(np.gcd.reduce(np.abs(values).astype(np.int64)))
    largest = float(np.abs(values).max())
    steps = np.concatenate([np.abs(values), np.diff(values)])
    steps = steps[steps > _TOLERANCE * largest]
    # Rounding spreads what is one count; the smallest of many would be too small.
    step = float(np.median(steps[steps < 1.5 * steps.min()]))
    # A mean over many multiples is more accurate than one step.
    for least in (step, 8 * step, 64 * step, 512 * step):
        near = steps[steps <= least]
        multiples = np.rint(near / step)
        if np.abs(near / step - multiples).max() > _OFF:
            return None
        step = float(near.sum() / multiples.sum())
    off = np.abs(values / step - np.rint(values / step))
    return step if (off < _OFF + _TOLERANCE * np.abs(values) / step).all() else None
