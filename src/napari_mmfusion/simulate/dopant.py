"""A little of a dopant at the boundaries of grains that are otherwise alike."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Specimen, common_scale, probe_blur

_GRAINS: Final = 6
_AT_BOUNDARIES: Final = 0.04
_IN_GRAINS: Final = 0.005
_WIDTH: Final = 1.5
"""Pixels from the boundary at which the dopant has fallen to the part 1/e."""
_CLUSTER: Final = (0.3, 0.7)
"""Place of a small cluster inside a grain, as parts of the sides."""


def dopant(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """Zirconia with some per cent of yttrium at grain boundaries and in one cluster.

    Y stands beside Zr in the periodic table, so the HAADF image shows next to nothing of it: a
    fusion must neither remove it nor move it. It needs a hundred counts and more at the maximum.
    """
    rng = np.random.default_rng(_GRAINS)
    points = rng.uniform(size=(_GRAINS, 2)) * shape
    row, column = np.ogrid[: shape[0], : shape[1]]
    first, second = np.sort([np.hypot(row - y, column - x) for y, x in points], axis=0)[:2]
    from_boundary = (second - first) / 2
    y, x = (part * size for part, size in zip(_CLUSTER, shape, strict=True))
    from_cluster = np.hypot(row - y, column - x)
    excess = np.exp(-from_boundary / _WIDTH) + np.exp(-0.5 * (from_cluster / _WIDTH) ** 2)
    yttrium = _IN_GRAINS + _AT_BOUNDARIES * np.minimum(excess, 1)
    thickness = 0.8 + 0.2 * np.cos(2 * np.pi * column / shape[1]) * np.ones(shape)
    maps = common_scale(
        {
            "Zr": probe_blur(thickness * (0.35 - yttrium), "nearest"),
            "O": probe_blur(thickness * (0.65 + 0 * yttrium), "nearest"),
            "Y": probe_blur(thickness * yttrium, "nearest"),
        }
    )
    at = from_boundary < 1
    inside = (from_boundary > 4 * _WIDTH) & (from_cluster > 6 * _WIDTH)
    return Specimen(maps, maps, {"boundaries": at, "grains": inside})
