"""Fused multi-modal electron microscopy: the iteration, and its result."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionComputeError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.inputs import pixel_mask, start_images
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.threads import thread_count
from napari_mmfusion.core.verdict import Verdict, judge
from napari_mmfusion.core.weighting import haadf_model

StopFlag = native.StopFlag

WARM_TV_STEPS: Final = 10
"""TV steps of the converged solver in every iteration; they begin where the last ones ended."""


@dataclass(frozen=True, eq=False)
class FusionState:
    """What one iteration has reached; all arrays are the caller's own.

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
        Phi, their sum with the weights lambda.
    step : float
        Length of the gradient steps: 1 in the tutorial's schedule.
    """

    iteration: int
    maps: Mapping[str, FloatImage]
    haadf: FloatImage
    costs: NDArray[np.float64]
    objective: float = math.nan
    step: float = 1.0


@dataclass(frozen=True, eq=False)
class FusionResult:
    """The outcome of a fusion.

    Attributes
    ----------
    maps : mapping of str to (ny, nx) float32
        The fused maps x_i, relative to the range of the measured ones (0 to about 1): they are
        not quantified. ``offsets[name] + scales[name] * maps[name]`` is in measured units.
    haadf : (ny, nx) float32
        The model of the HAADF image, sum_i w_i x_i^gamma.
    costs : (n, 3) float64
        Psi_1 (HAADF), Psi_2 (chemistry) and Psi_3 (total variation) after every iteration done.
    params : FusionParameters
        The parameters as given.
    data : FusionDataset
        What was fused.
    weights : mapping of str to float
        Weight w_i of every map in the HAADF model.
    lambda_haadf : float
        The weight of the HAADF term that was used.
    stopped : bool
        Whether a stop was asked for before the last iteration.
    """

    maps: Mapping[str, FloatImage]
    haadf: FloatImage
    costs: NDArray[np.float64]
    params: FusionParameters
    data: FusionDataset
    weights: Mapping[str, float]
    lambda_haadf: float
    stopped: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the costs have settled, in words: ``print(result.verdict)``."""
        return judge(self.costs, monotone=self.params.solver == "converged")

    @property
    def offsets(self) -> Mapping[str, float]:
        """Minimum of every measured image, ``"HAADF"`` included."""
        return MappingProxyType({name: image.offset for name, image in self.data.images()})

    @property
    def scales(self) -> Mapping[str, float]:
        """Range of every measured image, ``"HAADF"`` included."""
        return MappingProxyType({name: image.scale for name, image in self.data.images()})


