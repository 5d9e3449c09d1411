"""The figures that these tests obtain for docs/reliability.md, and how often they try."""

from __future__ import annotations

import os

SHARE = float(os.environ.get("MMFUSION_ATTACKS", "0"))
"""Which share of the attempts of docs/reliability.md to make: 1 in `make fuzz`."""

FIGURES: dict[str, str] = {}
"""What was tried, and the outcome."""


def attempts(what: str, full: int, short: int) -> int:
    """How often to try: a share of `full`, at least `short`, or what MMFUSION_<what> says."""
    return int(os.environ.get(f"MMFUSION_{what}", max(short, round(SHARE * full))))
