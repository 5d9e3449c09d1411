"""Values that programs write where there is no measurement, such as 1e20 or -9999."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.masks import Mask

_KNOWN: Final = frozenset({-999.0, -9999.0, -99999.0, -999999.0, -32768.0, -2147483648.0})
_HUGE: Final = 1e10
"""Beyond counts and beyond the intensities of detectors, if nothing else comes near."""
_APART: Final = 1.0
_FAR_APART: Final = 1000.0
"""Distance from all other values, in units of their range."""


def fill_pixels(image: FloatImage, used: Mask) -> Mask:
    """True where an image holds a value that stands for no measurement."""
    found = np.zeros(image.shape, np.bool_)
    for _ in range(2):  # one of each sign
        rest = used & ~found if found.any() else used
        extremes = (
            float(image.max(initial=-np.inf, where=rest)),
            float(image.min(initial=np.inf, where=rest)),
        )
        for extreme in filter(_may_stand_for_none, extremes):
            pixels = rest & (image == np.float32(extreme))
            others = image[rest & ~pixels]
            if others.size and _stands_apart(extreme, float(others.min()), float(others.max())):
                found |= pixels
                break
        else:
            break
    return found


def _may_stand_for_none(value: float) -> bool:
    return value in _KNOWN or abs(value) >= _HUGE


def _stands_apart(extreme: float, low: float, high: float) -> bool:
    """Whether a value is far from all others, which reach from `low` to `high`."""
    distance = max(low - extreme, extreme - high)
    spread = max(high - low, 1e-6 * max(abs(low), abs(high)))
    return distance > (_APART if extreme in _KNOWN else _FAR_APART) * spread
