"""What a fusion returns: the state after one iteration, and the result of all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.convergence.verdict import Verdict, judge, judge_estimates, judge_gap
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.values import ArrayRecord, FrozenMapping, describe_images


def no_costs() -> NDArray[np.float64]:
    """The costs (0, 3) of no iteration."""
    return np.empty((0, 3))


@dataclass(frozen=True, eq=False, repr=False)
class FusionState(ArrayRecord):
    """The state after one iteration. The arrays may be changed freely.

    Attributes
    ----------
    iteration : int
        Number of iterations done, from 1.
    maps : mapping of str to (ny, nx) float32
        The fused maps x_i, relative to the range of the measured ones (0 to about 1).
    haadf : (ny, nx) float32
        The model of the HAADF image, sum_i w_i x_i^gamma.
    costs : (3,) float64
        Psi_1 (HAADF), Psi_2 (chemistry) and Psi_3 (total variation).
    objective : float
        Phi, the sum of the costs times their lambdas; not a number for the matched solver, which
        minimises nothing.
    step : float
        Length of the gradient steps: 1 in the tutorial's schedule.
    skipped_costs : (n, 3) float64
        Costs of the iterations since the previous state that were skipped: none without the
        argument `observe` of `fuse_iter`.
    """

    iteration: int
    maps: Mapping[str, FloatImage]
    haadf: FloatImage
    costs: NDArray[np.float64]
    objective: float = math.nan
    step: float = 1.0
    skipped_costs: NDArray[np.float64] = field(default_factory=no_costs)

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", FrozenMapping(self.maps))

    def __repr__(self) -> str:
        """The iteration, the shape and the elements."""
        return f"FusionState(iteration {self.iteration}, {describe_images(self.maps)})"


@dataclass(frozen=True, eq=False, repr=False)
class FusionResult(ArrayRecord):
    """The outcome of a fusion.

    Results can be pickled and copied. Two are equal if all their fields are, arrays bit for bit.

    Attributes
    ----------
    maps : mapping of str to (ny, nx) float32
        The fused maps x_i, relative to the range of the measured ones (0 to about 1); see
        `in_measured_units`.
    haadf : (ny, nx) float32
        The model of the HAADF image, sum_i w_i x_i^gamma.
    costs : (n, 3) float64
        Psi_1 (HAADF), Psi_2 (chemistry) and Psi_3 (total variation) after every iteration done;
        they describe the estimates of the matched solver.
    params : FusionParameters
        The parameters as given.
    data : FusionDataset
        The data that were fused.
    weights : mapping of str to float
        Weight w_i of every map in the HAADF model.
    lambda_haadf : float
        The lambda of the HAADF term that was used.
    stopped : bool
        Whether the fusion was stopped before the last iteration.
    gap : float or None
        Duality gap of the guided solver: the costs are above their minimum by at most this part.
    """

    maps: Mapping[str, FloatImage]
    haadf: FloatImage
    costs: NDArray[np.float64]
    params: FusionParameters
    data: FusionDataset
    weights: Mapping[str, float]
    lambda_haadf: float
    stopped: bool = False
    gap: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", FrozenMapping(self.maps))
        object.__setattr__(self, "weights", FrozenMapping(self.weights))

    @property
    def verdict(self) -> Verdict:
        """Whether the costs have settled, or all estimates been made: ``print(result.verdict)``."""
        if self.params.solver == "guided" and self.gap is not None:
            return judge_gap(self.costs, self.gap, self.params.gap)
        if self.params.solver == "matched":
            return judge_estimates(len(self.costs))
        return judge(self.costs, monotone=self.params.solver != "tutorial")

    @property
    def params_in_use(self) -> FusionParameters:
        """The parameters with the `lambda_haadf` that was used, for fusions of other data."""
        if self.params.solver in ("guided", "matched"):  # which do not use it
            return self.params
        return self.params.replace(lambda_haadf=self.lambda_haadf)

    @property
    def offsets(self) -> Mapping[str, float]:
        """Minimum of every measured image, ``"HAADF"`` included."""
        return FrozenMapping({name: image.offset for name, image in self.data.images()})

    @property
    def scales(self) -> Mapping[str, float]:
        """Range of every measured image, ``"HAADF"`` included."""
        return FrozenMapping({name: image.scale for name, image in self.data.images()})

    def in_measured_units(self, name: str) -> NDArray[np.float64]:
        r"""A fused map in the units of the measured one, :math:`o + s\,x`.

        Measured images are normalised for the fusion: their minimum :math:`o` becomes 0, their
        range :math:`s` becomes 1. This is the way back, to the counts of the measured map, for
        example. It is not a quantification: the HAADF term can shift the level of a map.

        Parameters
        ----------
        name : str
            Name of a map, or ``"HAADF"`` for the model of the HAADF image.

        Returns
        -------
        (ny, nx) float64
            ``offsets[name] + scales[name] * maps[name]``.

        Raises
        ------
        MMFusionDataError
            If there is no image of this name; the message lists the names.

        Examples
        --------
        >>> import napari_mmfusion as mmf
        >>> result = mmf.fuse(mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0))
        >>> result.in_measured_units("Co").shape
        (64, 64)
        """
        images = {HAADF: self.haadf, **self.maps}
        if name not in images:
            raise MMFusionDataError(f"there is no image {name!r}; there are: {', '.join(images)}")
        return self.offsets[name] + self.scales[name] * images[name].astype(np.float64)

    def __repr__(self) -> str:
        """The shape, the elements and the number of iterations."""
        state = ", stopped" if self.stopped else ""
        return (
            f"FusionResult({describe_images(self.maps)};"
            f" {self.params.solver} solver, {len(self.costs)} iterations{state})"
        )
