"""The lambdas of a fusion, chosen from the data alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from napari_mmfusion.core.call_checks import check_calls
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.engine import normalisable
from napari_mmfusion.core.errors import (
    MMFusionDataError,
    MMFusionParameterError,
    MMFusionStoppedError,
)
from napari_mmfusion.core.fusion import AUTO, StopFlag, changed_parameters
from napari_mmfusion.core.inputs import require_dataset
from napari_mmfusion.core.parameter_use import chosen_anyway, warn
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.assumptions import AssumptionReport, check_assumptions
from napari_mmfusion.core.suggestion.choices import LAMBDAS, checked_choices
from napari_mmfusion.core.suggestion.holdout import require_enough_pixels
from napari_mmfusion.core.suggestion.lambda_search import Choices, search_choices
from napari_mmfusion.core.suggestion.methods.compare import compare_methods
from napari_mmfusion.core.suggestion.methods.table import CHOSEN, settings_of
from napari_mmfusion.core.suggestion.scorer import Scorer
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.core.suggestion.thinning import can_be_thinned
from napari_mmfusion.core.threads import thread_count
from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.wording import Argument, Text

THOROUGH: Final[Choices] = FrozenMapping(
    {"n_iter_tv": (2, 3, 6, 12), "background": (1e-5, 0.01, 0.24)}
)
"""Choices for `suggest`: values of the parameters that matter most after the lambdas.

