"""What the scores take for granted, checked on the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.image import FloatImage

_SAME_SUM: Final = 1e-3
"""Largest spread of the maps' sum, relative to it, that calls them fractions."""
_MANY_ZEROS: Final = 0.5
_CORRELATED: Final = 0.1
"""Correlation of the noise of neighbours from which on it is not called independent."""


@dataclass(frozen=True)
class Assumptions:
    """What was found, and how pixels are to be held out because of it.

    Attributes
    ----------
    warnings : tuple of str
        What fails, and what is done about it.
    reach : int
        How many pixels around each one are held out with it.
    """

    warnings: tuple[str, ...]
    reach: int


def check_assumptions(data: FusionDataset) -> Assumptions:
    """Look for fractions instead of counts, for maps of zeros, and for correlated noise."""
    warnings: list[str] = []
    reach = 0
    if _are_fractions(data):
        warnings.append(
            "The maps add up to the same value in every pixel, so they are fractions and not"
            " counts: their noise is not that of counting, and each map's hangs on the others'."
            " The chemical term takes them for counts all the same; take the weights as a first"
            " guess."
        )
    empty = [name for name, image in data.maps.items() if np.mean(image == 0) > _MANY_ZEROS]
    if empty:
        warnings.append(
            f"More than half of the pixels are exactly zero in {', '.join(empty)}. Where a"
            " threshold made the zeros, they are not those of counting and easy to predict. All"
            " pixels are scored alike; take the weights as a first guess."
        )
    correlations = {name: noise_correlation(data.normalised(name)) for name in data.elements}
    correlated = [name for name, value in correlations.items() if value > _CORRELATED]
    if correlated:
        reach = 1
        warnings.append(
            f"The noise of neighbouring pixels is correlated in {', '.join(correlated)}"
            f" (up to {max(correlations.values()):.2f}), as after smoothing or resampling: they"
            " tell of each other's noise. Squares of 3 x 3 pixels are held out and their centres"
            " scored, which is safer but coarser."
        )
    return Assumptions(tuple(warnings), reach)


def _are_fractions(data: FusionDataset) -> bool:
    if len(data.elements) == 1:
        return False
    total = np.sum([image.astype(np.float64) for image in data.maps.values()], axis=0)
    return bool(np.std(total) < _SAME_SUM * abs(np.mean(total)))


def noise_correlation(image: FloatImage) -> float:
    """Correlation of the noise of horizontal and vertical neighbours, about 0 if independent.

    From what a local parabola leaves of the image; what the parabola itself does to independent
    noise is taken off.
    """
    residual = ndimage.convolve(image.astype(np.float64), _RESIDUAL, mode="reflect")
    power = float(np.mean(residual**2))
    if power == 0:
        return 0.0
    along_y = np.mean(residual[1:] * residual[:-1])
    along_x = np.mean(residual[:, 1:] * residual[:, :-1])
    return float((along_y + along_x) / 2) / power - _INDEPENDENT


def _parabola_residual(width: int) -> NDArray[np.float64]:
    """Kernel that takes the least-squares parabola of a window off its centre."""
    half = np.arange(width) - width // 2
    y, x = (axis.ravel().astype(np.float64) for axis in np.meshgrid(half, half, indexing="ij"))
    terms = np.stack([np.ones_like(x), y, x, y * y, x * y, x * x], axis=1)
    kernel: NDArray[np.float64] = -np.linalg.pinv(terms)[0].reshape(width, width)
    kernel[width // 2, width // 2] += 1
    return kernel


_RESIDUAL: Final = _parabola_residual(5)
_INDEPENDENT: Final = float(np.sum(_RESIDUAL[1:] * _RESIDUAL[:-1]) / np.sum(_RESIDUAL * _RESIDUAL))
