"""What is measured in the ground-truth benchmark: every specimen, dose, HAADF and seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import napari_mmfusion as mmf
from napari_mmfusion.simulate.specimen import Specimen

CONDITIONS: Final[dict[str, dict[str, Any]]] = {
    "gamma 1.6": {},
    "linear": {"gamma": 1.0, "weighting": "z^1.7"},
    "ramp": {"haadf_ramp": 0.1},
    "shift": {"haadf_shift": 1},
}
"""Kinds of HAADF images: two models, and two flaws of the first."""
DOSES: Final = (2, 10, 5, 1, 30, 100)
QUICK_DOSES: Final = (2, 10)


@dataclass(frozen=True)
class Case:
    """One simulated measurement."""

    phantom: str
    side: int
    counts: int
    condition: str
    seed: int

    @cached_property
    def data(self) -> mmf.FusionDataset:
        """The measured images, with the truth."""
        return mmf.simulate(
            self.phantom,
            shape=(self.side, self.side),
            counts=self.counts,
            seed=self.seed,
            **CONDITIONS[self.condition],
        )

    @cached_property
    def specimen(self) -> Specimen:
        """The specimen, whose phases are known."""
        phantom = mmf.PHANTOMS[self.phantom]
        return phantom.draw((self.side, self.side), phantom.pixel_size)


def cases(quick: bool, seeds: int) -> Iterator[Case]:
    """All cases, the most important first, so that an interrupted run is useful."""
    sides = (128,) if quick else (128, 256)
    doses = QUICK_DOSES if quick else DOSES
    conditions = list(CONDITIONS)[: 2 if quick else None]
    for side, seed, condition, counts, phantom in itertools.product(
        sides, range(seeds), conditions, doses, mmf.PHANTOMS
    ):
        yield Case(phantom, side, counts, condition, seed)
