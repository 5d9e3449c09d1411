"""Contrast limits of new layers, and colours for values of both signs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.drawing import contrast_of

if TYPE_CHECKING:
    from napari.utils.colormaps import Colormap

COLORBAR_SIZE: Final = (16, 100)
"""Width and height of a color bar on the canvas."""

_BRIGHTEST: Final = 99.9
"""Percentile of a fused map shown at full brightness."""
_SAMPLES: Final = 1 << 16

_BLUE_WHITE_RED: Final = ("#053061", "#4393C3", "#F7F7F7", "#D6604D", "#67001F")

_ENDS: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
"""Limits, times a power of ten, for which the color bar has numbers other than its zero."""

_LARGEST: Final = 99.5
"""Percentile of the magnitudes at full colour, so that a few pixels do not pale the rest."""


def samples_of(image: FloatImage) -> FloatImage:
    """Some pixels from all over an image."""
    step = max(1, image.size // _SAMPLES) | 1  # odd, to meet all columns and not every other one
    return image.reshape(-1)[::step]


def limits_of_sample(image: FloatImage) -> tuple[float, float]:
    """From the darkest to nearly the brightest of some pixels; a few hot pixels may saturate."""
    sample = samples_of(image)
    low, high = float(sample.min()), float(np.percentile(sample, _BRIGHTEST))
    return (low, high) if high > low else (low, low + 1.0)


def limits_from_zero(image: FloatImage) -> tuple[float, float]:
    """From zero to the brightest but a few pixels."""
    return 0.0, float(contrast_of(image)[1]) or 1.0


def symmetric_limits(image: FloatImage) -> tuple[float, float]:
    """Round limits that put zero in the middle."""
    largest = float(np.percentile(np.abs(image), _LARGEST)) or float(np.abs(image).max()) or 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    end = power * next((end for end in _ENDS if end * power >= largest), _ENDS[-1])
    return -end, end


def blue_white_red() -> Colormap:
    """Colours for values of both signs: white is zero."""
    from napari.utils.colormaps import Colormap

    return Colormap(_BLUE_WHITE_RED, name="blue-white-red")
