"""Missed structure: chemistry that the maps show and the fused maps do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.resumption import require_result
from napari_mmfusion.core.trust.noise import Array, ExpectedSignal, expected_signal
from napari_mmfusion.core.trust.random_field import FWHM, threshold
from napari_mmfusion.core.values import ArrayRecord, FrozenMapping, describe_images

SCALES: Final = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Widths of the spots that are looked for, as the sigma of a Gaussian in pixels; 0 is one pixel."""

FALSE_ALARM: Final = 0.01
"""Chance that noise alone makes a place in a map."""

_FEWEST_COUNTS: Final = 0.5
"""Counts of a spot below which its expected counts are not known."""
_FIT_ERRORS: Final = 3.0
"""Standard errors by which the line fitted between fused and measured map may be off."""
_NAMED: Final = 3
"""Places of a map that are named in words."""


@dataclass(frozen=True)
class Place:
    """A place where a measured map and the fused one differ by more than noise.

    Attributes
    ----------
    row, column : int
        The pixel in the middle.
    size : float
        Sigma of the spot in pixels; 0 for a single pixel.
    counts : float
        Counts measured beyond those expected of the spot; negative if there are fewer.
    part : float
        `counts` as a part of the counts expected; infinite where none are.
    significance : float
        In standard deviations of the noise.
    """

    row: int
    column: int
    size: float
    counts: float
    part: float
    significance: float

    def __str__(self) -> str:
        """Where it is, and how much is missed.

        >>> print(Place(12, 40, 2.0, 31.0, 0.62, 5.4))
        31 counts more (62 %, 5.4 sigma) at row 12, column 40, 5 pixels wide
        """
        more = "more" if self.counts > 0 else "fewer"
        part = f"{abs(self.part):.0%}".replace("%", " %, ") if np.isfinite(self.part) else ""
        width = max(1, round(FWHM * self.size))
        return (
            f"{abs(self.counts):.3g} counts {more} ({part}{abs(self.significance):.1f} sigma)"
            f" at row {self.row}, column {self.column}, {width} pixel{'s' * (width > 1)} wide"
        )


