"""How high noise alone rises anywhere in an image, for noise smoothed to several widths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

_LOWEST, _HIGHEST, _STEPS = 1.0, 12.0, 60
FWHM: Final = 2.355
"""Full width at half maximum of a Gaussian, in sigma."""


def threshold(pixels: int, scales: Sequence[float], chance: float) -> float:
    r"""The absolute value that smoothed noise exceeds somewhere with a given chance.

    Smoothed with a Gaussian of sigma s, an image of N pixels has :math:`R = N / (2.355 s)^2`
    resolution elements, and noise of the deviation 1 has

    .. math:: R \, 4 \ln 2 \, (2\pi)^{-3/2} \, u \, e^{-u^2/2}

    peaks above u (Worsley et al. (1992), doi:10.1038/jcbfm.1992.127). Not more peaks are expected
    than pixels are, which limits narrow Gaussians. The chances of all scales and both signs are
    added, so the threshold is rather too high.

    Parameters
    ----------
    pixels : int
        Number of pixels of the image.
    scales : sequence of float
        Sigma of every Gaussian, in pixels; 0 for independent pixels.
    chance : float
        Chance that noise exceeds the threshold, between 0 and 1.

    Examples
    --------
    >>> round(threshold(10000, [0.0], 0.01), 2)
    4.89
    """
    low, high = _LOWEST, _HIGHEST
    for _ in range(_STEPS):  # bisection: the expected number falls with u
        middle = (low + high) / 2
        expected = sum(_peaks(middle, pixels, scale) for scale in scales)
        low, high = (middle, high) if expected > chance else (low, middle)
    return high


def _peaks(u: float, pixels: int, scale: float) -> float:
    """Expected number of peaks above u or below -u, at most the number of such pixels."""
    tails = pixels * math.erfc(u / math.sqrt(2))
    if scale == 0:
        return tails
    elements = max(pixels / (FWHM * scale) ** 2, 1.0)
    density = 4 * math.log(2) * math.pow(2 * math.pi, -1.5) * u * math.exp(-u * u / 2)
    return min(tails, 2 * elements * density + math.erfc(u / math.sqrt(2)))
