"""Fused multi-modal electron microscopy: the iteration, and its result."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.convergence.verdict import Verdict, judge
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.engine import Engine
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters

StopFlag = native.StopFlag


def _no_costs() -> NDArray[np.float64]:
    return np.empty((0, 3))


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
    passed : (n, 3) float64
        Costs of the iterations since the state before that were passed over: none, unless
        `fuse_iter` is told which states are wanted.
    """

    iteration: int
    maps: Mapping[str, FloatImage]
    haadf: FloatImage
    costs: NDArray[np.float64]
    objective: float = math.nan
    step: float = 1.0
    passed: NDArray[np.float64] = field(default_factory=_no_costs)


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


def fuse_iter(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    threads: int | None = None,
    stop: StopFlag | None = None,
    wanted: StopFlag | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    mask: ArrayLike | None = None,
    **changes: Any,
) -> Iterator[FusionState]:
    """Fuse `data`, handing out a copy of the state after every iteration.

    All other parameters, errors and method are those of `fuse`.

    Parameters
    ----------
    wanted : StopFlag, optional
        For who cannot take states as fast as they come: while it is not set, iterations are
        passed over at the speed of `fuse`, up to the last one, whose state always comes. Set it
        together with `stop`.

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
    run = Engine(data, _changed(params, changes), threads, start, mask)
    return _states(run, stop, wanted)


def _states(run: Engine, stop: StopFlag | None, wanted: StopFlag | None) -> Iterator[FusionState]:
    done = 0
    while not _is_over(run, done, stop):
        passed = _no_costs()
        if wanted is not None and not wanted.is_set():
            passed = run.advance(run.params.n_iter - done, wanted)
        done += len(passed)
        is_last = _is_over(run, done, stop)
        if not is_last:
            costs, maps, haadf = run.step()
            done += 1
        elif len(passed):
            _, maps, haadf = run.finish(0, None)
            costs, passed = passed[-1], passed[:-1]
        else:
            return
        yield FusionState(
            done, run.by_element(maps), haadf, costs, run.objective(costs), run.step_length, passed
        )
        if is_last:
            return


def _is_over(run: Engine, done: int, stop: StopFlag | None) -> bool:
    return done >= run.params.n_iter or run.has_settled or (stop is not None and stop.is_set())


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
    run = Engine(data, _changed(params, changes), threads, start, mask)
    n_iter = run.params.n_iter
    history = [_no_costs()]
    if progress is not None:
        history += _reporting(run, stop, progress)
        n_iter = 0
    costs, maps, haadf = run.finish(n_iter, stop)
    costs = np.concatenate([*history, costs])
    return FusionResult(
        maps=run.by_element(maps),
        haadf=haadf,
        costs=costs,
        params=run.params,
        data=data,
        weights=run.model.weights,
        lambda_haadf=run.lambda_haadf,
        stopped=len(costs) < run.params.n_iter and not run.has_settled,
    )


def _reporting(
    run: Engine, stop: StopFlag | None, progress: Callable[[int, NDArray[np.float64]], None]
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
