"""The comparison of methods: each at its best, on the same hidden data."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from napari_mmfusion.core.choice import (
    GAUSSIAN,
    PLAIN_TV,
    RAW,
    Choice,
    MethodScore,
    wrong_law,
)
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import ScoreCurve
from napari_mmfusion.core.suggestion.methods.arena import Arena, Losses
from napari_mmfusion.core.suggestion.methods.gate import judge
from napari_mmfusion.core.suggestion.methods.references import Reference, find_references
from napari_mmfusion.core.suggestion.methods.table import METHODS, Found, Method, Tried
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggestion import Suggestion


class _Entry(NamedTuple):
    """One method at its best."""

    method: Method
    params: FusionParameters
    losses: Losses
    curves: Sequence[ScoreCurve]


def compare_methods(
    data: FusionDataset,
    params: FusionParameters,
    reach: int,
    threads: int,
    stop: StopFlag,
    *,
    only: str | None = None,
) -> Iterator[Trial | Suggestion]:
    """Search the best settings of every method, compare them, and suggest one.

    Parameters
    ----------
    data : FusionDataset
        What was measured.
    params : FusionParameters
        All parameters that are not searched.
    reach : int
        How many pixels around each one are hidden with it, if whole pixels are.
    threads : int
        Threads to use.
    stop : StopFlag
        Ends the search once set.
    only : str, optional
        The only method to suggest; plain TV is compared all the same.

    Raises
    ------
    MMFusionStoppedError
        If `stop` was set.
    """
    methods = [each for each in METHODS if only in (None, each.name) or each.name == PLAIN_TV]
    with Arena(data, reach, threads, stop) as arena:
        reference = find_references(arena)
        entries = []
        done = 0
        for number, method in enumerate(methods):
            to_come = sum(each.trials for each in methods[number + 1 :])
            found, done = yield from _trials(method, arena, params, done, to_come)
            entries.append(_best(method, found, arena))
    tv = next(entry.losses for entry in entries if entry.method.name == PLAIN_TV)
    allowed = [entry for entry in entries if only in (None, entry.method.name)]
    best = min(allowed, key=lambda entry: _rank(entry, reference))
    gates = judge(data, best.method.name, best.losses, reference, tv)
    choice = Choice(
        best.method.name,
        arena.hidden,
        _scores(data, reference, entries),
        gates,
        () if all(gate.outcome == "helps" for gate in gates) else _reasons(data, entries),
    )
    chosen = {"solver": best.params.solver} if only is None else {}
    settings = best.method.settings
    if only is None and best.params.solver == "guided":
        settings = ("guided_tv", "guided_haadf", "eta")
    chosen |= {name: getattr(best.params, name) for name in settings}
    yield Suggestion(
        chosen,
        params.replace(**{**chosen, "solver": best.params.solver}),
        float(best.losses.mean()),
        tuple(best.curves),
        choice=choice,
    )


def _trials(
    method: Method, arena: Arena, params: FusionParameters, done: int, to_come: int
) -> Generator[Trial, None, tuple[Found, int]]:
    """Run the search of a method, counting its trials."""
    search: Generator[Tried, None, Found] = method.search(arena, params)
    before = done
    while True:
        try:
            tried = next(search)
        except StopIteration as end:
            return end.value, done
        for each, score in tried:
            done += 1
            total = max(done, before + method.trials) + to_come
            yield Trial(done, total, each.lambda_tv, each.lambda_chem, score, each)


def _best(method: Method, found: Found, arena: Arena) -> _Entry:
    losses = arena.losses(found.candidates)
    at = int(np.argmin([each.mean() for each in losses]))
    return _Entry(method, found.candidates[at], losses[at], found.curves)


def _rank(entry: _Entry, reference: Reference) -> float:
    """How well a method predicts: the mean over the maps of the logarithm of its loss.

    So each map counts by what is lost of it beside what has to be lost, its noise, and harm to one
    with high counts is not outweighed by what a noisy one gains.
    """
    raw, gaussian = (losses.mean(axis=1) for losses in (reference.raw, reference.gaussian))
    lowest = np.maximum(np.minimum(raw, gaussian), np.finfo(np.float32).tiny)
    return float(np.log(np.maximum(entry.losses.mean(axis=1) / lowest, 1e-6)).mean())


def _scores(
    data: FusionDataset, reference: Reference, entries: Sequence[_Entry]
) -> tuple[MethodScore, ...]:
    def score(name: str, losses: Losses, settings: dict[str, object]) -> MethodScore:
        means = losses.mean(axis=1, dtype=np.float64).tolist()
        return MethodScore(name, dict(zip(data.elements, means, strict=True)), settings)

    sigmas: dict[str, object] = dict(zip(data.elements, reference.sigmas, strict=True))
    return (
        score(RAW, reference.raw, {}),
        score(GAUSSIAN, reference.gaussian, sigmas),
        *(
            score(
                entry.method.name,
                entry.losses,
                {name: getattr(entry.params, name) for name in entry.method.settings},
            )
            for entry in entries
        ),
    )


def _reasons(data: FusionDataset, entries: Sequence[_Entry]) -> tuple[str, ...]:
    """Why the fusion does not help more, as far as the data tell."""
    reasons: list[str] = [
        f"{finding.fact[0].upper()}{finding.fact[1:]}; {finding.advice}."
        for finding in data.findings
        if finding.kind == "out of register"
    ]
    guided = [entry.params for entry in entries if entry.method.name == "guided"]
    if any(each.guided_haadf == 0 for each in guided):
        reasons.append(wrong_law())
    return tuple(reasons)
