"""P8: a sponge of an alloy whose surface is richer in one metal."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale, probe_blur

_WAVES, _PERIODS, _SEED = 40, 6.0, 81
"""Plane waves whose sum makes the sponge, and how many wavelengths the shorter side is long."""
_LEVEL: Final = -0.15
"""Where the sum is higher, there is metal: a little more than half of the area."""
_SKIN: Final = 0.35
"""How far below the surface silver has been dissolved, in units of the sum."""
_GRADIENT: Final = (0.75, 0.35)
"""Fraction of silver inside the ligaments at the left and at the right edge."""
_COPPER: Final = 0.08


def porous(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P8: nanoporous gold, with silver left inside its ligaments and less of it to the right.

    Ligaments are round, so that the thickness rises from the pores without a step; copper is the
    same part of the metal everywhere.
    """
    field = _field(shape)
    depth = np.maximum(field - _LEVEL, 0)
    thickness = np.sqrt(np.minimum(depth, 1.0))
    inside = 1 - np.exp(-((depth / _SKIN) ** 2))
    silver = inside * np.linspace(*_GRADIENT, shape[1]) * (1 - _COPPER)
    parts = {"Au": 1 - _COPPER - silver, "Ag": silver, "Cu": np.full(shape, _COPPER)}
    maps = common_scale(
        {name: probe_blur(thickness * part, "nearest") for name, part in parts.items()}
    )
    # Composition changes from left to right: a phase is a third of the image.
    third = np.arange(shape[1]) * 3 // shape[1]
    deep = depth > 2 * _SKIN
    phases = {
        "silver left": deep & (third == 0),
        "silver right": deep & (third == 2),
    }
    return Specimen(maps, maps, phases)


def _field(shape: tuple[int, int]) -> Image:
    """A sum of waves of one length in random directions; its variance is 1."""
    rng = np.random.default_rng(_SEED)
    y, x = (np.arange(n) * (2 * np.pi * _PERIODS / min(shape)) for n in shape)
    image = np.zeros(shape)
    for angle, phase in rng.uniform(0, 2 * np.pi, (_WAVES, 2)):
        image += np.cos(np.sin(angle) * y[:, None] + np.cos(angle) * x[None, :] + phase)
    return np.asarray(image * np.sqrt(2 / _WAVES))
