"""Fused multi-modal electron microscopy: `fuse` and `fuse_iter`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.call_checks import check_calls
from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.engine import Engine
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.iteration import FusionRun
from napari_mmfusion.core.parameter_use import unused, warn
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.result import FusionResult, FusionState
from napari_mmfusion.core.resumption import require_result
from napari_mmfusion.core.wording import Argument, Text

__all__ = ["FusionResult", "FusionRun", "FusionState", "StopFlag", "fuse", "fuse_iter"]

StopFlag = native.StopFlag

AUTO: Final = "auto"
"""What `solver` may also be: the method and its settings are chosen first, by `suggest`."""


@runtime_checkable
class Suggested(Protocol):
    """Parameters that `suggest` chose, with what it found."""

    @property
    def params(self) -> FusionParameters:
        """The parameters."""

    @property
    def choice(self) -> Choice | None:
        """The scores of the methods, and whether the fusion helps."""


def fuse_iter(
    data: FusionDataset,
    params: FusionParameters | Suggested | None = None,
    *,
    threads: int | None = None,
    stop: StopFlag | None = None,
    observe: StopFlag | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    mask: ArrayLike | None = None,
    resume: FusionResult | None = None,
    **changes: Any,
) -> FusionRun:
    """Fuse `data` one iteration at a time, with a copy of the state after each.

    All other parameters, errors and method are those of `fuse`.

    Parameters
    ----------
    observe : StopFlag, optional
        For consumers slower than the solver: while this flag is not set, iterations are skipped at
        the speed of `fuse`, without a state. The last iteration always has one. Set it together
        with `stop`.

    Returns
    -------
    FusionRun
        An iterator of `FusionState`. Its `result` is what `fuse` would have returned after the
        same iterations; its `close` ends the fusion.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> [state.iteration for state in mmf.fuse_iter(data, n_iter=3)]
    [1, 2, 3]
    """
    check_calls(stop=stop, observe=observe)
    chosen, choice = _chosen(data, params, changes, resume, threads, stop)
    engine = Engine(data, chosen, threads, start, mask, resume)
    return FusionRun(engine, stop, observe, choice)


def fuse(
    data: FusionDataset,
    params: FusionParameters | Suggested | None = None,
    *,
    threads: int | None = None,
    stop: StopFlag | None = None,
    progress: Callable[[int, NDArray[np.float64]], None] | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    mask: ArrayLike | None = None,
    resume: FusionResult | None = None,
    **changes: Any,
) -> FusionResult:
    r"""Fuse a HAADF image with chemical maps into maps of higher signal-to-noise ratio.

    Starting from the measured maps, unit steps lower

    .. math:: \lambda_H \tfrac12 \|\sum_i w_i x_i^\gamma - b_H\|^2
              + \lambda_{chem} \sum_i \sum (x_i - b_i \log(x_i + \varepsilon))
              + \lambda_{TV} \sum_i TV(x_i), \quad x_i \ge 0.

    Each iteration takes a gradient step on the first two terms and then, for every map, the
    proximal operator of the third with `n_iter_tv` steps of FGP (see `tv_prox`). Measured
    images enter with minimum 0 and maximum 1; they are not modified, and the result's `data` are
    those given unless ``normalisation="robust"`` lowers spikes. With
    ``solver="converged"`` the steps are short enough never to raise the objective, have momentum
    and keep the dual from one iteration to the next, until the minimum is reached.

    With ``solver="guided"`` the HAADF image also says where edges are, and the noise is that of
    counts:

    .. math:: \min \sum_i D_i \sum KL(c_i, x_i + \varepsilon_i)
              + \tfrac{\mu D}{2} \|\sum_i w_i x_i + o - b_H\|^2
              + \sum_i \lambda \sqrt{D_i} \sum |(I - \xi \xi^T) \nabla x_i|, \quad x_i \ge 0,

    with the measured maps :math:`c_i` in units of their robust peak, the counts :math:`D_i` at this
    peak, as the noise of the map tells (their mean is D), weights and offset o fitted to the HAADF
    image, and the field :math:`\xi` that `guide_field` makes of it. :math:`\lambda`, :math:`\mu`
    and :math:`\eta` are the parameters `guided_tv`, `guided_haadf` and `eta`.

    With ``solver="matched"`` nothing is minimised. Counts :math:`c` become :math:`2\sqrt{c + 3/8}`,
    whose noise has the variance 1, and each map is denoised by BM3D: for every third pixel along
    rows and columns, the 8 x 8 block there and up to 63 blocks within 19 pixels form a group. They
    are those that differ least *in the HAADF image*; at least 16 are taken, more only if noise
    explains the differences. The first iteration sets values of the group's transform (cosine along
    blocks, Haar across) below 3.6 standard deviations of the noise to 0; the second multiplies them
    by :math:`p^2 / (p^2 + \sigma^2)` with the values :math:`p` of the first estimate. The exact
    unbiased inverse leads back to counts. `matched_strength` multiplies :math:`\sigma`. The model
    of the HAADF image is the linear one of the guided solver, fitted to the measured maps; it has
    no part in the maps. Structure without contrast in the HAADF stays if it is significant in its
    group.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps, (ny, nx) each.
    params : FusionParameters or Suggestion, optional
        The parameters; the defaults are those of the published tutorial. With a suggestion for
        these data, and nothing of it changed, the result keeps its `choice`.
    threads : int, optional
        Threads to use; the result is the same, bit for bit, for any number.
    stop : StopFlag, optional
        Ends the fusion within one iteration once set; the result then holds what was reached.
    progress : callable, optional
        Called with the iteration number and its three costs after every iteration.
    start : mapping of str to (ny, nx) array, optional
        Maps to start from, on the scale of the results; the measured maps if left out. The matched
        solver takes none.
    mask : (ny, nx) array of bool, optional
        Where it is false, the chemical data of the pixel are left out of the objective; the matched
        solver replaces them by a guess, first from the pixels around, then by its first estimate.
    resume : FusionResult, optional
        The result of a shorter run, to go on from; `n_iter` is the number of iterations in all, and
        all other parameters are those of that run, as are `mask` and `data`. With the tutorial's
        solver the result is that of one longer run, bit for bit. The other two come to the same
        minimum on another way: their momentum and dual start anew, so that the first step can raise
        the objective, that of the converged solver by up to 1 % in tests. The matched solver has
        nothing to go on from.
    **changes
        Single parameters to replace, as in ``fuse(data, lambda_tv=0.1)``. With ``solver="auto"``
        `suggest` first chooses the method and its settings.

    Returns
    -------
    FusionResult

    Raises
    ------
    MMFusionDataError
        If an image is constant, a map's atomic number is unknown, or `start`, `mask` or `resume`
        do not fit the data, or an image is smaller than 8 x 8 pixels in the matched solver.
    MMFusionParameterError
        If a parameter is unknown or outside its range, `resume` was made with others, or the
        matched solver is given `start` or `resume`.
    MMFusionStoppedError
        If `stop` was set before ``solver="auto"`` had chosen.

    Warns
    -----
    MMFusionWarning
        If a parameter in `changes` changes nothing, as `lambda_tv` with ``solver="guided"``.

    References
    ----------
    Schwartz, Di et al., npj Comput. Mater. 8, 16 (2022), doi:10.1038/s41524-021-00692-5.
    Ehrhardt, Betcke, SIAM J. Imaging Sci. 9, 1084 (2016), doi:10.1137/15M1047325.
    Dabov, Foi, Katkovnik, Egiazarian, IEEE Trans. Image Process. 16, 2080 (2007),
    doi:10.1109/TIP.2007.901238.
    Makitalo, Foi, IEEE Trans. Image Process. 20, 99 (2011), doi:10.1109/TIP.2010.2056693.
    Bonettini, Loris, Porta, Prato, SIAM J. Optim. 26, 891 (2016), doi:10.1137/15M1019325.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> result = mmf.fuse(data, lambda_tv=0.1)
    >>> sorted(result.maps) == sorted(data.elements), result.costs.shape
    (True, (30, 3))
    >>> mmf.fuse(data, resume=result, n_iter=50) == mmf.fuse(data, lambda_tv=0.1, n_iter=50)
    True
    """
    check_calls(stop=stop, progress=progress)
    chosen, choice = _chosen(data, params, changes, resume, threads, stop)
    engine = Engine(data, chosen, threads, start, mask, resume)
    history = [engine.costs_before]
    n_iter = engine.params.n_iter - len(engine.costs_before)
    if progress is not None:
        history += _report_steps(engine, stop, progress)
        n_iter = 0
    costs, maps, haadf = engine.finish(n_iter, stop)
    costs = np.concatenate([*history, costs])
    return FusionResult(
        maps=engine.by_element(maps),
        haadf=haadf,
        costs=costs,
        params=engine.params,
        data=engine.data,
        weights=engine.weights,
        lambda_haadf=engine.lambda_haadf,
        stopped=len(costs) < engine.params.n_iter and not engine.has_settled,
        gap=engine.gap,
        choice=choice,
    )


def differ_in_length_only(one: FusionParameters, other: FusionParameters) -> bool:
    """Whether parameters are equal but for those that say how long to compute."""
    ends: dict[str, Any] = {"n_iter": 1, "gap": 1.0, "tolerance": 0.0}
    return one.replace(**ends) == other.replace(**ends)


def _chosen(
    data: FusionDataset,
    params: FusionParameters | Suggested | None,
    changes: dict[str, Any],
    resume: FusionResult | None,
    threads: int | None,
    stop: StopFlag | None,
) -> tuple[FusionParameters, Choice | None]:
    """The parameters of a call, and the choice that led to them."""
    if changes.get("solver") == AUTO:
        from napari_mmfusion.core.suggestion.suggest import suggest  # it fuses, too

        given = params.params if isinstance(params, Suggested) else params
        params, changes = suggest(data, given, threads=threads, stop=stop, **changes), {}
    if isinstance(params, Suggested):
        changed = changed_parameters(params.params, changes)
        return changed, params.choice if differ_in_length_only(changed, params.params) else None
    changed = changed_parameters(params, changes, resume)
    return changed, None if resume is None else resume.choice


def _report_steps(
    engine: Engine, stop: StopFlag | None, progress: Callable[[int, NDArray[np.float64]], None]
) -> Iterator[NDArray[np.float64]]:
    for iteration in range(len(engine.costs_before) + 1, engine.params.n_iter + 1):
        costs = engine.advance(1, stop)
        if not len(costs):
            return
        progress(iteration, costs[0])
        yield costs


def changed_parameters(
    params: FusionParameters | None, changes: dict[str, Any], resume: FusionResult | None = None
) -> FusionParameters:
    """The parameters of a call, by default those of the result that it goes on from.

    Raises
    ------
    MMFusionParameterError
        If they are no parameters, or a change is out of range.

    Warns
    -----
    MMFusionWarning
        If a change is of a parameter that the solver does not use.
    """
    if params is not None and not isinstance(params, FusionParameters):
        raise MMFusionParameterError(
            Text(
                "{} must be FusionParameters, not {}; single parameters are given by name, as in"
                " n_iter=50",
                Argument("params"),
                quote(params),
            )
        )
    if resume is not None:
        require_result(resume, "resume")
    if params is None:
        params = FusionParameters() if resume is None else resume.params
    if not changes:
        return params
    changed = params.replace(**changes)
    warn(unused(changed, changes))
    return changed
