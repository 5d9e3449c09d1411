"""The assumptions behind the scores, checked on the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.wording import Argument, Text

_SAME_SUM: Final = 1e-3
"""Largest spread of the maps' sum, relative to it, that calls them fractions."""
_MANY_ZEROS: Final = 0.5
_CORRELATED: Final = 0.1
"""Correlation of neighbouring noise above which it does not count as independent."""


@dataclass(frozen=True)
class AssumptionReport:
    """Which assumptions do not hold, and how pixels have to be held out because of it.

    Attributes
    ----------
    warnings : tuple of str
        What does not hold, and what is done about it.
    reach : int
        How many pixels around each one are held out with it.
    """

    warnings: tuple[str, ...]
    reach: int


def check_assumptions(data: FusionDataset) -> AssumptionReport:
    """Check for fractions instead of counts, for maps of zeros, and for correlated noise."""
    warnings: list[str] = []
    reach = 0
    if _are_fractions(data):
        warnings.append(
            Text(
                "The maps add up to the same value in every pixel, so they are fractions and not"
                " counts: they do not have counting noise, and the noise of one map depends on the"
                " others. The chemical term treats them as counts all the same; take the {} as a"
                " first guess.",
                Argument("lambdas"),
            )
        )
    empty = [name for name, image in data.maps.items() if np.mean(image == 0) > _MANY_ZEROS]
    if empty:
        warnings.append(
            Text(
                "More than half of the pixels are exactly zero in {}. Zeros from a threshold are"
                " not counts, and are easy to predict. All pixels are scored alike; take the {} as"
                " a first guess.",
                ", ".join(empty),
                Argument("lambdas"),
            )
        )
    correlations = {name: noise_correlation(data.normalised(name)) for name in data.elements}
    correlated = [name for name, value in correlations.items() if value > _CORRELATED]
    if correlated:
        reach = 1
        warnings.append(
            f"The noise of neighbouring pixels is correlated in {', '.join(correlated)}"
            f" (up to {max(correlations.values()):.2f}), as after smoothing or resampling: each"
            " pixel predicts the noise of the next. Squares of 3 x 3 pixels are held out and their"
            " centres scored, which is safer but coarser."
        )
    return AssumptionReport(tuple(warnings), reach)


def _are_fractions(data: FusionDataset) -> bool:
    if len(data.elements) == 1:
        return False
    total = np.sum([image.astype(np.float64) for image in data.maps.values()], axis=0)
    return bool(np.std(total) < _SAME_SUM * abs(np.mean(total)))


def noise_correlation(image: FloatImage) -> float:
    """Correlation of the noise of horizontal and vertical neighbours, about 0 if independent.

    Computed from the residual of a local parabola, less the correlation that the parabola itself
    gives independent noise.
    """
    residual = ndimage.convolve(image.astype(np.float64), RESIDUAL, mode="reflect")
    power = float(np.mean(residual**2))
    if power == 0:
        return 0.0
    along_y = np.mean(residual[1:] * residual[:-1])
    along_x = np.mean(residual[:, 1:] * residual[:, :-1])
    return float((along_y + along_x) / 2) / power - INDEPENDENT


def _parabola_residual(width: int) -> NDArray[np.float64]:
    """Kernel that subtracts the least-squares parabola of a window from its centre."""
    half = np.arange(width) - width // 2
    y, x = (axis.ravel().astype(np.float64) for axis in np.meshgrid(half, half, indexing="ij"))
    terms = np.stack([np.ones_like(x), y, x, y * y, x * y, x * x], axis=1)
    kernel: NDArray[np.float64] = -np.linalg.pinv(terms)[0].reshape(width, width)
    kernel[width // 2, width // 2] += 1
    return kernel


RESIDUAL: Final = _parabola_residual(5)
INDEPENDENT: Final = float(np.sum(RESIDUAL[1:] * RESIDUAL[:-1]) / np.sum(RESIDUAL * RESIDUAL))
