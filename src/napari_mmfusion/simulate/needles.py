"""Needles two to three pixels wide in a matrix."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale, probe_blur

_NEEDLES: Final = 18
_WIDTHS: Final = (2.0, 3.0)
"""Pixels, before the blur of the probe."""
_LENGTHS: Final = (0.2, 0.5)
"""Parts of the shorter side."""
_MATRIX: Final = 0.8
_IN_NEEDLES: Final = {"Al": 0.3, "Cu": 0.5, "Mg": 0.25}
_IN_MATRIX: Final = {"Al": 1.0, "Cu": 0.02, "Mg": 0.05}


def needles(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """Precipitates of Al, Cu and Mg in aluminium, seen from the side, in all directions.

    They are so narrow that a denoiser that is strong enough for the matrix removes them.
    """
    inside = np.clip(_rods(shape), 0, 1)
    maps = common_scale(
        {
            name: probe_blur(_MATRIX * (part + (_IN_NEEDLES[name] - part) * inside), "nearest")
            for name, part in _IN_MATRIX.items()
        }
    )
    blurred = probe_blur(inside, "nearest")
    return Specimen(maps, maps, {"needles": blurred > 0.6, "matrix": blurred < 0.01})


def _rods(shape: tuple[int, int]) -> Image:
    """The part of each pixel that is covered by a rod."""
    rng = np.random.default_rng(_NEEDLES)
    row, column = np.ogrid[: shape[0], : shape[1]]
    covered = np.zeros(shape)
    for _ in range(_NEEDLES):
        y, x = rng.uniform(0.1, 0.9, 2) * shape
        angle = rng.uniform(0, np.pi)
        length, width = rng.uniform(*_LENGTHS) * min(shape), rng.uniform(*_WIDTHS)
        along = (row - y) * np.sin(angle) + (column - x) * np.cos(angle)
        across = (row - y) * np.cos(angle) - (column - x) * np.sin(angle)
        edges = [
            np.clip(w / 2 + 0.5 - np.abs(d), 0, 1) for w, d in ((length, along), (width, across))
        ]
        covered = np.maximum(covered, edges[0] * edges[1])
    return covered
