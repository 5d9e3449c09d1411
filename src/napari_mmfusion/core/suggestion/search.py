"""The search for the two lambdas: a coarse grid, steps to better neighbours, and a vertex."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import Lambdas, ScoreCurve, curve_along

Point = tuple[float, float]
"""Binary logarithms of `lambda_chem` and of the ratio of `lambda_tv` to it.

How strongly maps are smoothed depends on the ratio, so the valleys of the score follow an axis.
"""

_GRID: Final = tuple(
    sorted(
        itertools.product(range(-12, -1, 2), range(-1, 6, 2)),
        key=lambda point: (abs(point[0] + 7), abs(point[1] - 2)),
    )
)
"""Sorted from the middle, where the best is likely: then the others soon prove to be worse."""
_AROUND: Final = tuple(itertools.product((-1, 0, 1), repeat=2))
_FINE: Final = len(_AROUND) - 1
_LEAST: Final = 2.0**-20
"""A lambda below this has no effect: a search that got this far would never end."""

_ROUGHLY: Final = 0.25
_CLOSELY: Final = 0.1
"""Accuracy of differences from the lowest score: to find the lowest, and to fit a quadratic."""

Evaluate = Callable[[Sequence[Lambdas], float], Iterable[float]]


@dataclass(frozen=True)
class Trial:
    """One pair of lambdas, or one setting of another method, tried.

    Attributes
    ----------
    done, total : int
        How many trials are done, this one included, and how many are planned; a search that has
        to go further plans more.
    lambda_tv, lambda_chem : float
        The lambdas.
    score : float
        Mean prediction loss of the pixels held out, lower is better; an estimate from part of
        them where that shows it to be clearly worse than another.
    params : FusionParameters or None
        All parameters, where others than the lambdas are searched.
    """

    done: int
    total: int
    lambda_tv: float
    lambda_chem: float
    score: float
    params: FusionParameters | None = None


class SearchResult(NamedTuple):
    """The end of a search.

    Attributes
    ----------
    lambdas : Lambdas
        The pair with the lowest score.
    curves : tuple of ScoreCurve
        The curves along `lambda_tv` and `lambda_chem` of the coarse steps, then those along
        `lambda_chem` and `lambda_tv` of the fine ones.
    trials : int
        How many pairs were tried.
    """

    lambdas: Lambdas
    curves: tuple[ScoreCurve, ...]
    trials: int


def search(
    evaluate: Evaluate, highest: float, *, done_before: int = 0, searches: int = 1
) -> Generator[Trial, None, SearchResult]:
    """Search the lambdas with the lowest score.

    There can be two valleys, so the search begins with a grid over the whole plane, each lambda
    four times the one before. From the best point it goes to the best of the neighbours until
    there is no better one, beyond the grid if necessary; then again with steps of a factor of two;
    and finally to the lowest point of a quadratic through the neighbours, if it is better.

    Parameters
    ----------
    evaluate : callable
        Gives the scores of pairs of lambdas, in their order. How much higher they are than the
        lowest score known is accurate at least to the given part of it.
    highest : float
        Upper limit of both lambdas.
    done_before : int
        Trials of earlier searches, to count on from.
    searches : int
        This search and those to follow, which are expected to take as many trials.

    Yields
    ------
    Trial

    Returns
    -------
    SearchResult
    """
    plane = _Plane(evaluate, highest, done_before, searches)
    yield from plane.try_points(_GRID, _FINE)
    yield from plane.walk(2, _FINE)
    coarse, start = plane.known_scores(), _lambdas_at(plane.lowest)
    plane.accuracy = _CLOSELY
    yield from plane.walk(1)
    yield from plane.try_points(_vertex(plane.lowest, plane.scores))
    fine = {pair: score for pair, score in plane.known_scores().items() if pair not in coarse}
    fine[start] = coarse[start]
    curves = (
        curve_along("lambda_tv", coarse),
        curve_along("lambda_chem", coarse),
        curve_along("lambda_chem", fine),
        curve_along("lambda_tv", fine),
    )
    return SearchResult(_lambdas_at(plane.lowest), curves, len(plane.scores))


class _Plane:
    """The plane of both lambdas with the scores known so far."""

    def __init__(self, evaluate: Evaluate, highest: float, done_before: int, searches: int) -> None:
        self._evaluate = evaluate
        self._highest = highest
        self._done_before = done_before
        self._searches = searches
        self.scores: dict[Point, float] = {}
        self.accuracy = _ROUGHLY

    @property
    def lowest(self) -> Point:
        # A few TV steps can do only so much, beyond which a higher lambda_tv changes nothing: of
        # equal scores take the one with the lowest lambda_tv.
        return min(self.scores, key=lambda point: (self.scores[point], sum(point)))

    def known_scores(self) -> dict[Lambdas, float]:
        return {_lambdas_at(point): score for point, score in self.scores.items()}

    def try_points(self, points: Iterable[Point], to_come: int = 0) -> Iterator[Trial]:
        """Try the points that are new and in range; at least `to_come` trials follow them."""
        new = [point for point in points if point not in self.scores and self._contains(point)]
        pairs = [_lambdas_at(point) for point in new]
        total = len(self.scores) + len(new) + to_come
        planned = self._done_before + total * self._searches
        scores = self._evaluate(pairs, self.accuracy)
        for point, pair, score in zip(new, pairs, scores, strict=True):
            self.scores[point] = score
            yield Trial(self._done_before + len(self.scores), planned, *pair, score)

    def walk(self, step: int, to_come: int = 0) -> Iterator[Trial]:
        """Move to the best of the eight points around until the middle one is the best."""
        middle = None
        while middle != self.lowest:
            middle = self.lowest
            around = [(middle[0] + step * u, middle[1] + step * v) for u, v in _AROUND]
            yield from self.try_points(around, to_come)

    def _contains(self, point: Point) -> bool:
        lambdas = _lambdas_at(point)
        return min(lambdas) >= _LEAST and max(lambdas) <= self._highest


def _lambdas_at(point: Point) -> Lambdas:
    chem, ratio = point
    return Lambdas(2.0 ** (chem + ratio), 2.0**chem)


def _vertex(middle: Point, scores: Mapping[Point, float]) -> list[Point]:
    """Minimum of the quadratic fitted to a point and its neighbours, if it has one."""
    around = [(middle[0] + u, middle[1] + v) for u, v in _AROUND]
    if not all(point in scores for point in around):
        return []
    u, v = np.array(_AROUND, dtype=np.float64).T
    terms = np.stack([np.ones_like(u), u, v, u * u / 2, u * v, v * v / 2], axis=1)
    values = np.array([scores[point] for point in around])
    _, du, dv, duu, duv, dvv = np.linalg.pinv(terms) @ values
    if duu <= 0 or duu * dvv <= duv * duv:
        return []
    shift = -np.linalg.solve([[duu, duv], [duv, dvv]], [du, dv])
    chem, ratio = np.clip(shift, -1, 1).tolist()
    return [(middle[0] + chem, middle[1] + ratio)]