Few TV steps suit fine structure, many suit flat areas. One step is left out: it hardly damps the
step of the HAADF term.
"""


def suggest(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    choices: Choices | None = None,
    progress: Callable[[Trial], object] | None = None,
    threads: int | None = None,
    stop: StopFlag | None = None,
    **changes: Any,
) -> Suggestion:
    r"""Choose settings, or the method as well, by cross-validation on hidden data.

    With ``solver="auto"`` the methods guided, plain TV, matched and tutorial, each with its best
    settings, are compared on the same hidden data, with one another, with the measured map and with
    a Gaussian of the best width. For maps of counts, a tenth of the counts of every pixel is hidden
    (each count with the same chance), otherwise whole pixels are, as below. The suggestion's
    `choice` has the scores for each map, and says for which of them the fusion predicts better than
    the measured map and every Gaussian, and why not. ``solver="guided"`` chooses `guided_tv`,
    `guided_haadf` and `eta` alike, ``solver="matched"`` `matched_strength`.

    For the other solvers `lambda_tv` and `lambda_chem` are chosen.
    The pixels are held out one random twelfth at a time, the same in all maps: their measured
    values are replaced by those of random neighbours. The fusion of the remaining data has not
    seen their noise, so how well it predicts them shows whether it smooths too little or too much.
    The loss is the part of their variance that the best affine fit of the fused maps does not
    explain. In small images every pixel is held out once, in large ones 16384 pixels are. Lambdas
    that the first twelfth shows to be clearly worse than the best so far are not tried on the
    others, and those for which the costs oscillate or diverge, by the verdict on a fusion of all
    pixels, are not suggested. Every trial is a whole fusion
    with all other parameters as given, so the lambdas are valid for that solver, background and
    number of iterations.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps, (ny, nx) each.
    params : FusionParameters, optional
        All other parameters.
    choices : dict of str to sequence, optional
        Values of other parameters to choose from, one parameter after the other: the lambdas are
        searched again for each value, and the value with the lowest score is kept. `THOROUGH`
        holds the parameters that matter most; it takes about eight times as long. Solvers that
        do not have a parameter of `THOROUGH` leave it alone.
    progress : callable, optional
        Called with each `Trial`.
    threads : int, optional
        Threads to use, for as many fusions at a time; the result is the same for any number.
    stop : StopFlag, optional
        Ends the search within one iteration once set.
    **changes
        Single parameters to replace, as in ``suggest(data, solver="converged")``, or
        ``solver="auto"``.

    Returns
    -------
    Suggestion
        Its ``params`` are ready for `fuse`; ``print(suggestion)`` shows what was chosen.

    Raises
    ------
    MMFusionDataError
        If an image is constant or too small, the maps hold too little signal to tell lambdas
        apart, or a map's atomic number is unknown.
    MMFusionParameterError
        If a parameter is out of range, ``regularize`` is off, or `choices` names a lambda, or any
        parameter while `solver` is one that has other settings.
    MMFusionStoppedError
        If `stop` was set before the search was complete.

    See Also
    --------
    suggest_iter : The same, yielding every trial.

    References
    ----------
    Batson, Royer, Noise2Self, Proc. Mach. Learn. Res. 97, 524 (2019), arXiv:1901.11365.
    Neufeld et al., J. Mach. Learn. Res. 25, 1 (2024), arXiv:2301.07276 (hidden counts).

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
    >>> suggestion = mmf.suggest(data, n_iter=10)
    >>> result = mmf.fuse(data, suggestion.params)
    >>> best = mmf.suggest(data, n_iter=10, choices={"background": [0.01, 0.1]})
    >>> best.score <= suggestion.score
    True
    >>> auto = mmf.suggest(data, solver="auto")
    >>> result = mmf.fuse(data, auto)
    >>> result.choice.helps
    True
    """
    check_calls(progress=progress)
    for step in suggest_iter(data, params, choices=choices, threads=threads, stop=stop, **changes):
        if isinstance(step, Suggestion):
            return step
        if progress is not None:
            progress(step)
    raise MMFusionStoppedError("the search was stopped before it was complete")


def suggest_iter(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    choices: Choices | None = None,
    threads: int | None = None,
    stop: StopFlag | None = None,
    **changes: Any,
) -> Iterator[Trial | Suggestion]:
    """Choose the lambdas as `suggest` does, yielding every trial.

    Parameters and errors are those of `suggest`, but a stop just ends the iterator: no suggestion
    follows.

    Yields
    ------
    Trial
        After each pair of lambdas tried.
    Suggestion
        At the end.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
    >>> *trials, suggestion = mmf.suggest_iter(data, n_iter=10)
    >>> trials[-1].done == trials[-1].total
    True
    """
    check_calls(stop=stop)
    solver = changes.pop("solver") if changes.get("solver") == AUTO else None
    if solver == AUTO:
        params = changed_parameters(params, {})  # the solver that uses a change is not known yet
        params = params.replace(**changes) if changes else params
        warn(chosen_anyway(CHOSEN, changes))
    else:
        params = changed_parameters(params, changes)
        warn(chosen_anyway(settings_of(params.solver) or LAMBDAS, changes))
    own_settings = solver == AUTO or bool(settings_of(params.solver))
    if not own_settings and not params.regularize:
        raise MMFusionParameterError(
            Text("{} is off, so there is no TV weight to choose", Argument("regularize"))
        )
    checked = checked_choices(choices, params)
    require_dataset(data)
    data.require_contrast((HAADF, *data.elements))
    require_enough_pixels(data)
    if own_settings:
        others = [name for name in checked if name not in THOROUGH]
        if others:
            raise MMFusionParameterError(
                Text(
                    "{}: {} chooses other settings; take it out of {}",
                    Argument("choices", others[0]),
                    Argument("solver", value=solver or params.solver),
                    Argument("choices"),
                )
            )
        only = None if solver == AUTO else params.solver
        return _compare(data, params, only, thread_count(threads), stop or StopFlag())
    return _steps(data, params, checked, thread_count(threads), stop or StopFlag())


def _compare(
    data: FusionDataset,
    params: FusionParameters,
    only: str | None,
    threads: int,
    stop: StopFlag,
) -> Iterator[Trial | Suggestion]:
    # Counts are hidden in every pixel, whatever its neighbours.
    counts = can_be_thinned(data)
    report = AssumptionReport((), 0) if counts else check_assumptions(data)
    try:
        for step in compare_methods(data, params, report.reach, threads, stop, only=only):
            if isinstance(step, Suggestion):
                step = replace(step, warnings=report.warnings)
            yield step
    except MMFusionStoppedError:
        return


def _steps(
    data: FusionDataset,
    params: FusionParameters,
    choices: Choices,
    threads: int,
    stop: StopFlag,
) -> Iterator[Trial | Suggestion]:
    normalisation = params.normalisation
    if "normalisation" not in choices:
        # Spikes are lowered once and not in each trial: so they do not set the scale of the pixels
        # held out either, which is that of the predictions then.
        data, params = normalisable(data, params), params.replace(normalisation="maximum")
    report = check_assumptions(data)
    try:
        with Scorer(data, report.reach, threads, stop) as scorer:
            suggestion = yield from search_choices(scorer, params, choices)
            unsteady = scorer.is_unsteady(suggestion.params)
            scorer.raise_if_stopped()
    except MMFusionStoppedError:
        return
    if suggestion.score >= 1 and not unsteady:
        raise MMFusionDataError(
            Text(
                "no lambdas predict the pixels held out, so the data do not tell them: the maps"
                " hold too little signal; bin the images, or give the {} yourself",
                Argument("lambdas"),
            )
        )
    warnings = report.warnings
    if unsteady:
        warnings += (_unsteady_whatever(suggestion.params),)
    if "normalisation" not in choices:
        suggested = suggestion.params.replace(normalisation=normalisation)
        suggestion = replace(suggestion, params=suggested)
    yield replace(suggestion, warnings=warnings)


def _unsteady_whatever(params: FusionParameters) -> Text:
    return Text(
        "The costs oscillate or diverge with every pair of {} tried, so none of them is good:"
        " lower {}, and search again.",
        Argument("lambdas"),
        Argument("background" if params.lambda_haadf == 0 else "lambda_haadf"),
    )
