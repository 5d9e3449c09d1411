"""Fused maps in measured units, with the amounts that were measured."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.image import FloatImage

Array = NDArray[np.float64]

_BLUR: Final = 8.0
"""Pixels within which amounts are kept: far enough to average the noise of few counts."""
_EMPTY: Final = 1e-3
"""Level, as a part of the mean, below which a fused map says nothing about where counts belong."""


def with_measured_amounts(
    fused: FloatImage | Array,
    measured: FloatImage | Array,
    mask: NDArray[np.bool_] | None = None,
) -> Array:
    r"""A fused map with the amounts of the measured one.

    .. math:: \frac{\sum b}{\sum y}\, y, \quad
        y = (x + \delta)\, \frac{G b}{G (x + \delta)}, \quad \delta = \tfrac{1}{1000} \bar b,

    with the Gaussian blur G of 8 pixels: finer structure is that of the fused map, coarser
    amounts are those that were measured. Where the fused map is empty the blurred measurement
    takes its place.

    Parameters
    ----------
    fused, measured : (ny, nx) array
        The maps x and b, above the level of no counts; nowhere negative.
    mask : (ny, nx) array of bool, optional
        False where nothing was measured; those pixels do not count.

    Returns
    -------
    (ny, nx) float64
    """
    from scipy.ndimage import gaussian_filter  # slow to import

    b = np.asarray(measured, dtype=np.float64)
    counted = np.ones_like(b) if mask is None else mask.astype(np.float64)
    total = float((b * counted).sum())
    if total <= 0:
        return np.zeros_like(b)
    x = np.asarray(fused, dtype=np.float64) + _EMPTY * total / counted.sum()
    near = gaussian_filter(x * counted, _BLUR)
    # Where no measured pixel is near, nothing tells the amount.
    known = near > 0
    ratio = gaussian_filter(b * counted, _BLUR) / np.where(known, near, 1.0)
    kept: Array = x * np.where(known, ratio, total / (x * counted).sum())
    return kept * (total / (kept * counted).sum())
