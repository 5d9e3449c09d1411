"""The search for the two weights: a coarse grid, steps to better neighbours, and a vertex."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from napari_mmfusion.core.suggestion.curves import ScoreCurve, Weights, curve_along

Point = tuple[float, float]
"""Binary logarithms of `lambda_chem` and of the ratio of `lambda_tv` to it.

How far maps are smoothed hangs on the ratio, so the valleys of the score run along an axis.
"""

_GRID: Final = tuple(
    sorted(
        itertools.product(range(-12, -1, 2), range(-1, 6, 2)),
        key=lambda point: (abs(point[0] + 7), abs(point[1] - 2)),
    )
)
"""From its middle on, where the best is likely: it is soon clear which of the others are worse."""
_AROUND: Final = tuple(itertools.product((-1, 0, 1), repeat=2))
_FINE: Final = len(_AROUND) - 1
_LEAST: Final = 2.0**-20
"""Below this a weight has no say: a search led this far would go on for ever."""

_ROUGHLY: Final = 0.25
_CLOSELY: Final = 0.1
"""Accuracy of differences from the lowest score: to tell that it is lower, and to fit a bowl."""

Evaluate = Callable[[Sequence[Weights], float], Iterable[float]]


@dataclass(frozen=True)
class Trial:
    """One pair of weights tried.

    Attributes
    ----------
    done, total : int
        How many of the search's trials are done, this one included, and how many are planned;
        a search that has to go further plans more.
    lambda_tv, lambda_chem : float
        The weights.
    score : float
        Mean prediction loss of the pixels held out, lower is better; an estimate from part of
        them where that shows it to be clearly worse than another.
    """

    done: int
    total: int
    lambda_tv: float
    lambda_chem: float
    score: float


def search(
    evaluate: Evaluate, highest: float
) -> Generator[Trial, None, tuple[Weights, tuple[ScoreCurve, ...]]]:
    """Look for the weights with the lowest score.

    There can be two valleys, so the whole plane is looked at first, each weight four times the
    one before. From the best point the search goes on to the best of its neighbours until there
    is none, beyond the grid if that is where they lead; then again with steps of a factor of
    two; and at last to the lowest point of a quadratic through the neighbours, if it is better.

    Parameters
    ----------
    evaluate : callable
        Gives the scores of pairs of weights, in their order; how much higher they are than the
        lowest one known, at least to the given part of it.
    highest : float
        No weight is above this.

    Yields
    ------
    Trial

    Returns
    -------
    (Weights, tuple of ScoreCurve)
        The weights found, and the curves along `lambda_tv` and `lambda_chem` of the coarse
        steps, then those along `lambda_chem` and `lambda_tv` of the fine ones.
    """
    plane = _Plane(evaluate, highest)
    yield from plane.tried(_GRID, _FINE)
    yield from plane.walk(2, _FINE)
    coarse, start = plane.known(), _weights(plane.lowest)
    plane.accuracy = _CLOSELY
    yield from plane.walk(1)
    yield from plane.tried(_vertex(plane.lowest, plane.scores))
    best = _weights(plane.lowest)
    fine = {pair: score for pair, score in plane.known().items() if pair not in coarse}
    fine[start] = coarse[start]
    return best, (
        curve_along("lambda_tv", coarse),
        curve_along("lambda_chem", coarse),
        curve_along("lambda_chem", fine),
        curve_along("lambda_tv", fine),
    )


class _Plane:
    """What is known of the score, and the trials that tell more of it."""

    def __init__(self, evaluate: Evaluate, highest: float) -> None:
        self._evaluate = evaluate
        self._highest = highest
        self.scores: dict[Point, float] = {}
        self.accuracy = _ROUGHLY

    @property
    def lowest(self) -> Point:
        # Beyond what its few steps can do, a higher TV weight changes nothing: of equal scores
        # the one with the lowest TV weight.
        return min(self.scores, key=lambda point: (self.scores[point], sum(point)))

    def known(self) -> dict[Weights, float]:
        return {_weights(point): score for point, score in self.scores.items()}

    def tried(self, points: Iterable[Point], to_come: int = 0) -> Iterator[Trial]:
        """Try what is new and in range; `to_come` trials at least are to follow."""
        new = [point for point in points if point not in self.scores and self._has(point)]
        pairs = [_weights(point) for point in new]
        total = len(self.scores) + len(new) + to_come
        scores = self._evaluate(pairs, self.accuracy)
        for point, pair, score in zip(new, pairs, scores, strict=True):
            self.scores[point] = score
            yield Trial(len(self.scores), total, *pair, score)

    def walk(self, step: int, to_come: int = 0) -> Iterator[Trial]:
        """Go to the best of the eight points around until it is the one in the middle."""
        middle = None
        while middle != self.lowest:
            middle = self.lowest
            around = [(middle[0] + step * u, middle[1] + step * v) for u, v in _AROUND]
            yield from self.tried(around, to_come)

    def _has(self, point: Point) -> bool:
        weights = _weights(point)
        return min(weights) >= _LEAST and max(weights) <= self._highest


def _weights(point: Point) -> Weights:
    chem, ratio = point
    return Weights(2.0 ** (chem + ratio), 2.0**chem)


def _vertex(middle: Point, scores: Mapping[Point, float]) -> list[Point]:
    """Where the quadratic that fits a point and those around it best is lowest, if it is a bowl."""
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
