"""One thing that is wrong with data, or that one should know about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "spikes",
    "missing rim",
    "missing pixels",
    "zero rim",
    "fill value",
    "negative counts",
    "clipped",
    "filtered",
    "no counts",
    "few counts",
    "no contrast",
    "out of register",
]
Severity = Literal["note", "warning", "error"]
Remedy = Literal["crop", "mask", "replace spikes", "leave out"]

PYTHON: Final[Mapping[Remedy, str]] = {
    "crop": "data.cropped()",
    "mask": "data.masked()",
    "replace spikes": "data.without_spikes()",
}
"""What takes each way out, in the words of Python."""

_EFFECTS: Final[Mapping[Remedy, str]] = {
    "crop": "cuts it off",
    "mask": "leaves them out",
    "replace spikes": "replaces them by their neighbours",
}


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
    remedy: Remedy | None = None
    advice: str = ""
    pixels: int = 0
    region: tuple[int, int, int, int] | None = None

    def __post_init__(self) -> None:
        if not self.advice:
            object.__setattr__(self, "advice", self._advice(PYTHON))

    def __str__(self) -> str:
        """What was found and what to do."""
        return f"{self.fact}; {self.advice}."

    def sentence(self, words: Mapping[Remedy, str]) -> str:
        """``str`` with the name that each way out has where the sentence is read."""
        return f"{self.fact}; {self._advice(words)}."

    def _advice(self, words: Mapping[Remedy, str]) -> str:
        if self.remedy is None or self.remedy not in words:
            return self.advice
        return f"{words[self.remedy]} {_EFFECTS[self.remedy]}"
