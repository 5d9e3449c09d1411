"""Weights of the elements in the HAADF model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import atomic_number, symbol_in
from napari_mmfusion.core.errors import MMFusionDataError, MMFusionParameterError
from napari_mmfusion.core.parameters import FusionParameters, Weighting


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
    kind, _, norm = weighting.partition("/")
    if kind == "unit":
        return np.ones_like(z)
    if kind == "z^gamma":
        z = np.power(z, gamma)
    scale = float(z.mean() if norm == "mean" else z.sum())
    return z / scale


def weights_for(data: FusionDataset, params: FusionParameters) -> dict[str, float]:
    """Weight of every map of `data`, by name.

    Raises
    ------
    MMFusionDataError
        If a map's name holds no element symbol and no atomic number was given for it.
    MMFusionParameterError
        If atomic numbers were given for maps that are not there.
    """
    given = params.atomic_numbers or {}
    strangers = sorted(set(given) - set(data.elements))
    if strangers:
        raise MMFusionParameterError(
            f"atomic_numbers names {strangers[0]!r}, but the maps are: {', '.join(data.elements)}"
        )
    if params.weighting == "unit":
        return dict.fromkeys(data.elements, 1.0)
    numbers = [given[name] if name in given else _number_of(name) for name in data.elements]
    weights = element_weights(numbers, params.weighting, params.gamma)
    return dict(zip(data.elements, weights.tolist(), strict=True))


def _number_of(name: str) -> int:
    symbol = symbol_in(name)
    if symbol is None:
        raise MMFusionDataError(
            f"the map name {name!r} holds no single element symbol; rename the map, or give"
            f" atomic_numbers={{{name!r}: Z}}, or weighting='unit'"
        )
    return atomic_number(symbol)
