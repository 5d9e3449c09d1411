"""P7: precipitates two to three pixels wide in a metal."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale, probe_blur

_SEED: Final = 71
_PER_AREA: Final = 14
"""Needles in a square of the shorter side."""
_HALF_WIDTH: Final = 1.2
"""Half the width of a needle in pixels, before the probe blurs it."""
_LENGTHS: Final = (0.15, 0.45)
"""Of the shorter side."""
_COPPER, _MAGNESIUM = 0.33, 0.25
"""Atomic fractions in a needle of Al2Cu, and in one of Al2CuMg."""
_DISSOLVED: Final = 0.02
_SHALLOW: Final = 0.35
"""How much of the foil is above or below a needle, at most."""


def needles(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P7: needles of Al2Cu and Al2CuMg along two directions in aluminium.

    They are two to three pixels wide whatever the size of the image, lie at different depths, and
    only the map of magnesium tells one kind from the other.
    """
    rng = np.random.default_rng(_SEED)
    short = min(shape)
    count = round(_PER_AREA * shape[0] * shape[1] / short**2)
    kinds: dict[bool, Image] = {False: np.zeros(shape), True: np.zeros(shape)}
    for number in range(count):
        centre = rng.uniform(0, shape)
        half = 0.5 * short * rng.uniform(*_LENGTHS)
        angle = np.deg2rad(20 + 90 * rng.integers(2))
        filled = rng.uniform(1 - _SHALLOW, 1)
        kind = kinds[number % 2 == 1]
        np.maximum(kind, filled * _needle(shape, centre, half, float(angle)), out=kind)
    plain, with_magnesium = kinds[False], kinds[True]
    plain = np.minimum(plain, 1 - with_magnesium)
    matrix = 1 - plain - with_magnesium
    copper = _COPPER * plain + _MAGNESIUM * with_magnesium + _DISSOLVED * matrix
    magnesium = _MAGNESIUM * with_magnesium
    parts = {"Al": 1 - copper - magnesium, "Cu": copper, "Mg": magnesium}
    maps = common_scale({name: probe_blur(part, "nearest") for name, part in parts.items()})
    phases = {
        "matrix": probe_blur(plain + with_magnesium, "nearest") < 0.01,
        "Al2Cu": plain > 0.6,
        "Al2CuMg": with_magnesium > 0.6,
    }
    return Specimen(maps, maps, phases)


def _needle(shape: tuple[int, int], centre: Image, half: float, angle: float) -> Image:
    """How much of every pixel a needle covers, 0 to 1."""
    y, x = (np.arange(n) - c for n, c in zip(shape, centre, strict=True))
    along = np.cos(angle) * x[None, :] + np.sin(angle) * y[:, None]
    across = np.cos(angle) * y[:, None] - np.sin(angle) * x[None, :]
    cover = np.clip(half - np.abs(along) + 0.5, 0, 1)
    return np.asarray(cover * np.clip(_HALF_WIDTH - np.abs(across) + 0.5, 0, 1))
