"""P5: a film of many grains of an alloy, each of another phase and thickness."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.grains import grains
from napari_mmfusion.simulate.specimen import Specimen, common_scale, probe_blur

_ELEMENTS: Final = ("Ti", "Al", "Nb")
_PHASES: Final = {
    "TiAl": (0.50, 0.48, 0.02),
    "Ti2AlNb": (0.50, 0.25, 0.25),
    "beta": (0.55, 0.10, 0.35),
}
_ACROSS, _SEED = 5.0, 51
_RELIEF: Final = 0.25
"""How much thinner the thinnest grain is than the thickest."""
_BEND: Final = 0.2
"""How much thinner the film is at the lower edge than at the upper one."""
_BOUNDARY: Final = 3.0
"""Pixels beside a boundary that belong to no phase: it is blurred."""


def polycrystal(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P5: a film of TiAl, Ti2AlNb and beta grains, five along the shorter side.

    Grains of the same phase differ in thickness, so that the HAADF image has steps without a change
    of composition, and grains of different phases can be equally bright.
    """
    cells = grains(shape, _ACROSS, _SEED)
    rng = np.random.default_rng(_SEED + 1)
    phase = rng.integers(len(_PHASES), size=cells.total)[cells.number]
    relief = 1 - _RELIEF * rng.random(cells.total)[cells.number]
    thickness = relief * (1 - _BEND * np.arange(shape[0]) / (shape[0] - 1))[:, None]
    parts = np.array(list(_PHASES.values()))
    maps = common_scale(
        {
            name: probe_blur(thickness * parts[phase, index], "nearest")
            for index, name in enumerate(_ELEMENTS)
        }
    )
    inside = cells.boundary > _BOUNDARY
    phases = {name: inside & (phase == index) for index, name in enumerate(_PHASES)}
    return Specimen(maps, maps, phases)
