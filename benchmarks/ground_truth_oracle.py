"""The best settings of a method, found with the truth, which no user knows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

Settings = dict[str, float]


def oracle(error: Callable[[Settings], float], start: Settings, factors: Settings) -> Settings:
    """Settings with an error below that of their neighbours.

    Walks over a grid that is even in the logarithm of each setting, one setting at a time, until
    no neighbour is better.

    >>> oracle(lambda s: abs(s["a"] - 5) + abs(s["b"] - 3), {"a": 1.0, "b": 12.0}, {"a": 2, "b": 2})
    {'a': 4.0, 'b': 3.0}
    """
    seen: dict[tuple[int, ...], float] = {}
    names = list(start)

    def at(point: tuple[int, ...]) -> Settings:
        return {
            name: type(start[name])(start[name] * factors[name] ** power)
            for name, power in zip(names, point, strict=True)
        }

    def tried(point: tuple[int, ...]) -> float:
        if point not in seen:
            found = error(at(point))
            seen[point] = found if math.isfinite(found) else math.inf
        return seen[point]

    def moved(point: tuple[int, ...], index: int, by: int) -> tuple[int, ...]:
        return (*point[:index], point[index] + by, *point[index + 1 :])

    best = (0,) * len(names)
    improved = True
    while improved:
        improved = False
        for index, by in itertools.product(range(len(names)), (1, -1)):
            while tried(moved(best, index, by)) < tried(best):
                best, improved = moved(best, index, by), True
    return at(best)
