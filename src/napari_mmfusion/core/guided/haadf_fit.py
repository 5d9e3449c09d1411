"""The linear HAADF model of the guided solver, fitted to the image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.filling import blur
from napari_mmfusion.core.guided.map_units import Images, MapUnits
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.sampling import sample_bands
from napari_mmfusion.core.weighting import atomic_numbers_of, element_weights

_BLUR: Final = 2.0
"""Pixels by which maps and HAADF image are blurred: maps are noisy and often have a wider probe."""


@dataclass(frozen=True)
class LinearModel:
    """The HAADF image as ``offset + sum(weights * maps)``, maps in units of their peaks."""

    weights: tuple[float, ...]
    offset: float


class HaadfFit:
    r"""Fits :math:`h \approx o + \sum_i w_i x_i`, :math:`w_i \ge 0`, by least squares.

    With weighting ``z^1.7`` only a scale and the offset are fitted, and the weights are
    :math:`a Z_i^{1.7}` times the peak of the map. Weights that `params` gives are kept. Of large
    images a part is enough.

    Raises
    ------
    MMFusionDataError
        If weighting ``z^1.7`` needs an atomic number that is not known.
    MMFusionParameterError
        If weights or atomic numbers were given for maps that are not there.
    """

    def __init__(
        self, data: FusionDataset, params: FusionParameters, units: Sequence[MapUnits]
    ) -> None:
        self._haadf = blur(sample_bands(data.normalised(HAADF)), _BLUR)
        self._given = _given_weights(data, params, units)
        self._ratios: NDArray[np.float64] | None = None
        if params.weighting == "z^1.7":
            numbers = atomic_numbers_of(data, params)
            powers = element_weights(numbers, "z^1.7", 1.0)
            self._ratios = powers * [unit.peak for unit in units]

    def fit(self, maps: Images) -> LinearModel:
        """The model that fits `maps` (n, ny, nx), in units of their peaks, best."""
        smooth = [blur(sample_bands(image), _BLUR) for image in maps]
        free = [index for index in range(len(smooth)) if index not in self._given]
        rest = self._haadf.astype(np.float64)
        for index, weight in self._given.items():
            rest -= weight * smooth[index]
        weights = dict(self._given)
        if free and self._ratios is None:
            found = _nonnegative_least_squares([smooth[index] for index in free], rest)
            weights |= dict(zip(free, found, strict=True))
        elif free:
            ratios = self._ratios
            assert ratios is not None
            total = np.sum([np.float32(ratios[index]) * smooth[index] for index in free], axis=0)
            (scale,) = _nonnegative_least_squares([total], rest)
            weights |= {index: scale * float(ratios[index]) for index in free}
        for index in free:
            rest -= weights[index] * smooth[index]
        return LinearModel(tuple(weights[k] for k in range(len(smooth))), float(rest.mean()))


def _given_weights(
    data: FusionDataset, params: FusionParameters, units: Sequence[MapUnits]
) -> dict[int, float]:
    """Weights given for maps as others see them, for maps in units of their peaks."""
    given: Mapping[str, float] = params.weights or {}
    return {
        index: given[name] * units[index].peak / units[index].scale
        for index, name in enumerate(data.elements)
        if name in given
    }


def _nonnegative_least_squares(
    images: Sequence[FloatImage], target: NDArray[np.float64]
) -> list[float]:
    """Weights of images, at least 0, whose sum and an offset come nearest to the target."""
    from scipy.optimize import nnls  # slow to import

    centred = [image - image.mean(dtype=np.float64) for image in images]
    # Sums, since products of long vectors would go to a library that starts threads.
    normal = np.array([[float((a * b).sum()) for b in centred] for a in centred])
    right = np.array([float((a * target).sum()) for a in centred])
    scale = np.sqrt(np.maximum(np.diag(normal), 1e-30))
    # A trace of the diagonal keeps maps that are proportional to one another apart.
    normal = normal / np.outer(scale, scale) + 1e-6 * np.eye(len(scale))
    root = np.linalg.cholesky(normal)
    found, _ = nnls(root.T, np.linalg.solve(root, right / scale))
    return [float(weight) for weight in found / scale]
