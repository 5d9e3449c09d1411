"""Maps that hold no counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from napari_mmfusion.core.data_check.finding import Finding, listed
from napari_mmfusion.core.data_check.view import View

_SAME_SUM: Final = 1e-3
"""Largest spread of the maps' sum, relative to it, that calls them fractions."""
_LEAST_SUM: Final = 5
"""Counts: where there are next to none, each pixel has none or one."""
_ROWS: Final = 256
_ADVICE: Final = (
    "fuse counts if you have them; the chemical term takes the values for counts all the same"
)


def check_fractions(maps: Sequence[View]) -> Iterator[Finding]:
    """Maps that add up to the same everywhere, or are no multiples of one count."""
    if not maps:
        return
    one_count = min(view.count or 0 for view in maps)
    total = _same_sum(maps) if len(maps) > 1 else None
    if total is not None and total > _LEAST_SUM * one_count:
        yield Finding(
            "no counts",
            "note",
            tuple(view.name for view in maps),
            f"the maps add up to {total:.4g} in every pixel, so they are fractions and no counts",
            total,
            None,
            _ADVICE,
        )
        return
    names = tuple(view.name for view in maps if view.count is None)
    if names:
        yield Finding(
            "no counts",
            "note",
            names,
            f"the values of {listed(names)} are no multiples of one count: fractions, net"
            " intensities or resampled maps",
            float("nan"),
            None,
            _ADVICE,
        )


def _same_sum(maps: Sequence[View]) -> float | None:
    """What the maps add up to in each pixel, where they add up to anything; None if it varies."""
    number, mean, squares = 0, 0.0, 0.0
    for start in range(0, len(maps[0].image), _ROWS):
        rows = slice(start, start + _ROWS)
        total = np.zeros(maps[0].image[rows].shape)
        for view in maps:
            total += view.image[rows]
        used = np.logical_and.reduce([view.valid[rows] for view in maps]) & (total != 0)
        if not used.any():
            continue
        sums = total[used]
        # Chan's update of mean and variance, block by block; doi:10.1080/00031305.1983.10483115
        difference = float(sums.mean()) - mean
        whole = number + sums.size
        squares += float(((sums - sums.mean()) ** 2).sum())
        squares += difference**2 * number * sums.size / whole
        mean += difference * sums.size / whole
        number = whole
    if not number or np.sqrt(squares / number) >= _SAME_SUM * abs(mean):
        return None
    return mean
