"""P9: an interface between two perovskites, atom column by atom column."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale

_CELL: Final = 0.3905
"""Edge of the cell of SrTiO3 in nm, on which LaMnO3 is grown."""
_EDX_WIDTH, _HAADF_WIDTH = 0.075, 0.05
"""Standard deviations of an atom column in nm: inelastic scattering is the less local one."""
_MIXED: Final = 0.25
"""Cells within which the composition changes, as the width of a logistic curve."""
_FLOOR: Final = 0.03
"""Delocalised part of the signal of an atom, spread evenly over its layer."""


def interface(shape: tuple[int, int], pixel_size: float) -> Specimen:
    """P9: SrTiO3 below LaMnO3, seen along [001], with one mixed layer between them.

    A columns hold Sr or La and B columns, in the middles of the cells, Ti or Mn. The interface is
    in the middle of the height.
    """
    middle = shape[0] * pixel_size / 2
    layers = np.arange(np.floor(-2 * _EDX_WIDTH / _CELL), shape[0] * pixel_size / _CELL + 2)
    maps = {}
    for width in (_EDX_WIDTH, _HAADF_WIDTH):
        images: dict[str, Image] = {}
        for shift, (upper, lower) in ((0.25, ("La", "Sr")), (0.75, ("Mn", "Ti"))):
            heights = (layers + shift) * _CELL
            below = 1 / (1 + np.exp(-(heights - middle) / (_MIXED * _CELL)))
            across = _row(shape[1], pixel_size, shift, width)
            images[upper] = _columns(shape[0], pixel_size, heights, 1 - below, across, width)
            images[lower] = _columns(shape[0], pixel_size, heights, below, across, width)
        maps[width] = common_scale({name: images[name] for name in ("Sr", "La", "Ti", "Mn")})
    row = (np.arange(shape[0]) + 0.5) * pixel_size
    everywhere = np.ones(shape[1], np.bool_)
    phases = {
        "SrTiO3": (row > middle + 2 * _CELL)[:, None] & everywhere,
        "LaMnO3": (row < middle - 2 * _CELL)[:, None] & everywhere,
    }
    return Specimen(maps[_EDX_WIDTH], maps[_HAADF_WIDTH], phases)


def _row(n: int, pixel_size: float, shift: float, width: float) -> Image:
    """Columns of atoms along one layer: a Gaussian in every cell."""
    place = (np.arange(n) + 0.5) * pixel_size / _CELL - shift
    away = (place - np.round(place))[:, None] + np.arange(-1, 2)
    return np.asarray(np.exp(-0.5 * (away * _CELL / width) ** 2).sum(axis=1))


def _columns(
    n: int, pixel_size: float, heights: Image, filled: Image, across: Image, width: float
) -> Image:
    """All layers of one element, each filled to a part."""
    place = (np.arange(n) + 0.5) * pixel_size
    down = np.exp(-0.5 * ((place[:, None] - heights) / width) ** 2) @ filled
    floor = _FLOOR * np.interp(place, heights, filled)
    return np.asarray(np.outer(down, across) + floor[:, None])
