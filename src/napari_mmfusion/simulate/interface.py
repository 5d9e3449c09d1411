"""The interface of two perovskites at atomic resolution."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale

_CELL: Final = 0.39
"""Edge of the cubic cell in nm, the mean of SrTiO3 (0.3905) and LaAlO3 (0.379)."""
_EDX_WIDTH, _HAADF_WIDTH = 0.075, 0.05
"""Standard deviations of a column in nm; channelling makes those of X-rays wider."""
_MIXED: Final = 1.0
"""Cells over which the compositions mix."""


def interface(shape: tuple[int, int], pixel_size: float) -> Specimen:
    """LaAlO3 on SrTiO3 along [001]: the atom columns of La, Sr, Al and Ti.

    A and B columns stand at the corners and centres of the cells. The film is in the upper half;
    A and B planes change half a cell apart, and intermix over a cell.
    """
    edx, haadf = (
        common_scale(_columns(shape, pixel_size, width)) for width in (_EDX_WIDTH, _HAADF_WIDTH)
    )
    row = np.arange(shape[0])[:, None] * pixel_size * np.ones(shape)
    middle, margin = shape[0] * pixel_size / 2, 2 * _CELL
    phases = {
        "LaAlO3": (row < middle - margin) & (edx["La"] > 0.5 * edx["La"].max()),
        "SrTiO3": (row > middle + margin) & (edx["Sr"] > 0.5 * edx["Sr"].max()),
    }
    return Specimen(edx, haadf, phases)


def _columns(shape: tuple[int, int], pixel_size: float, width: float) -> dict[str, Image]:
    """The maps of the four metals."""
    height = shape[0] * pixel_size
    maps = {}
    for shift, upper, lower in ((0.0, "La", "Sr"), (0.5, "Al", "Ti")):
        places = (np.arange(-1, height / _CELL + 2) + shift) * _CELL
        film = 1 / (1 + np.exp((places - height / 2) / (_MIXED * _CELL / 4)))
        along = _peaks(shape[1], pixel_size, shift, width).sum(axis=1)
        across = _peaks(shape[0], pixel_size, shift, width)
        maps[upper] = np.outer(across @ film, along)
        maps[lower] = np.outer(across @ (1 - film), along)
    return {name: maps[name] for name in ("La", "Sr", "Al", "Ti")}


def _peaks(n: int, pixel_size: float, shift: float, width: float) -> Image:
    """A Gaussian for each column of atoms along a side: (pixels, columns)."""
    position = (np.arange(n) + 0.5) * pixel_size
    places = (np.arange(-1, n * pixel_size / _CELL + 2) + shift) * _CELL
    return np.asarray(np.exp(-0.5 * ((position[:, None] - places) / width) ** 2))
