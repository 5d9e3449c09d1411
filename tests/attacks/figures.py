"""The figures that the tests here obtain, for docs/reliability.md, and how much they try."""

from __future__ import annotations

import os

FULL = os.environ.get("MMFUSION_ATTACKS") == "full"
"""Whether to try as often as docs/reliability.md says (`make fuzz`), or only for a short while."""

FIGURES: dict[str, str] = {}
"""What was tried, and what came out."""
