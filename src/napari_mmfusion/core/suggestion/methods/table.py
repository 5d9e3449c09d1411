"""The methods that are compared: one line each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from napari_mmfusion.core.choice import PLAIN_TV
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import ScoreCurve, envelope
from napari_mmfusion.core.suggestion.lambda_search import search_choices
from napari_mmfusion.core.suggestion.methods.arena import Arena
from napari_mmfusion.core.suggestion.methods.pattern_search import Levels, PatternSearch
from napari_mmfusion.core.suggestion.scorer import Scorer

Tried = list[tuple[FusionParameters, float]]
"""Parameters and their scores."""


@dataclass(frozen=True)
class Found:
    """What the search of one method found.

    Attributes
    ----------
    candidates : sequence of FusionParameters
        The best parameters, to be compared on all hidden data.
    curves : sequence of ScoreCurve
        The lowest scores along the settings that were searched.
    """

    candidates: Sequence[FusionParameters]
    curves: Sequence[ScoreCurve] = ()


Search = Callable[[Arena, FusionParameters], Generator[Tried, None, Found]]


@dataclass(frozen=True)
class Method:
    """A way to denoise the maps.

    Attributes
    ----------
    name : str
        Its name, that of the solver if it is one.
    search : callable
        Finds its best settings, starting from given parameters; yields what it tried.
    settings : tuple of str
        The parameters that it chooses.
    trials : int
        About how many settings it tries.
    """

    name: str
    search: Search
    settings: tuple[str, ...]
    trials: int


_DEFAULTS: Final = FusionParameters()
_GUIDED: Final = ("guided_tv", "guided_haadf", "eta")
_OCTAVES: Final = tuple(_DEFAULTS.guided_tv * 2.0**k for k in range(-7, 7))
_HAADF: Final = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
_EDGES: Final = tuple(_DEFAULTS.eta * 2.5**k for k in range(-1, 5))
_NO_GUIDE: Final = FusionParameters.info("eta").maximum
_STRENGTHS: Final = tuple(_DEFAULTS.matched_strength * 2.0 ** (k / 2) for k in range(-3, 4))
_CANDIDATES: Final = 2
_BACKGROUND: Final = 0.01
"""Background of the tutorial's solver that suits few counts, tried beside the one given."""


def by_pattern(
    start: Mapping[str, Any],
    levels: Levels,
    first: Sequence[Mapping[str, float]],
    arena: Arena,
    params: FusionParameters,
) -> Generator[Tried, None, Found]:
    """Search the settings that have levels, downhill from `start`, the first of them more finely.

    Parameters
    ----------
    start : mapping of str to value
        The solver, and the settings to start from.
    levels : mapping of str to sequence of float
        The levels of each setting to search; may be empty.
    first : sequence of mappings
        Changes of the start to try first, to find the right valley.
    arena : Arena
        What is hidden.
    params : FusionParameters
        All other parameters.
    """
    begin = params.replace(**start)
    search = PatternSearch(levels, arena.scores)
    for tried in search.run(begin, first):
        yield [(each, search.scores[each]) for each in tried]
    for name in list(levels)[:1]:
        value = getattr(search.best, name)
        between = [search.best.replace(**{name: value * 2.0**shift}) for shift in (-0.5, 0.5)]
        yield [(each, search.scores[each]) for each in search.try_all(between)]
    # The start is the best guess of all before the data: chance alone should not outdo it.
    candidates = dict.fromkeys([*search.ranked()[:_CANDIDATES], begin])
    along = [name for name, values in levels.items() if min(values) > 0]
    return Found(list(candidates), [envelope(name, search.scores) for name in along])


def _tutorial(arena: Arena, params: FusionParameters) -> Generator[Tried, None, Found]:
    """Search the lambdas of the tutorial's solver, with two backgrounds."""
    begin = params.replace(solver="tutorial")
    # Each is of the whole image, whose range its lambdas refer to.
    parts = arena.holdouts[: max(1, len(arena.searched) // 2)]
    with Scorer(arena.data, 0, arena.threads, arena.stop, holdouts=parts) as scorer:
        trials = search_choices(scorer, begin, {"background": (_BACKGROUND,)})
        while True:
            try:
                trial = next(trials)
            except StopIteration as end:
                return Found([end.value.params], end.value.curves)
            lambdas = {"lambda_tv": trial.lambda_tv, "lambda_chem": trial.lambda_chem}
            yield [(begin.replace(**lambdas), trial.score)]


METHODS: Final = (
    Method(
        "guided",
        partial(
            by_pattern,
            {"solver": "guided"} | {name: getattr(_DEFAULTS, name) for name in _GUIDED},
            {"guided_tv": _OCTAVES, "guided_haadf": _HAADF, "eta": _EDGES},
            [{"guided_haadf": mu} for mu in (_DEFAULTS.guided_haadf, 0.0, 1.0, 100.0)],
        ),
        _GUIDED,
        25,
    ),
    Method(
        PLAIN_TV,
        partial(
            by_pattern,
            {
                "solver": "guided",
                "guided_tv": _DEFAULTS.guided_tv / 4,
                "guided_haadf": 0.0,
                "eta": _NO_GUIDE,
            },
            {"guided_tv": _OCTAVES},
            [{}],
        ),
        _GUIDED,
        8,
    ),
    Method(
        "matched",
        partial(
            by_pattern,
            {"solver": "matched", "matched_strength": _DEFAULTS.matched_strength},
            {"matched_strength": _STRENGTHS},
            [{}],
        ),
        ("matched_strength",),
        6,
    ),
    Method("tutorial", _tutorial, ("lambda_tv", "lambda_chem", "background"), 70),
)
"""A method is entered with one line; of equally good ones the first is chosen."""

CHOSEN: Final = frozenset({"solver"}.union(*(method.settings for method in METHODS)))
"""The parameters that a comparison of all methods chooses."""


def settings_of(solver: str) -> tuple[str, ...]:
    """The settings that a solver has in place of lambdas; none if it has those.

    >>> settings_of("matched"), settings_of("converged")
    (('matched_strength',), ())
    """
    return next((m.settings for m in METHODS if m.name == solver and m.name != "tutorial"), ())
