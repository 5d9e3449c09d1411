"""The figures that the tests here obtain, for docs/reliability.md, and how much they try."""

from __future__ import annotations

import os

SHARE = float(os.environ.get("MMFUSION_ATTACKS", "0"))
"""Which share of the attempts of docs/reliability.md to make: 1 in `make fuzz`."""

FIGURES: dict[str, str] = {}
"""What was tried, and what came out."""


def attempts(what: str, full: int, short: int) -> int:
    """How often to try: a share of `full`, at least `short`, or what MMFUSION_<what> says."""
    return int(os.environ.get(f"MMFUSION_{what}", max(short, round(SHARE * full))))
