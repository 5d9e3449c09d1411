"""The figures that these tests obtain for docs/reliability.md, and how often they try."""

from __future__ import annotations

import os
from typing import Any

SHARE = float(os.environ.get("MMFUSION_ATTACKS", "0"))
"""Which share of the attempts of docs/reliability.md to make: 1 in `make fuzz`."""

FIGURES: dict[str, str] = {}
"""What one test tried, and what came out."""

TALLIES: dict[str, dict[str, float]] = {}
"""What several tests tried, perhaps in several processes: how often, and the largest values."""

_COUNT = "tried"


def attempts(what: str, full: int, short: int) -> int:
    """How often to try: a share of `full`, at least `short`, or what MMFUSION_<what> says."""
    return int(os.environ.get(f"MMFUSION_{what}", max(short, round(SHARE * full))))


def tally(what: str, **largest: float) -> None:
    """Count one attempt, and keep the largest values of all attempts, named by what they are."""
    _merge(what, {_COUNT: 1, **largest})


def handed_over() -> dict[str, Any]:
    """The figures of this process, for `take_over` in another."""
    return {"figures": FIGURES, "tallies": TALLIES}


def take_over(output: dict[str, Any]) -> None:
    """Add the figures of another process to those of this one."""
    FIGURES.update(output.get("figures", {}))
    for what, values in output.get("tallies", {}).items():
        _merge(what, values)


def lines() -> list[str]:
    """All figures, one a line."""
    figures = dict(FIGURES)
    for what, values in TALLIES.items():
        count, *largest = values.items()
        figures[what] = f"{count[1]:.0f} tried" + "".join(
            f"; at most {value:.2f} {name.replace('_', ' ')}" for name, value in largest
        )
    return [f"{what}: {figure}" for what, figure in sorted(figures.items())]


def _merge(what: str, values: dict[str, float]) -> None:
    kept = TALLIES.setdefault(what, {_COUNT: 0})
    for name, value in values.items():
        kept[name] = kept[name] + value if name == _COUNT else max(kept.get(name, value), value)