@dataclass(frozen=True, eq=False, repr=False)
class MissedStructure(ArrayRecord):
    """Where measured maps differ from the fused ones by more than noise, at several scales.

    Attributes
    ----------
    significance : mapping of str to (ny, nx) float32
        Measured minus expected counts of the spot around every pixel, in standard deviations of its
        noise, at the scale where it is largest. Above 0 the map has more than the fused one.
    places : mapping of str to tuple of Place
        The places above `threshold`, strongest first.
    threshold : float
        Significance that noise alone reaches anywhere in a map with a chance of 1 %.
    """

    significance: Mapping[str, FloatImage]
    places: Mapping[str, tuple[Place, ...]]
    threshold: float

    def __str__(self) -> str:
        """The maps with missed structure, and their strongest places."""
        missed = {name: places for name, places in self.places.items() if places}
        if not missed:
            return (
                "Nothing missed: no measured map differs from its fused map by more than noise"
                f" ({self.threshold:.1f} sigma), at any scale. What is weaker than the noise of the"
                " map can be missing all the same."
            )
        lines = ["The measured maps show what the fused maps lack or have too much of:"]
        for name, places in missed.items():
            named = "; ".join(str(place) for place in places[:_NAMED])
            rest = len(places) - _NAMED
            lines.append(f"{name}: {named}{f'; and {rest} more places' if rest > 0 else ''}.")
        without = [name for name, places in self.places.items() if not places]
        if without:
            lines.append(f"Nothing missed in {', '.join(without)}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        """The shape, the elements and the number of places."""
        count = sum(len(places) for places in self.places.values())
        return f"MissedStructure({describe_images(self.significance)}; {count} places)"


def missed_structure(result: FusionResult) -> MissedStructure:
    r"""What the HAADF image does not know: structure of the maps that the fused maps lack.

    A fusion averages over places that look alike in the HAADF image. A dopant or a vacancy
    without Z contrast can vanish that way. It is still in the measured map: over some pixels, its
    counts differ from those that the fused map expects by more than noise. For Gaussian spots
    :math:`g_s` of several widths :math:`s` the measured counts :math:`g_s * b` are compared with
    the expected :math:`g_s * \mu`, whose variance is :math:`g_s^2 * \mu`: the significance is the
    signed root of the Poisson deviance of the equivalent numbers of counts, so that it holds at
    few counts, too. The threshold is corrected for looking everywhere, with the expected number of
    peaks of a Gaussian random field (Worsley et al., J. Cereb. Blood Flow Metab. 12, 900 (1992),
    doi:10.1038/jcbfm.1992.127). Edges that the fusion blurs or total variation flattens are missed
    structure as well. Of a filtered map, whose noise is shared by neighbours, the spread of the
    significances themselves is taken for that of the noise.

    Parameters
    ----------
    result : FusionResult
        The fusion to examine.

    Returns
    -------
    MissedStructure
        ``print`` describes it.

    Examples
    --------
    >>> import numpy as np
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=20, seed=0)
    >>> dopant = np.zeros(data.shape)
    >>> dopant[40:44, 24:28] = 20
    >>> doped = mmf.FusionDataset(data.haadf, {**data.maps, "O": data.maps["O"] + dopant})
    >>> result = mmf.fuse(doped, lambda_tv=2.0)
    >>> bool(mmf.missed_structure(result).places["O"])
    True
    """
    require_result(result)
    mask = result.data.mask
    used = np.ones(result.data.shape, dtype=bool) if mask is None else mask
    scales = [scale for scale in SCALES if 8 * scale <= min(used.shape)]
    limit = threshold(int(used.sum()), scales, FALSE_ALARM)
    images, places = {}, {}
    for name, measured in result.data.maps.items():
        signal = expected_signal(result, name)
        shared = result.data.noise[name].kind == "filtered"
        found = _compare(measured.astype(np.float64), signal, used, scales, shared)
        images[name] = found[0].astype(np.float32)
        places[name] = _places(*found, used, limit)
    return MissedStructure(FrozenMapping(images), FrozenMapping(places), limit)


def _compare(
    measured: Array, signal: ExpectedSignal, used: np.ndarray, scales: list[float], shared: bool
) -> tuple[Array, Array, Array, Array]:
    """Of every pixel: the largest significance, its scale, and the counts measured and expected."""
    shape = measured.shape
    largest, sizes, counts, means = (np.zeros(shape) for _ in range(4))
    if np.isinf(signal.counts_per_unit):
        return largest, sizes, counts, means
    counted = np.where(used, (measured - signal.zero) * signal.counts_per_unit, 0.0)
    expected = np.where(used, (signal.image - signal.zero) * signal.counts_per_unit, 0.0)
    # Standard error of the expected counts, from the line that was fitted to all pixels.
    fused = expected[used]
    spread = float(fused.std()) or 1.0
    error = float(np.sqrt(fused.mean() / fused.size))
    fit_error = error * np.hypot(1.0, (expected - fused.mean()) / spread)
    for scale in scales:
        observed, mean, variance = (
            _spot(image, scale, squared)
            for image, squared in ((counted, False), (expected, False), (expected, True))
        )
        # The number of counts whose Poisson distribution has this relative variance. Where counts
        # are expected only in the tail of the spot it would be too large for its middle.
        to_number = np.full(shape, 1 / _peak(scale))
        np.divide(mean, variance, out=to_number, where=variance > mean * _peak(scale))
        number, expected_number = observed * to_number, mean * to_number
        z = _deviance(number, expected_number, _FIT_ERRORS * fit_error / _peak(scale))
        if shared:
            z /= max(1.0, 1.4826 * float(np.median(np.abs(z[used]))))
        larger = used & (np.abs(z) > np.abs(largest))
        for target, values in ((largest, z), (counts, number), (means, expected_number)):
            target[larger] = values[larger]
        sizes[larger] = scale
    return largest, sizes, counts, means


def _spot(image: Array, scale: float, squared: bool) -> Array:
    """Convolution with a Gaussian of the sum 1, or with its square, and zeros around the image."""
    from scipy.ndimage import gaussian_filter  # slow to import

    if scale == 0:
        return image
    if not squared:
        return np.asarray(gaussian_filter(image, scale, mode="constant"))
    narrow = gaussian_filter(image, scale / np.sqrt(2), mode="constant", truncate=4 * np.sqrt(2))
    return np.asarray(narrow * _peak(scale))


def _peak(scale: float) -> float:
    """Sum of the squares of a Gaussian of the sum 1."""
    if scale == 0:
        return 1.0
    offsets = np.arange(-round(4 * scale), round(4 * scale) + 1)
    line = np.exp(-0.5 * (offsets / scale) ** 2)
    return float(((line / line.sum()) ** 2).sum() ** 2)


def _deviance(number: Array, expected: Array, tolerance: Array) -> Array:
    """Signed root of the Poisson deviance from the nearest mean within the tolerance.

    An excess is compared with half a count at least, since less cannot be known.
    """
    number = np.maximum(number, 0.0)
    mean = np.clip(number, np.maximum(expected - tolerance, 0.0), expected + tolerance)
    mean = np.where(number > mean, np.clip(number, mean, np.maximum(mean, _FEWEST_COUNTS)), mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where((number > 0) & (mean > 0), number * np.log(number / mean), 0.0)
    root = np.sqrt(np.maximum(2 * (logs - (number - mean)), 0.0))
    return np.asarray(np.sign(number - mean) * root)


def _places(
    largest: Array, sizes: Array, counts: Array, means: Array, used: np.ndarray, limit: float
) -> tuple[Place, ...]:
    """The peaks above the limit, each at least the width of its spot away from a stronger one."""
    rows, columns = np.nonzero(used & (np.abs(largest) > limit))
    order = np.argsort(-np.abs(largest[rows, columns]), kind="stable")
    taken = np.zeros(largest.shape, dtype=bool)
    places = []
    for row, column in zip(rows[order], columns[order], strict=True):
        if taken[row, column]:
            continue
        size = float(sizes[row, column])
        reach = max(1, int(np.ceil(FWHM * size)))
        taken[
            max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1
        ] = 1
        excess = float(counts[row, column] - means[row, column])
        mean = float(means[row, column])
        part = excess / mean if mean >= _FEWEST_COUNTS else float("inf")
        z = float(largest[row, column])
        places.append(Place(int(row), int(column), size, excess, part, z))
    return tuple(places)
