"""Fused maps in measured units, with the amounts that were measured."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.image import FloatImage

Array = NDArray[np.float64]

_BLUR: Final = 8.0
"""Pixels within which amounts are kept: far enough to average the noise of few counts."""
_MOST: Final = 3.0
"""Greatest local factor: a fused map that is nearly empty does not say where the counts belong, and
a higher one would gather those of a whole neighbourhood in single pixels."""


def with_measured_amounts(
    fused: FloatImage | Array,
    measured: FloatImage | Array,
    mask: NDArray[np.bool_] | None = None,
    *,
    unit: float = 0.0,
) -> Array:
    r"""A fused map with the amounts of the measured one.

    .. math:: \frac{\sum b}{\sum y}\, y, \quad y = r x + (a - r\, G x), \quad
              r = \min\left(\frac{a}{G x}, 3\right), \quad
              a = G x + \max\left(1 - \frac{v}{d^2}, 0\right) d, \quad d = G b - G x

    with the Gaussian blur G of 8 pixels, and x multiplied by :math:`\sum b / \sum x` before.
    Structure finer than the blur is that of the fused map, coarser amounts are those that were
    measured as far as they differ by more than their own noise, of variance v. What the fused
    map lacks by more than a factor of 3 is added as blurred measurement.

    Parameters
    ----------
    fused, measured : (ny, nx) array
        The maps x and b, above the level of no counts; nowhere negative.
    mask : (ny, nx) array of bool, optional
        False where nothing was measured; those pixels do not count.
    unit : float
        One count in measured units, from which v follows; 0 takes b to have no noise.

    Returns
    -------
    (ny, nx) float64

    References
    ----------
    James, Stein, Proc. 4th Berkeley Symp. Math. Stat. Prob. 1, 361 (1961): a measured difference
    shrunk by its noise is nearer to the true one than the difference itself.
    """
    from scipy.ndimage import gaussian_filter  # slow to import

    b = np.asarray(measured, dtype=np.float64)
    counted = np.ones_like(b) if mask is None else mask.astype(np.float64)
    total = float((b * counted).sum())
    if total <= 0:
        return np.zeros_like(b)
    x = np.maximum(np.asarray(fused, dtype=np.float64), 0)
    level = float((x * counted).sum())
    x *= total / level if level > 0 else 0
    near, wanted = (gaussian_filter(image * counted, _BLUR) for image in (x, b))
    if unit > 0:
        wanted = near + _shrunk(wanted - near, unit * _blurred_noise(np.maximum(b, 0) * counted))
    factor = np.minimum(wanted, _MOST * near) / np.where(near > 0, near, 1.0)
    share = gaussian_filter(counted, _BLUR)
    rest = (wanted - factor * near) / np.where(share > 0, share, 1.0)
    kept: Array = factor * x + np.maximum(rest, 0)
    kept *= total / float((kept * counted).sum())
    return kept


def _shrunk(difference: Array, variance: Array) -> Array:
    square = np.square(difference)
    kept: Array = np.maximum(square - variance, 0) / np.where(square > 0, square, 1.0) * difference
    return kept


def _blurred_noise(counts: Array) -> Array:
    """Variance of blurred counts: blurred with the squared kernel, which is a narrower Gaussian."""
    from scipy.ndimage import gaussian_filter  # slow to import

    rows, columns = map(_kernel_square, counts.shape)
    return np.asarray(gaussian_filter(counts, _BLUR / math.sqrt(2)) * np.outer(rows, columns))


def _kernel_square(n: int) -> Array:
    """The sum of the squared kernel for n pixels in a row, whose ends reflect."""
    place = (np.arange(n) + 0.5) / _BLUR
    ends = np.exp(-(place**2)) + np.exp(-((n / _BLUR - place) ** 2))
    return np.asarray((1 + ends) / (2 * math.sqrt(math.pi) * _BLUR))
