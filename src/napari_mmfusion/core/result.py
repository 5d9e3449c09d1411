"""What a fusion returns: the state after one iteration, and the result of all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.amounts import with_measured_amounts
from napari_mmfusion.core.checks import is_name, quote
from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.convergence.verdict import Verdict, judge, judge_estimates, judge_gap
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.noise_model import NoiseModel
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
    choice : Choice or None
        What `suggest` found when it chose the method, if it did; the verdict says it.
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
    choice: Choice | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", FrozenMapping(self.maps))
        object.__setattr__(self, "weights", FrozenMapping(self.weights))

    @property
    def verdict(self) -> Verdict:
        """Whether the costs have settled, or all estimates been made, and what a choice found.

        ``print(result.verdict)`` says it in words.
        """
        if self.params.solver == "guided" and self.gap is not None:
            verdict = judge_gap(self.costs, self.gap, self.params.gap)
        elif self.params.solver == "matched":
            verdict = judge_estimates(len(self.costs))
        else:
            verdict = judge(self.costs, monotone=self.params.solver != "tutorial")
        return verdict if self.choice is None else replace(verdict, choice=self.choice)

    @property
    def noise(self) -> Mapping[str, NoiseModel]:
        """What kind of map each measured one is, and one count in it."""
        return self.data.noise

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
        r"""A fused map in the units of the measured one, with the measured amounts.

        .. math:: z + \frac{\sum b}{\sum y}\, y, \quad y = r x + (a - r\, G x), \quad
                  r = \min\left(\frac{a}{G x}, 3\right), \quad
                  a = G x + \max\left(1 - \frac{v}{d^2}, 0\right) d, \quad d = G b - G x

        with the measured map b above z, the Gaussian blur G of 8 pixels, and the fused map
        :math:`x = \max(o + s\,x_i - z, 0)` (minimum o and range s of the measured map undo the
        normalisation) multiplied by :math:`\sum b / \sum x`. The level z of no signal is 0, or
        the minimum of a map with negative values, plus the known background of the data. Fusions
        shift the level of maps, the HAADF term most of all; amounts averaged over more than 8
        pixels are those measured, where these differ from the fused ones by more than their noise
        (of variance v), and the sum of the map is exactly the measured one. What the fused map
        lacks by more than a factor of 3 is added as blurred measurement.

        Parameters
        ----------
        name : str
            Name of a map, or ``"HAADF"`` for the model of the HAADF image, whose amounts mean
            nothing: it is ``offsets["HAADF"] + scales["HAADF"] * haadf``.

        Returns
        -------
        (ny, nx) float64

        Raises
        ------
        MMFusionDataError
            If there is no image of this name; the message lists the names.

        See Also
        --------
        amounts : The same above the background.

        Examples
        --------
        >>> import napari_mmfusion as mmf
        >>> result = mmf.fuse(mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0))
        >>> image, measured = result.in_measured_units("Co"), result.data.maps["Co"]
        >>> bool(abs(image.sum() / measured.sum() - 1) < 1e-6)
        True
        """
        if is_name(name, (HAADF,)):
            return self._undo_normalisation(HAADF, self.haadf)
        return self.amounts(name) + self._level(name)

    def amounts(self, name: str) -> NDArray[np.float64]:
        """A fused map in measured units above the level of no signal: what fractions are made of.

        It is `in_measured_units` less the known background of the data, and less the minimum of a
        map that has negative values.

        Parameters
        ----------
        name : str
            Name of a map.

        Raises
        ------
        MMFusionDataError
            If there is no map of this name; the message lists the names.

        Examples
        --------
        >>> import napari_mmfusion as mmf
        >>> data = mmf.simulate("wedge", shape=(64, 64), counts=10, seed=0)
        >>> result = mmf.fuse(data, solver="guided")
        >>> total = sum(result.amounts(name) for name in data.elements)
        >>> fraction = result.amounts("As") / total
        """
        if not is_name(name, self.maps):
            names = ", ".join([HAADF, *self.maps])
            raise MMFusionDataError(f"there is no image {quote(name)}; there are: {names}")
        level = self._level(name)
        fused = np.maximum(self._undo_normalisation(name, self.maps[name]) - level, 0)
        measured = self.data.maps[name].astype(np.float64) - level
        unit = self.data.noise[name].unit
        return with_measured_amounts(fused, measured, self.data.mask, unit=unit)

    def _undo_normalisation(self, name: str, image: FloatImage) -> NDArray[np.float64]:
        return self.offsets[name] + self.scales[name] * image.astype(np.float64)

    def _level(self, name: str) -> float:
        """The measured value of no signal."""
        return min(self.offsets[name], 0.0) + self.data.backgrounds.get(name, 0.0)

    def __repr__(self) -> str:
        """The shape, the elements and the number of iterations."""
        state = ", stopped" if self.stopped else ""
        return (
            f"FusionResult({describe_images(self.maps)};"
            f" {self.params.solver} solver, {len(self.costs)} iterations{state})"
        )
