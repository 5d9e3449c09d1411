"""The counting noise of a map as measured: how many of its units one count makes.

Maps come as counts, as counts times a factor, as fractions or other quantities computed from
counts, or smoothed. What a map is follows from its values and from how its noise grows with its
signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.data_check.quantum import one_count
from napari_mmfusion.core.filling import fill
from napari_mmfusion.core.image import FloatImage, MeasuredImage
from napari_mmfusion.core.masks import boolean_mask
from napari_mmfusion.core.sampling import sample_bands

Array = NDArray[np.float64]
MapKind = Literal["counts", "scaled counts", "fractions", "thresholded", "continuous", "filtered"]

_PARTS: Final = 10
_WEAKEST: Final = 0.05
_MOST_COUNTS: Final = 1e12
"""Counts whose noise is below the rounding of single precision."""

_BLUR: Final = 2.0
"""Pixels by which a map is blurred to sort its pixels by their signal."""
_WIDE: Final = 3
"""Pixels between those that are compared to find out whether the noise was smoothed."""
_SMOOTHED: Final = 0.5
"""Ratio of the noise of neighbours to that of distant pixels below which the map was smoothed."""
_CUT: Final = 0.1
"""Share of zeros among continuous values above which weak ones may have been set to zero."""
_SHORTEST: Final = 0.4
"""Waves per pixel, along both sides, from which there is nothing but noise."""
_UNIT_RANGE: Final = (0.4, 3.0)
"""Noise of counts, as a multiple of what their step means: edges add to it, smoothing lowers it."""


@dataclass(frozen=True)
class NoiseModel:
    """What kind of map it is, and what one count is in it.

    Attributes
    ----------
    kind : str
        ``"counts"``; ``"scaled counts"``, multiples of one number; ``"fractions"``, continuous
        values from 0 to 1; ``"thresholded"``, continuous values and many zeros that no
        counting explains; ``"continuous"``; or ``"filtered"``, whose neighbouring pixels share
        their noise.
    unit : float
        One count in measured units; 0 for a map without noise.
    zero : float
        The measured value of no counts.
    """

    kind: MapKind
    unit: float
    zero: float = 0.0

    @property
    def are_counts(self) -> bool:
        """Whether values are whole numbers of counts, which can be shared out at random."""
        return self.kind.endswith("counts") and self.unit > 0

    def __str__(self) -> str:
        """What was found, in words.

        >>> str(NoiseModel("scaled counts", 0.1))
        'scaled counts, one count is 0.1'
        """
        if self.unit == 0:
            return f"{self.kind}, without noise"
        one = "one count is" if self.are_counts else "noise as if one count were"
        return f"{self.kind}, {one} {self.unit:.3g}"


def find_noise_model(image: ArrayLike, *, mask: ArrayLike | None = None) -> NoiseModel:
    """Find out what kind of map an image is, and what one count is in it.

    Values that are multiples of one number are counts if their noise agrees, that is if their
    variance is about that number times their mean (so that an image of 8 bits is not taken for
    counts). Otherwise one count follows from the variance and the mean; see `counts_per_unit`. If
    pixels three apart differ much more than neighbours do, the map was smoothed, and the noise
    of the former counts. If a tenth or more of other values are zero, the rest tells whether weak
    ones were set to zero: the weakest are then far from one count.

    Parameters
    ----------
    image : (ny, nx) array
        The measured map; if it has negative values, its minimum is taken as no counts.
    mask : (ny, nx) array of bool, optional
        False where the image must be filled in already and its values mean nothing.

    Returns
    -------
    NoiseModel

    Raises
    ------
    MMFusionDataError
        If `image` is not a two-dimensional array of finite real numbers, or `mask` no mask for it.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> print(find_noise_model(rng.poisson(7, (64, 64)) / 4))
    scaled counts, one count is 0.25
    """
    from scipy.ndimage import gaussian_filter  # slow to import

    shape = MeasuredImage.from_array("image", image).measured.shape
    mask = None if mask is None else boolean_mask("mask", mask, shape)
    zero = min(float(np.min(image)), 0.0)
    signal = np.asarray(sample_bands(np.asarray(image)), dtype=np.float64)
    values = np.unique(signal if mask is None else signal[sample_bands(mask)])
    expected = _ranks(gaussian_filter(signal, _BLUR))
    unit = 1.0 / counts_per_unit(signal, expected)
    step = _common_step(values - zero)
    if step is not None and unit > _UNIT_RANGE[1] * step:  # noise, or fine structure
        unit = min(unit, _unit_of_white_noise(signal - zero))
    if step is not None and _UNIT_RANGE[0] * step < unit < _UNIT_RANGE[1] * step:
        return NoiseModel("counts" if step == 1 else "scaled counts", step, zero)
    wide = 1.0 / counts_per_unit(signal, expected, spacing=_WIDE)
    if unit < _SMOOTHED * wide:
        return NoiseModel("filtered", wide, zero)
    is_fraction = zero == 0 and values.size > 0 and values[-1] <= 1
    measured = signal.ravel() if mask is None else signal[sample_bands(mask)]
    if zero == 0 and _is_thresholded(measured, unit):
        return NoiseModel("thresholded", unit, zero)
    return NoiseModel("fractions" if is_fraction else "continuous", unit, zero)


def noise_of(image: FloatImage, mask: NDArray[np.bool_] | None) -> NoiseModel:
    """The noise of a map whose masked pixels mean nothing."""
    return find_noise_model(fill(image, mask), mask=mask)


def _is_thresholded(values: Array, unit: float) -> bool:
    """Whether weak values were set to zero: many are, and the others are no few counts.

    A pixel without counts is 0 as well, but then the weakest others hold about one count.
    """
    positive = values[values > 0]
    if unit == 0 or positive.size == 0 or positive.size > (1 - _CUT) * values.size:
        return False
    part_of_a_count = np.mean(positive < unit / 4) > _WEAKEST
    return bool(part_of_a_count or np.percentile(positive, 1) > 4 * unit)


def _unit_of_white_noise(signal: Array) -> float:
    """One count, from the shortest waves alone, which no structure has that the probe has blurred.

    The median is that of the power of noise: sharp edges are in few of the waves.
    """
    # Squared, so that the reflections of a lattice do not leak into the shortest waves.
    window = np.outer(*(np.hanning(side + 2)[1:-1] ** 2 for side in signal.shape))
    power = np.abs(np.fft.rfft2((signal - signal.mean()) * window)) ** 2
    ny, nx = signal.shape
    rows, columns = np.abs(np.fft.fftfreq(ny)), np.fft.rfftfreq(nx)
    shortest = power[np.ix_(rows > _SHORTEST, columns > _SHORTEST)]
    expected = float((window**2 * signal).sum())
    if not shortest.size or expected <= 0:
        return np.inf
    return float(np.median(shortest) / np.log(2)) / expected


def _ranks(image: Array) -> NDArray[np.uint16]:
    """An image in whole numbers, which are sorted ten times as fast."""
    spread = float(np.ptp(image)) or 1.0
    return np.asarray((image - image.min()) * (np.iinfo(np.uint16).max / spread), dtype=np.uint16)


def _common_step(values: Array) -> float | None:
    """The number of which all values are multiples, if there is one."""
    if values.size < 2:
        return None
    step = one_count(values)
    if step is None or step == round(step):
        return step
    inverse = round(1 / step)
    # Maps are often counts divided by a whole number.
    return 1 / inverse if inverse > 1 and abs(inverse * step - 1) < 1e-6 else step


def _curvature(spacing: int) -> Array:
    """The mixed fourth difference, with a sum of squares of 1."""
    second = np.zeros(2 * spacing + 1)
    second[[0, spacing, -1]] = (1, -2, 1)
    return np.outer(second, second) / 6.0


def counts_per_unit(image: ArrayLike, expected: ArrayLike, *, spacing: int = 1) -> float:
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
    spacing : int
        Pixels between the ones that are compared. Smoothed noise has its full variance only between
        pixels farther apart than it was smoothed.

    Returns
    -------
    float
        1 / k; infinite for an image without noise.
    """
    from scipy.ndimage import convolve, uniform_filter  # slow to import

    signal = np.asarray(image, dtype=np.float64)
    signal = signal - min(float(signal.min()), 0.0)
    edge = slice(spacing, -spacing)
    inner = (edge, edge) if min(signal.shape) > 2 * spacing else (slice(None),) * 2
    variance = convolve(signal, _curvature(spacing), mode="reflect")[inner].ravel() ** 2
    mean = uniform_filter(signal, 3, mode="reflect")[inner].ravel()
    order = np.argsort(np.asarray(expected)[inner], axis=None, kind="stable")
    classes = [part for part in np.array_split(order, _PARTS) if part.size]
    levels = np.array([mean[part].mean() for part in classes])
    variances = np.array([variance[part].mean() for part in classes])
    bright = levels > _WEAKEST * levels.max()
    unit = float(np.median(variances[bright] / levels[bright])) if bright.any() else 0.0
    return 1.0 / unit if unit * _MOST_COUNTS > levels.max() else np.inf
