"""Times of functions that run alternately in one process, so that their ratios are reliable."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Final

SHORTEST_TURN: Final = 0.3
"""Seconds: a processor that was idle or used by others needs some time to reach full speed."""


def medians(
    functions: Mapping[str, Callable[[], object]], repeats: int, seconds: float = 20.0
) -> dict[str, float]:
    """Median seconds of each function: one warm-up, then A B C A B C ...

    A turn lasts `SHORTEST_TURN` at least, and a function that takes milliseconds runs many times
    in its turn. Stops early, after three rounds at least, once `seconds` have gone by.
    """
    for function in functions.values():
        function()
    times: dict[str, list[float]] = {name: [] for name in functions}
    start = time.perf_counter()
    for repeat in range(repeats):
        if repeat >= 3 and time.perf_counter() - start > seconds:
            break
        for name, function in functions.items():
            times[name] += _turn(function)
    return {name: statistics.median(values) for name, values in times.items()}


def _turn(function: Callable[[], object]) -> list[float]:
    times: list[float] = []
    while sum(times) < SHORTEST_TURN:
        before = time.perf_counter()
        function()
        times.append(time.perf_counter() - before)
    return times


def table(title: str, head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table under its title."""
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
