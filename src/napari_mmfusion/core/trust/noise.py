"""The noise of a measured map, and its noiseless signal according to the fused map.

The variance of counts equals their mean, but maps are seldom in counts: the number of counts in one
unit of a map is estimated from the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import convolve, uniform_filter

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.line import fit_line

Array = NDArray[np.float64]

LEAST_COUNTS: Final = 0.1
"""Least counts expected of a pixel: a single count where none is expected would weigh too much."""

_CURVATURE: Final = np.outer((1, -2, 1), (1, -2, 1)) / 6.0
_PARTS: Final = 10
_WEAKEST: Final = 0.05
_MOST_COUNTS: Final = 1e12
"""Counts whose noise is below the rounding of single precision."""


def counts_per_unit(image: ArrayLike, expected: ArrayLike) -> float:
    r"""Number of counts in one unit of a measured image with counting noise.

    Poisson noise has the variance :math:`k\,m` where the mean is :math:`m` and one count is
    :math:`k` units. The variance is taken from the mixed fourth difference of the image, which
    is zero for flat and evenly sloping areas. It is compared with the mean in ten classes of
    pixels, from weak to strong; the estimate is the median over the classes, so that edges, which
    fill few of them, do not matter. It is accurate to about 5 % for independent pixels, and to
    30 % at two counts per pixel. Images that were smoothed or interpolated seem to have more counts
    than they had.

    Parameters
    ----------
    image : (ny, nx) array
        The measured image; where it is negative, its minimum is taken as no counts.
    expected : (ny, nx) array
        The image to sort the pixels by: the fused map, whose noise differs from that of the image.

    Returns
    -------
    float
        1 / k; infinite for an image without noise.
    """
    signal = np.asarray(image, dtype=np.float64)
    signal = signal - min(float(signal.min()), 0.0)
    inner = (slice(1, -1), slice(1, -1)) if min(signal.shape) > 2 else (slice(None),) * 2
    variance = convolve(signal, _CURVATURE, mode="reflect")[inner].ravel() ** 2
    mean = uniform_filter(signal, 3, mode="reflect")[inner].ravel()
    order = np.argsort(np.asarray(expected)[inner], axis=None, kind="stable")
    classes = [part for part in np.array_split(order, _PARTS) if part.size]
    levels = np.array([mean[part].mean() for part in classes])
    variances = np.array([variance[part].mean() for part in classes])
    bright = levels > _WEAKEST * levels.max()
    unit = float(np.median(variances[bright] / levels[bright])) if bright.any() else 0.0
    return 1.0 / unit if unit * _MOST_COUNTS > levels.max() else np.inf


@dataclass(frozen=True, eq=False)
class ExpectedSignal:
    """The measured image without noise, according to the fused one.

    Fused maps are relative: offset and slope are fitted to the measured image.

    Attributes
    ----------
    image : (ny, nx) float64
        The expected image, in measured units.
    counts_per_unit : float
        How many counts make one of these units; see `counts_per_unit`.
    zero : float
        The value of no counts: 0, or the minimum of an image with negative values.
    offset, slope : float
        ``image = offset + slope * fused``, apart from values below `zero`, which are raised.
    """

    image: Array
    counts_per_unit: float
    zero: float
    offset: float
    slope: float

    @property
    def mean_counts(self) -> float:
        """Mean number of counts expected in a pixel."""
        return float(np.mean(self.image - self.zero)) * self.counts_per_unit

    @property
    def deviation(self) -> Array:
        """Standard deviation of the noise, in measured units."""
        if np.isinf(self.counts_per_unit):
            return np.zeros_like(self.image)
        counts = np.maximum((self.image - self.zero) * self.counts_per_unit, LEAST_COUNTS)
        return np.asarray(np.sqrt(counts) / self.counts_per_unit)

    def sample(self, rng: np.random.Generator) -> Array:
        """Simulate a measurement of the expected image, with new noise."""
        if np.isinf(self.counts_per_unit):
            return self.image
        counts = rng.poisson((self.image - self.zero) * self.counts_per_unit)
        return np.asarray(self.zero + counts / self.counts_per_unit)


def expected_signal(result: FusionResult, name: str) -> ExpectedSignal:
    """The measurement of a map, or of ``"HAADF"``, that a fusion expects without noise."""
    is_haadf = name == HAADF
    fused = (result.haadf if is_haadf else result.maps[name]).astype(np.float64)
    measured = (result.data.haadf if is_haadf else result.data.maps[name]).astype(np.float64)
    offset, slope = fit_line(fused, measured)
    zero = min(float(measured.min()), 0.0)
    image = np.maximum(offset + slope * fused, zero)
    return ExpectedSignal(image, counts_per_unit(measured, fused), zero, offset, slope)
