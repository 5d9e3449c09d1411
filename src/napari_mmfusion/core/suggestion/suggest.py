"""The weights of a fusion, chosen from the data alone."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.assumptions import check_assumptions
from napari_mmfusion.core.suggestion.curves import ScoreCurve
from napari_mmfusion.core.suggestion.judge import Judge
from napari_mmfusion.core.suggestion.search import Trial, search
from napari_mmfusion.core.threads import thread_count

THOROUGH: Final[Mapping[str, Sequence[Any]]] = MappingProxyType(
    {"n_iter_tv": (2, 3, 6, 12), "background": (1e-5, 0.01, 0.24)}
)
"""What `suggest` can choose besides the weights: what matters most after them.

Few TV steps suit fine structure, many suit even areas. A single one is not among them: it hardly
damps the step of the HAADF term.
"""


@dataclass(frozen=True, eq=False)
class Suggestion:
    """Weights that predict best what was measured at pixels the fusion did not see.

    Attributes
    ----------
    chosen : dict of str to value
        The two weights and whatever else was to be chosen, by the names of their parameters.
    params : FusionParameters
        The parameters asked for, with what was chosen.
    score : float
        The mean prediction loss with these weights. It compares the other parameters as well: of
        two backgrounds or solvers, the one with the lower score suits the data better.
    curves : tuple of ScoreCurve
        The lowest scores at each value of one weight, in the order of the search: coarse along
        `lambda_tv` and `lambda_chem`, then fine along `lambda_chem` and `lambda_tv`.
    warnings : tuple of str
        Assumptions that fail for these data, and what was done about it.
    """

    chosen: Mapping[str, Any]
    params: FusionParameters
    score: float
    curves: tuple[ScoreCurve, ...]
    warnings: tuple[str, ...] = ()

    @property
    def lambda_tv(self) -> float:
        """The TV weight."""
        return self.params.lambda_tv

    @property
    def lambda_chem(self) -> float:
        """The chemistry weight."""
        return self.params.lambda_chem


def suggest(
    data: FusionDataset,
    params: FusionParameters | None = None,
    *,
    besides: Mapping[str, Sequence[Any]] | None = None,
    threads: int | None = None,
    stop: StopFlag | None = None,
    **changes: Any,
) -> Iterator[Trial | Suggestion]:
    r"""Choose `lambda_tv` and `lambda_chem` by cross-validation on pixels held out.

    Of one random twelfth of the pixels after the other, the same in all maps, the measured values
    are replaced by those of random neighbours. The fusion of what is left has not seen their
    noise, so how well it predicts them tells whether it smooths too little or too much: the loss
    is the part of their variance that the best affine fit of the fused maps does not explain.
    Small images are held out whole in this way, large ones until 16384 pixels are scored; weights
    that the first twelfth shows to be clearly worse than the best so far go no further, and those
    with which the costs get out of hand are not suggested. Every trial is a whole fusion with all
    other parameters as given, so weights hold for the solver, the background and the number of
    iterations they were found with.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps, (ny, nx) each.
    params : FusionParameters, optional
        All other parameters.
    besides : dict of str to sequence, optional
        Values of other parameters to choose among, one parameter after the other: the weights are
        searched anew for each value, and what has the lowest score is kept. `THOROUGH` holds the
        parameters that matter most and takes some eight times as long.
    threads : int, optional
        Threads to use, for as many fusions at a time; the result is the same for any number.
    stop : StopFlag, optional
        Ends the search within one iteration once set; no suggestion follows then.
    **changes
        Single parameters to replace, as in ``suggest(data, solver="converged")``.

    Yields
    ------
    Trial
        After each pair of weights tried.
    Suggestion
        Last of all.

    Raises
    ------
    MMFusionDataError
        If an image is constant or a map's atomic number is unknown.
    MMFusionParameterError
        If a parameter is out of range, or the maps are not to be regularised.

    References
    ----------
    Batson, Royer, Noise2Self, Proc. Mach. Learn. Res. 97, 524 (2019), arXiv:1901.11365.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(32, 48), counts=10, seed=0)
    >>> *trials, suggestion = mmf.suggest(data, n_iter=10)
    >>> result = mmf.fuse(data, suggestion.params)
    >>> trials[-1].done == trials[-1].total
    True
    >>> *_, best = mmf.suggest(data, n_iter=10, besides={"background": [0.01, 0.1]})
    >>> best.score <= suggestion.score
    True
    """
    params = (params or FusionParameters()).replace(**changes)
    if not params.regularize:
        raise MMFusionParameterError("regularize is off, so there is no TV weight to choose")
    besides = besides or {}
    for name, values in besides.items():
        for value in values:
            params.replace(**{name: value})  # so that what is out of range is told at once
    data.require_contrast(("HAADF", *data.elements))
    return _suggest(data, params, besides, thread_count(threads), stop or StopFlag())


def _suggest(
    data: FusionDataset,
    params: FusionParameters,
    besides: Mapping[str, Sequence[Any]],
    threads: int,
    stop: StopFlag,
) -> Iterator[Trial | Suggestion]:
    found = check_assumptions(data)
    with Judge(data, found.reach, threads, stop) as judge:
        for step in _chosen(judge, params, besides):
            if stop.is_set():  # the last fusion was broken off, and its score means nothing
                return
            yield replace(step, warnings=found.warnings) if isinstance(step, Suggestion) else step


def _chosen(
    judge: Judge, params: FusionParameters, besides: Mapping[str, Sequence[Any]]
) -> Iterator[Trial | Suggestion]:
    """The trials of every search, counted through, and the suggestion with the lowest score."""
    others = {
        name: [value for value in dict.fromkeys(values) if value != getattr(params, name)]
        for name, values in besides.items()
        if name != "n_iter_tv" or params.solver == "tutorial"  # the other takes steps of its own
    }
    done, left = 0, 1 + sum(map(len, others.values()))

    def searched(params: FusionParameters) -> Generator[Trial, None, Suggestion]:
        nonlocal done, left
        before = done
        for step in _weighed(judge, params):
            if isinstance(step, Suggestion):
                left -= 1
                return step
            done = before + step.done
            yield replace(step, done=done, total=before + step.total * left)
        raise AssertionError("a search ends in a suggestion")

    best = yield from searched(params)
    for name, values in others.items():
        start = best.params
        for value in values:
            found = yield from searched(start.replace(**{name: value}))
            best = min(best, found, key=lambda each: each.score)
    names = (*best.chosen, *others)
    yield replace(best, chosen={name: getattr(best.params, name) for name in names})


def _weighed(judge: Judge, params: FusionParameters) -> Iterator[Trial | Suggestion]:
    """The search for the weights that go with all other parameters."""
    trials = search(partial(judge.scores, params), FusionParameters.info("lambda_tv").maximum)
    while True:
        try:
            trial = next(trials)
        except StopIteration as end:
            weights, curves = end.value
            break
        yield trial
    chosen = weights._asdict()
    yield Suggestion(chosen, params.replace(**chosen), float(curves[-1].scores.min()), curves)
