"""P6: a ceramic whose dopant gathers at the boundaries of its grains."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.grains import grains
from napari_mmfusion.simulate.specimen import Specimen, common_scale, probe_blur

_ACROSS, _SEED = 3.5, 61
_WIDTH: Final = 1.8
"""Standard deviation in pixels of the dopant across a boundary."""
_AT_BOUNDARIES, _IN_GRAINS = 0.02, 0.001
"""Atomic fraction of the dopant."""
_CLEAN: Final = 0.3
"""Share of the grains whose boundaries take up no dopant from their side."""
_RELIEF: Final = 0.2
_METAL: Final = 0.4
"""Al2O3."""


def dopant(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P6: grains of Al2O3 with 2 % yttrium at their boundaries, which some grains reject.

    The map of yttrium is 2 % of all: it has a twentieth of the counts of the others.
    """
    cells = grains(shape, _ACROSS, _SEED)
    rng = np.random.default_rng(_SEED + 1)
    thickness = 1 - _RELIEF * rng.random(cells.total)[cells.number]
    takes = (rng.random(cells.total) > _CLEAN)[cells.number]
    near = np.exp(-0.5 * (cells.boundary / _WIDTH) ** 2)
    yttrium = _IN_GRAINS + (_AT_BOUNDARIES - _IN_GRAINS) * near * takes
    parts = {"Al": _METAL - yttrium, "O": np.full(shape, 1 - _METAL), "Y": yttrium}
    maps = common_scale(
        {name: probe_blur(thickness * part, "nearest") for name, part in parts.items()}
    )
    phases = {"grains": cells.boundary > 3 * _WIDTH, "boundaries": takes & (near > 0.7)}
    return Specimen(maps, maps, phases)
