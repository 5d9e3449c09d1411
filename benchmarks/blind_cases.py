"""The cases of the blind benchmark: specimens, HAADF images, counts and seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import napari_mmfusion as mmf
from napari_mmfusion.simulate.specimen import Specimen

LINEAR: Final[dict[str, Any]] = {"gamma": 1.0, "weighting": "z^1.7"}
CONDITIONS: Final[dict[str, dict[str, Any]]] = {
    "linear": LINEAR,
    "flawed": LINEAR
    | {
        "haadf_offset": 0.1,
        "haadf_blur": 0.5,
        "haadf_drift": 1.0,
        "haadf_jitter": 0.2,
        "haadf_counts": 500.0,
    },
    "gamma 1.6": {},
}
"""Linear is the standard; flawed is the same with an offset, blur, drift and jitter."""
HOSTILE: Final[dict[str, dict[str, Any]]] = {
    "shifted by 2": LINEAR | {"haadf_shift": 2},
    "shifted by 4": LINEAR | {"haadf_shift": 4},
    "HAADF of noise": LINEAR,
    "HAADF of another specimen": LINEAR,
}
"""With these a fusion cannot help, or does harm."""
DOSES: Final = (2.0, 10.0)
FINAL_SEEDS: Final = (4201, 4202, 4203, 4204, 4205)
"""Used for the published figures and for nothing else; others are for development."""
FACTORS: Final = {"dopant": 33.0}
"""Of a dopant of 2 % the dose counts, not of its host: it has that many times more."""


@dataclass(frozen=True)
class Case:
    """One simulated measurement."""

    specimen: str
    condition: str
    dose: float
    seed: int
    side: int = 96

    @cached_property
    def data(self) -> mmf.FusionDataset:
        data = self._simulated(self.specimen)
        if self.condition == "HAADF of noise":
            noise = np.random.default_rng(self.seed).normal(size=data.shape)
            return mmf.FusionDataset(noise, data.maps)
        if self.condition == "HAADF of another specimen":
            other = "porous" if self.specimen != "porous" else "polycrystal"
            return mmf.FusionDataset(self._simulated(other).haadf, data.maps)
        return data

    def _simulated(self, specimen: str) -> mmf.FusionDataset:
        return mmf.simulate(
            specimen,
            shape=(self.side, self.side),
            counts=self.counts,
            seed=self.seed,
            **(CONDITIONS | HOSTILE)[self.condition],
        )

    @property
    def counts(self) -> float:
        """Counts where a map is 1."""
        return self.dose * FACTORS.get(self.specimen, 1.0)

    @cached_property
    def drawn(self) -> Specimen:
        phantom = mmf.PHANTOMS[self.specimen]
        return phantom.draw((self.side, self.side), phantom.pixel_size)

    @property
    def structured(self) -> list[str]:
        """The maps whose truth is not flat."""
        return [name for name, truth in self.drawn.maps.items() if np.ptp(truth) > 0]

    @property
    def key(self) -> dict[str, Any]:
        return {
            "specimen": self.specimen,
            "condition": self.condition,
            "dose": self.dose,
            "seed": self.seed,
            "side": self.side,
        }


def cases(
    specimens: Sequence[str],
    conditions: Sequence[str],
    doses: Sequence[float],
    seeds: Sequence[int],
    side: int,
) -> Iterator[Case]:
    """All cases, seed by seed, so that an interrupted benchmark has whole seeds."""
    for seed in seeds:
        for specimen in specimens:
            for condition in conditions:
                for dose in doses:
                    yield Case(specimen, condition, dose, seed, side)


def regions(case: Case) -> dict[str, NDArray[np.bool_]]:
    """The regions whose means are compared with the truth."""
    return {name: region for name, region in case.drawn.phases.items() if region.sum() >= 10}
