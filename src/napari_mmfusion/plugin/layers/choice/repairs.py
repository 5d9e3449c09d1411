"""What is mended in the images of a data set before each fusion; the layers stay as they are."""

from __future__ import annotations

from typing import Final, Literal

Repair = Literal["without_spikes", "without_rims", "masked"]
"""A method of `FusionDataset` that mends."""

REPAIRS: Final[dict[Repair, str]] = {
    "without_spikes": "Spikes are replaced by their neighbours.",
    "without_rims": "The rims are left out of the fusion.",
    "masked": "Pixels that an image lacks are left out of the fusion.",
}
"""What each does, in a sentence; in the order in which they are done."""


class Repairs:
    """Which of them are done, for each data set."""

    def __init__(self) -> None:
        self._chosen: dict[str, frozenset[Repair]] = {}

    def of(self, reading: str) -> tuple[Repair, ...]:
        """The repairs of a data set, in the order in which they are done."""
        chosen = self._chosen.get(reading, frozenset())
        return tuple(repair for repair in REPAIRS if repair in chosen)

    def choose(self, reading: str, repair: Repair, on: bool) -> None:
        """Mend the images of a data set in this way, or no longer."""
        chosen = self._chosen.get(reading, frozenset())
        self._chosen[reading] = chosen | {repair} if on else chosen - {repair}
