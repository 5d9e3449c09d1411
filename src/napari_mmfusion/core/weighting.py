"""The HAADF model: weights of the elements, and the offset of the linear one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF, atomic_number
from napari_mmfusion.core.errors import MMFusionDataError, MMFusionParameterError
from napari_mmfusion.core.names.reading import symbol_in
from napari_mmfusion.core.parameters import FusionParameters, Weighting
from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.wording import Argument, Text

_HIGH_ANGLE_EXPONENT: Final = 1.7
_BLUR: Final = 2.0
_LEAST_CORRELATION: Final = 0.3
_STEEPNESS: Final = 1.6
"""Step of the HAADF term, times its largest curvature; gradient descent overshoots from 2 on."""


def element_weights(
    atomic_numbers: Sequence[int], weighting: Weighting, gamma: float
) -> NDArray[np.float64]:
    r"""Weights :math:`w_i` of the HAADF model :math:`b_H \approx \sum_i w_i x_i^\gamma`.

    ==================  =====================================================
    `weighting`         :math:`w_i`
    ==================  =====================================================
    ``unit``            1
    ``z/mean``          :math:`Z_i / \mathrm{mean}(Z)`
    ``z^gamma/mean``    :math:`Z_i^\gamma / \mathrm{mean}(Z^\gamma)`
    ``z/sum``           :math:`Z_i / \sum Z`
    ``z^gamma/sum``     :math:`Z_i^\gamma / \sum Z^\gamma`
    ``z/fitted``        :math:`Z_i`, to a scale that `haadf_model` fits
    ``z^1.7``           :math:`Z_i^{1.7}`, likewise
    ==================  =====================================================

    Parameters
    ----------
    atomic_numbers : sequence of n int
        Z of every element.
    weighting : str
        One of the kinds above.
    gamma : float
        Exponent of the HAADF model.

    Returns
    -------
    (n,) float64

    References
    ----------
    Schwartz, Di et al., npj Comput. Mater. 8, 16 (2022), doi:10.1038/s41524-021-00692-5.

    Examples
    --------
    >>> element_weights([21, 66, 8], "z/sum", 1.6).round(4).tolist()
    [0.2211, 0.6947, 0.0842]
    """
    z: NDArray[np.float64] = np.asarray(atomic_numbers, dtype=np.float64)
    if weighting == "z^1.7":
        return np.power(z, _HIGH_ANGLE_EXPONENT)
    kind, _, norm = weighting.partition("/")
    if kind == "unit":
        return np.ones_like(z)
    if kind == "z^gamma":
        z = np.power(z, gamma)
    scale = float(z.sum() if norm == "sum" else z.mean())
    return z / scale


@dataclass(frozen=True)
class HaadfModel:
    r"""The HAADF image as a function of the maps, all normalised.

    Attributes
    ----------
    weights : dict of str to float
        :math:`w_i` in :math:`b_H \approx \sum_i w_i x_i^\gamma + c`, by the names of the maps.
    lambda_haadf : float
        The lambda of the HAADF term.
    offset : float
        The constant c.
    """

    weights: Mapping[str, float]
    lambda_haadf: float
    offset: float = 0.0


def haadf_model(data: FusionDataset, params: FusionParameters) -> HaadfModel:
    r"""The model that `params` describes for the maps of `data`.

    Normalising divides every map by its own range :math:`s_i`. The weightings ``z/fitted`` and
    ``z^1.7`` (that of incoherent scattering to high angles) undo this: the maps keep their measured
    amplitudes relative to one another, :math:`w_i = a Z_i^p s_i^\gamma`, and the scale a and an
    offset are fitted to the HAADF image.

    The range of a noisy map is that of its noise, so fitted weights can be many times 1. If
    `lambda_haadf` is left out, ``z/fitted`` therefore takes the largest that is stable with a step
    of length 1:
    :math:`1.6 / \max \sum_i (\gamma w_i x_i^{\gamma-1})^2`; from 2 on the step overshoots.

    Raises
    ------
    MMFusionDataError
        If a map's name holds no element symbol and no atomic number was given for it.
    MMFusionParameterError
        If atomic numbers or weights were given for maps that are not there.
    """
    overriding = params.weights or {}
    require_known_maps(data, params)
    weights, offset, lambda_haadf = np.ones(len(data.elements)), 0.0, 1 / len(data.elements)
    if params.weighting != "unit":
        numbers = atomic_numbers_of(data, params)
        weights = element_weights(numbers, params.weighting, params.gamma)
    if params.weighting in ("z/fitted", "z^1.7"):
        fit = _cached_fit(data, tuple(weights.tolist()), params.gamma)
        weights, offset = fit.weights, fit.offset
        if params.weighting == "z/fitted":
            lambda_haadf = fit.largest_lambda
    named = dict(zip(data.elements, weights.tolist(), strict=True))
    return HaadfModel(
        FrozenMapping(named | dict(overriding)),
        lambda_haadf if params.lambda_haadf is None else params.lambda_haadf,
        offset,
    )


def require_known_maps(data: FusionDataset, params: FusionParameters) -> None:
    """Raise if atomic numbers or weights were given for maps that are not there."""
    _require_known("atomic_numbers", params.atomic_numbers or {}, data)
    _require_known("weights", params.weights or {}, data)


def atomic_numbers_of(data: FusionDataset, params: FusionParameters) -> list[int]:
    """The atomic number of every map, as given or else by the symbol in its name.

    Raises
    ------
    MMFusionDataError
        If a map's name holds no element symbol and no atomic number was given for it.
    """
    given = params.atomic_numbers or {}
    return [given[name] if name in given else _number_of(name) for name in data.elements]


def _require_known(parameter: str, given: Mapping[str, float], data: FusionDataset) -> None:
    unknown = sorted(set(given) - set(data.elements))
    if unknown:
        raise MMFusionParameterError(
            Text(
                "{} names {}, but the maps are: {}",
                Argument(parameter),
                repr(unknown[0]),
                ", ".join(data.elements),
            )
        )


class _Fit(NamedTuple):
    """Weights at the scale of the normalised HAADF image, offset, and largest `lambda_haadf`."""

    weights: NDArray[np.float64]
    offset: float
    largest_lambda: float


_FITS: Final[WeakKeyDictionary[FusionDataset, dict[object, _Fit]]] = WeakKeyDictionary()
"""Fits of the data sets in use: each trial of a search for lambdas needs the same fit."""


def _cached_fit(data: FusionDataset, weights: tuple[float, ...], gamma: float) -> _Fit:
    known = _FITS.setdefault(data, {})
    if (weights, gamma) not in known:
        known[weights, gamma] = _fit(data, np.array(weights), gamma)
    return known[weights, gamma]


def _fit(data: FusionDataset, weights: NDArray[np.float64], gamma: float) -> _Fit:
    """Fit the scale and the offset.

    The maps are regressed on the HAADF image and not the other way round, because the maps are the
    noisy ones; both are slightly blurred, because maps often have the wider probe. The maps are
    blurred before taking the power, since the power of noise has a mean above 0.
    """
    from scipy.ndimage import gaussian_filter  # slow to import, and most weightings need no fit

    images = dict(data.images())
    haadf = gaussian_filter(images.pop(HAADF).normalised().astype(np.float64), _BLUR)
    scales = np.array([image.scale for image in images.values()])
    weights = weights * scales**gamma
    weights = weights / weights.sum()
    model, curvature = np.zeros_like(haadf), np.zeros_like(haadf)
    for weight, image in zip(weights, images.values(), strict=True):
        smooth = gaussian_filter(np.maximum(image.normalised().astype(np.float64), 0), _BLUR)
        model += weight * smooth**gamma
        curvature += (gamma * weight * smooth ** (gamma - 1)) ** 2
    covariance = float(np.mean((haadf - haadf.mean()) * (model - model.mean())))
    scale, offset = (
        haadf.mean() / model.mean(),
        0.0,
    )  # without correlation, only the level can be fitted
    if covariance > _LEAST_CORRELATION * float(haadf.std() * model.std()):
        scale = float(haadf.var()) / covariance
        offset = float(haadf.mean() - scale * model.mean())
    return _Fit(weights * scale, offset, _STEEPNESS / float(scale**2 * curvature.max()))


def _number_of(name: str) -> int:
    symbol = symbol_in(name)
    if symbol is None:
        raise MMFusionDataError(
            Text(
                "the map name {} holds no single element symbol; rename the map, or give {}, or {}",
                repr(name),
                Argument("atomic_numbers", name, "Z"),
                Argument("weighting", value="unit"),
            )
        )
    return atomic_number(symbol)
