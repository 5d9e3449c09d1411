"""One thing that is wrong with data, or that one should know about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from napari_mmfusion.core.ways_out import CROP, MASK, REPLACE_SPIKES
from napari_mmfusion.core.wording import Text

Kind = Literal[
    "spikes",
    "missing rim",
    "missing pixels",
    "zero rim",
    "fill value",
    "negative counts",
    "negative intensities",
    "clipped",
    "filtered",
    "no counts",
    "few counts",
    "no contrast",
    "out of register",
]
Severity = Literal["note", "warning", "error"]
WayOut = Literal["crop", "mask", "replace spikes", "leave out"]

MENDING: Final[Mapping[str, Text]] = {
    "crop": Text("{} cuts it off", CROP),
    "mask": Text("{} leaves them out", MASK),
    "replace spikes": Text("{} replaces them by their neighbours", REPLACE_SPIKES),
}
"""The ways out that change the data, and what each does."""


@dataclass(frozen=True)
class Finding:
    """One thing to know before one believes a fusion; ``str`` gives a sentence.

    Attributes
    ----------
    kind : str
        What it is, such as ``"spikes"``.
    severity : {"note", "warning", "error"}
        Worth knowing, harms a fusion, or prevents it.
    images : tuple of str
        Where: ``"HAADF"`` and names of maps.
    fact : str
        What was found, in a sentence without its full stop.
    amount : float
        How bad, in the terms of `fact`: the ratio of a spike to the brightest other pixel, the
        part of the pixels missing, zero, negative or clipped, the correlation of neighbours, the
        counts per pixel, or the shift in pixels. NaN where nothing is to be measured.
    remedy : str or None
        The way out, if it is one of ``"crop"``, ``"mask"``, ``"replace spikes"`` and
        ``"leave out"``.
    advice : str
        What to do, in the words of Python.
    pixels : int
        Number of pixels it concerns; 0 if it concerns the whole image.
    region : tuple of int, or None
        First and last row and first and last column, exclusive, that hold these pixels.
    """

    kind: Kind
    severity: Severity
    images: tuple[str, ...]
    fact: str
    amount: float
    remedy: WayOut | None = None
    advice: str = ""
    pixels: int = 0
    region: tuple[int, int, int, int] | None = None

    def __post_init__(self) -> None:
        known = MENDING.get(self.remedy or "")
        if known is not None and self.advice in ("", known):  # also from a file
            object.__setattr__(self, "advice", known)

    def __str__(self) -> str:
        """What was found and what to do."""
        return str(self.text)

    @property
    def text(self) -> Text:
        """The same, to be said in the words of the command line or the window."""
        return Text("{}; {}.", self.fact, self.advice)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
