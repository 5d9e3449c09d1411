"""The search for the two lambdas, and for other parameters one after the other."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.scorer import Scorer
from napari_mmfusion.core.suggestion.search import Trial, search
from napari_mmfusion.core.suggestion.suggestion import Suggestion

Choices = Mapping[str, Sequence[Any]]


def search_choices(
    scorer: Scorer, params: FusionParameters, choices: Choices
) -> Generator[Trial, None, Suggestion]:
    """Search the lambdas, then for each parameter of `choices` the value with the lowest score."""
    others = {
        name: values
        for name, values in choices.items()
        if name != "n_iter_tv" or params.solver == "tutorial"  # only this solver has the parameter
    }
    searches = 1 + sum(map(len, others.values()))
    best, done = yield from _search_lambdas(scorer, params, 0, searches)
    for name, values in others.items():
        start = best.params
        for value in values:
            searches -= 1
            changed = start.replace(**{name: value})
            candidate, done = yield from _search_lambdas(scorer, changed, done, searches)
            best = min(best, candidate, key=lambda each: each.score)
    chosen = {name: getattr(best.params, name) for name in (*best.chosen, *others)}
    return replace(best, chosen=chosen)


def _search_lambdas(
    scorer: Scorer, params: FusionParameters, done: int, searches: int
) -> Generator[Trial, None, tuple[Suggestion, int]]:
    """Search the lambdas for fixed other parameters; return them and the trials done so far."""
    highest = FusionParameters.info("lambda_tv").maximum
    result = yield from search(
        partial(scorer.scores, params), highest, done_before=done, searches=searches
    )
    chosen = result.lambdas._asdict()
    score = float(result.curves[-1].scores.min())
    suggestion = Suggestion(chosen, params.replace(**chosen), score, result.curves)
    return suggestion, done + result.trials
