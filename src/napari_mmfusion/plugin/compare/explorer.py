"""The same fusion with a low, the chosen and a high weight of the total variation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionDataError, MMFusionParameterError
from napari_mmfusion.core.fusion import StopFlag, fuse
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari_mmfusion.plugin.layers.layer_set import LayerSet

FACTORS = (1 / 3, 1.0, 3.0)
"""What the chosen weight is multiplied with: low, chosen, high."""

TV_WEIGHT = FusionParameters.info("lambda_tv").label
"""What the parameter is called in the dock."""

ExplorerInput = tuple[FusionDataset, FusionParameters]


@dataclass(frozen=True, eq=False)
class Exploration:
    """Fused maps for several weights of the total variation.

    Attributes
    ----------
    lambdas : tuple of float
        The values of lambda_tv.
    chosen : float
        The value among the parameters.
    stacks : mapping of str to (k, ny, nx) float32
        For every element the fused map with each weight.
    """

    lambdas: tuple[float, ...]
    chosen: float
    stacks: Mapping[str, FloatImage]

    def label(self, index: int) -> str:
        """Which weight it is, in words."""
        weight = self.lambdas[index]
        word = "chosen" if weight == self.chosen else "low" if weight < self.chosen else "high"
        return f"{TV_WEIGHT} {weight:.3g} ({word})"


def explore(
    data: FusionDataset,
    params: FusionParameters | None = None,
    factors: Sequence[float] = FACTORS,
) -> dict[str, FloatImage]:
    """Fuse with several weights of the total variation.

    Parameters
    ----------
    data : FusionDataset
        What to fuse.
    params : FusionParameters, optional
        All other parameters, and the weight that is multiplied.
    factors : sequence of float
        What to multiply it with.

    Returns
    -------
    dict of str to (k, ny, nx) float32
        For every element the fused map with each of the k weights.

    Raises
    ------
    MMFusionParameterError
        If the weight is 0, because no factor changes it.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
    >>> {stack.shape for stack in explore(data).values()}
    {(3, 32, 48)}
    """
    return dict(run_exploration(data, params or FusionParameters(), factors).stacks)


def run_exploration(
    data: FusionDataset,
    params: FusionParameters,
    factors: Sequence[float] = FACTORS,
    stop: StopFlag | None = None,
) -> Exploration:
    """As `explore`, with the weights; the result is invalid if `stop` was set."""
    lambdas = choose_lambdas(params, factors)
    results = [
        fuse(data, params.replace(lambda_tv=weight, regularize=True), stop=stop)
        for weight in lambdas
    ]
    stacks = {
        element: np.stack([result.maps[element] for result in results]) for element in data.elements
    }
    return Exploration(lambdas, params.lambda_tv, stacks)


def choose_lambdas(
    params: FusionParameters, factors: Sequence[float] = FACTORS
) -> tuple[float, ...]:
    """The weights of an exploration, limited to the range of the parameter."""
    if params.lambda_tv == 0:
        raise MMFusionParameterError(
            f"{TV_WEIGHT} is 0, so there is nothing lower or higher to explore; raise it first"
        )
    info = FusionParameters.info("lambda_tv")
    return tuple(min(max(params.lambda_tv * f, info.minimum), info.maximum) for f in factors)


def read_input(layers: LayerSet) -> ExplorerInput:
    """The data and parameters of the last fusion, read from the layers.

    Without a note of the parameters, the defaults are used.

    Raises
    ------
    MMFusionDataError
        If the HAADF layer or all maps are missing.
    """
    haadf = layers.measured(None)
    if haadf is None:
        raise MMFusionDataError("The HAADF layer is missing: load or choose one.")
    measured = {element: layers.measured(element) for element in layers.elements()}
    maps = {element: layer.data for element, layer in measured.items() if layer is not None}
    if not maps:
        raise MMFusionDataError("There is no chemical map to fuse: load one.")
    notes = [LayerNote.of(layer) for element in maps if (layer := layers.fused(element))]
    made_by = [note for note in notes if note.parameters is not None]
    params = made_by[-1].fusion_parameters() if made_by else FusionParameters()
    return FusionDataset(haadf.data, maps), params