class _Run:
    """One fusion in the compiled core, iteration by iteration."""

    def __init__(
        self,
        data: FusionDataset,
        params: FusionParameters,
        threads: int | None,
        start: Mapping[str, ArrayLike] | None,
        mask: ArrayLike | None,
    ) -> None:
        data.require_contrast(("HAADF", *data.elements))
        self.data = data
        self.params = params
        self.model = haadf_model(data, params)
        self.lambda_haadf = params.haadf_weight(len(data.elements))
        self.lambda_tv = params.lambda_tv if params.regularize else 0.0
        images = dict(data.images())
        haadf, offset, factor = images.pop("HAADF").for_core()
        tutorial = params.solver == "tutorial"
        problem = native.FusionProblem(
            (haadf, offset + self.model.offset / factor, factor),
            [image.for_core() for image in images.values()],
            list(self.model.weights.values()),
            gamma=params.gamma,
            lambda_haadf=self.lambda_haadf,
            lambda_chem=params.lambda_chem,
            lambda_tv=self.lambda_tv,
            background=params.background,
            threshold=(params.threshold or 0.0) if tutorial else 0.0,
            n_iter_tv=params.n_iter_tv if tutorial else WARM_TV_STEPS,
            isotropic=params.tv == "isotropic",
            threads=thread_count(threads),
            start=None if start is None else start_images(data, start),
            mask=None if mask is None else pixel_mask(data, mask),
        )
        with _mapped_errors():
            self.plan: native.FusionPlan | native.ProximalPlan = (
                native.FusionPlan(problem)
                if tutorial
                else native.ProximalPlan(problem, params.tolerance)
            )

    @property
    def has_settled(self) -> bool:
        """Whether the converged solver has nothing left to gain."""
        return isinstance(self.plan, native.ProximalPlan) and self.plan.has_settled

    @property
    def step_length(self) -> float:
        """Length of the gradient step; 1 in the tutorial's schedule."""
        return self.plan.step_length if isinstance(self.plan, native.ProximalPlan) else 1.0

    def objective(self, costs: NDArray[np.float64]) -> float:
        """Phi of the three costs."""
        return float(costs @ (self.lambda_haadf, self.params.lambda_chem, self.lambda_tv))

    def advance(self, n_iter: int, stop: native.StopFlag | None) -> NDArray[np.float64]:
        """Costs (n, 3) of up to `n_iter` iterations, fewer once `stop` is set."""
        with _mapped_errors():
            return self.plan.run(n_iter, stop)

    def step(self) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Costs (3,), maps and HAADF model of one iteration."""
        with _mapped_errors():
            costs, maps, haadf = self.plan.step()
        return costs[0], maps, self._with_offset(haadf)

    def finish(
        self, n_iter: int, stop: native.StopFlag | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Costs as of `advance`, maps and HAADF model.

        All in one call without the GIL: a busy user interface cannot hold it up.
        """
        with _mapped_errors():
            costs, maps, haadf = self.plan.finish(n_iter, stop)
        return costs, maps, self._with_offset(haadf)

    def _with_offset(self, haadf: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.model.offset:
            haadf += np.float32(self.model.offset)
        return haadf

    def named(self, images: NDArray[np.float32]) -> Mapping[str, FloatImage]:
        return MappingProxyType(dict(zip(self.data.elements, images, strict=True)))


def fuse_iter(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    threads: int | None = None,
    stop: StopFlag | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    mask: ArrayLike | None = None,
    **changes: Any,
) -> Iterator[FusionState]:
    """Fuse `data`, handing out a copy of the state after every iteration.

    Parameters, errors and method are those of `fuse`.

    Yields
    ------
    FusionState
        Iteration number, fused maps, HAADF model, costs, objective and step length.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> [state.iteration for state in mmf.fuse_iter(data, n_iter=3)]
    [1, 2, 3]
    """
    run = _Run(data, _changed(params, changes), threads, start, mask)
    return _states(run, stop)


def _states(run: _Run, stop: StopFlag | None) -> Iterator[FusionState]:
    for iteration in range(1, run.params.n_iter + 1):
        if run.has_settled or (stop is not None and stop.is_set()):
            return
        costs, maps, haadf = run.step()
        yield FusionState(
            iteration, run.named(maps), haadf, costs, run.objective(costs), run.step_length
        )


def fuse(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    threads: int | None = None,
    stop: StopFlag | None = None,
    progress: Callable[[int, NDArray[np.float64]], None] | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    mask: ArrayLike | None = None,
    **changes: Any,
) -> FusionResult:
    r"""Fuse a HAADF image with chemical maps into maps of higher signal-to-noise ratio.

    Lowers, from the measured maps on and with unit steps,

    .. math:: \lambda_H \tfrac12 \|\sum_i w_i x_i^\gamma - b_H\|^2
              + \lambda_{chem} \sum_i \sum (x_i - b_i \log(x_i + \varepsilon))
              + \lambda_{TV} \sum_i TV(x_i), \quad x_i \ge 0.

    Each iteration takes a gradient step on the first two terms and then, for every map, the
    proximal operator of the third with `n_iter_tv` steps of FGP (see `tv_prox`). Measured
    images enter with minimum 0 and maximum 1; they are not modified. With
    ``solver="converged"`` the steps have the length that never raises the objective, momentum,
    and a dual that is kept from one iteration to the next, until nothing is left to gain.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps, (ny, nx) each.
    params : FusionParameters, optional
        The parameters; the defaults are those of the published tutorial.
    threads : int, optional
        Threads to use; the result is the same, bit for bit, for any number.
    stop : StopFlag, optional
        Ends the fusion within one iteration once set; the result then holds what was reached.
    progress : callable, optional
        Called with the iteration number and its three costs after every iteration.
    start : mapping of str to (ny, nx) array, optional
        Maps to start from, on the scale of the results; the measured maps if left out.
    mask : (ny, nx) array of bool, optional
        Where it is false, the chemical data of the pixel are left out of the objective.
    **changes
        Single parameters to replace, as in ``fuse(data, lambda_tv=0.1)``.

    Returns
    -------
    FusionResult

    Raises
    ------
    MMFusionDataError
        If an image is constant, a map's atomic number is unknown, or `start` or `mask` do not
        fit the data.
    MMFusionParameterError
        If a parameter is unknown or outside its range.

    References
    ----------
    Schwartz, Di et al., npj Comput. Mater. 8, 16 (2022), doi:10.1038/s41524-021-00692-5.
    Bonettini, Loris, Porta, Prato, SIAM J. Optim. 26, 891 (2016), doi:10.1137/15M1019325.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> result = mmf.fuse(data, lambda_tv=0.1)
    >>> sorted(result.maps) == sorted(data.elements), result.costs.shape
    (True, (30, 3))
    """
    run = _Run(data, _changed(params, changes), threads, start, mask)
    n_iter = run.params.n_iter
    history = [np.empty((0, 3))]
    if progress is not None:
        history += _reporting(run, stop, progress)
        n_iter = 0
    costs, maps, haadf = run.finish(n_iter, stop)
    costs = np.concatenate([*history, costs])
    return FusionResult(
        maps=run.named(maps),
        haadf=haadf,
        costs=costs,
        params=run.params,
        data=data,
        weights=run.model.weights,
        lambda_haadf=run.lambda_haadf,
        stopped=len(costs) < run.params.n_iter and not run.has_settled,
    )


def _reporting(
    run: _Run, stop: StopFlag | None, progress: Callable[[int, NDArray[np.float64]], None]
) -> Iterator[NDArray[np.float64]]:
    for iteration in range(1, run.params.n_iter + 1):
        costs = run.advance(1, stop)
        if not len(costs):
            return
        progress(iteration, costs[0])
        yield costs


def _changed(params: FusionParameters | None, changes: dict[str, Any]) -> FusionParameters:
    params = FusionParameters() if params is None else params
    return params.replace(**changes) if changes else params


@contextmanager
def _mapped_errors() -> Iterator[None]:
    """Turn a failure of the compiled core into our own error, which no worker swallows."""
    try:
        yield
    except (native.ComputeError, ValueError) as error:
        raise MMFusionComputeError(str(error)) from error
