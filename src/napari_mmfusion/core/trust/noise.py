"""The noise of a measured map, and its noiseless signal according to the fused map.

The variance of counts equals their mean, but maps are seldom in counts: the number of counts in one
unit of a map is estimated from the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.line import fit_line
from napari_mmfusion.core.noise_model import counts_per_unit

Array = NDArray[np.float64]

LEAST_COUNTS: Final = 0.1
"""Least counts expected of a pixel: a single count where none is expected would weigh too much."""


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
    mask = result.data.mask
    used = (slice(None), slice(None)) if mask is None else mask  # the others have invented values
    offset, slope = fit_line(fused[used], measured[used])
    zero = min(float(measured.min()), 0.0)
    image = np.maximum(offset + slope * fused, zero)
    return ExpectedSignal(image, counts_per_unit(measured, fused), zero, offset, slope)
