"""What a choice of method found: scores of every method, and whether fusion helps each map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import numpy as np

from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.wording import Argument, Text, joined

RAW: Final = "raw"
GAUSSIAN: Final = "Gaussian"
PLAIN_TV: Final = "plain TV"

Outcome = Literal[
    "helps", "helps without HAADF", "no better", "worse", "needs no fusion", "no contrast"
]
Hidden = Literal["counts", "pixels"]

_CLEARLY: Final = 2.0
"""Standard errors that a difference needs to be more than chance."""


class Gain(NamedTuple):
    """How much lower the loss of one prediction is than that of another.

    Attributes
    ----------
    mean, error : float
        The difference of the losses, above 0 if the prediction is the better one, and its standard
        error.
    """

    mean: float
    error: float

    @property
    def is_clear(self) -> bool:
        """Whether the prediction is better by more than chance."""
        return self.mean > _CLEARLY * self.error

    def __str__(self) -> str:
        """The difference and its error."""
        return f"{self.mean:+.4f} +- {self.error:.4f}"


@dataclass(frozen=True)
class MethodScore:
    """How well one method predicts hidden data.

    Attributes
    ----------
    name : str
        ``"raw"``, ``"Gaussian"``, ``"plain TV"``, or the solver.
    losses : mapping of str to float
        For each map, the part of the variance of the hidden data that is not predicted.
    settings : mapping of str to value
        What was chosen for it by the same score: parameters by name, or for the Gaussian its
        standard deviation in pixels for each map.
    """

    name: str
    losses: Mapping[str, float]
    settings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "losses", FrozenMapping(self.losses))
        object.__setattr__(self, "settings", FrozenMapping(self.settings))

    @property
    def mean(self) -> float:
        """The mean over the maps."""
        return float(np.mean(list(self.losses.values())))


@dataclass(frozen=True)
class Gate:
    """Whether the method chosen helps one map.

    Attributes
    ----------
    element : str
        The map.
    outcome : str
        ``"helps"``: it predicts hidden data better than the measured map and than the Gaussian of
        best width. ``"helps without HAADF"``: so it does, and so does plain TV, as well.
        ``"no better"``: not better than the Gaussian. ``"worse"``: worse than the measured map.
        ``"needs no fusion"``: the measured map has enough counts. ``"no contrast"``: it shows no
        structure beyond its noise.
    over_raw, over_gaussian, over_tv : Gain
        How much better it predicts than the measured map, the Gaussian and plain TV do.
    """

    element: str
    outcome: Outcome
    over_raw: Gain
    over_gaussian: Gain
    over_tv: Gain

    @property
    def passes(self) -> bool:
        """Whether the fused map may take the place of the measured one or its Gaussian."""
        return self.outcome in ("helps", "helps without HAADF")


_WORDS: Final[Mapping[Outcome, str]] = {
    "helps": "The {method} fusion predicts hidden {hidden} of {maps} better than the measured map"
    " and every Gaussian do.",
    "helps without HAADF": "{maps}: better than any Gaussian, but total variation without the HAADF"
    " image predicts hidden {hidden} as well.",
    "no better": "Do not use the fused map of {maps}: a Gaussian blur predicts hidden {hidden} as"
    " well or better.",
    "worse": "Do not use the fused map of {maps}: the measured map predicts hidden {hidden} as"
    " well or better.",
    "needs no fusion": "{maps}: needs no fusion, the measured map has enough counts.",
    "no contrast": "{maps}: no structure beyond the noise; what the fused map shows of the HAADF"
    " image is not measured.",
}


@dataclass(frozen=True)
class Choice:
    """What `suggest` found when it compared methods on the same hidden data.

    Attributes
    ----------
    method : str
        The method chosen.
    hidden : {"counts", "pixels"}
        Whether a tenth of the counts of every pixel was hidden, or whole pixels.
    scores : tuple of MethodScore
        The measured map, the Gaussian and every method, each with its best settings.
    gates : tuple of Gate
        Whether the method helps, for each map.
    reasons : tuple of str
        Why it does not, as far as the data tell.
    """

    method: str
    hidden: Hidden
    scores: tuple[MethodScore, ...]
    gates: tuple[Gate, ...]
    reasons: tuple[str, ...] = ()

    @property
    def helps(self) -> bool:
        """Whether the fusion helps at least one map."""
        return any(gate.passes for gate in self.gates)

    @property
    def flagged(self) -> tuple[str, ...]:
        """The maps whose fused images should not be used."""
        return tuple(gate.element for gate in self.gates if not gate.passes)

    def score(self, method: str) -> MethodScore:
        """The scores of one method."""
        return next(score for score in self.scores if score.name == method)

    @property
    def text(self) -> Text:
        """What was found, in words, to be said in those of the command line or the window."""
        sentences: list[object] = [] if self.helps else ["Fusion does not help these data."]
        for outcome, words in _WORDS.items():
            maps = ", ".join(gate.element for gate in self.gates if gate.outcome == outcome)
            if maps:
                sentences.append(words.format(method=self.method, hidden=self.hidden, maps=maps))
        return joined(" ", [*sentences, *self.reasons])

    def __str__(self) -> str:
        """What was found, in words."""
        return str(self.text)

    @property
    def table(self) -> str:
        """The losses of every method, a line for each and a column for each map."""
        elements = [gate.element for gate in self.gates]
        width = max(10, *map(len, elements))
        head = f"{'hidden ' + self.hidden:>14}  " + "  ".join(
            f"{name:>{width}}" for name in elements
        )
        lines = [head]
        for score in self.scores:
            cells = "  ".join(f"{score.losses[name]:>{width}.4f}" for name in elements)
            lines.append(
                f"{score.name:>14}  {cells}" + ("  <" if score.name == self.method else "")
            )
        return "\n".join(lines)


def wrong_law() -> Text:
    """The reason that the sum of the maps is not the HAADF image."""
    return Text(
        "The linear HAADF model predicts worse than the edges of the image alone, so the contrast"
        " does not follow the maps; {} is 0.",
        Argument("guided_haadf"),
    )
