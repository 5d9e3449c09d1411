"""Grains of an alloy, each of another composition."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.simulate.specimen import Specimen, common_scale, probe_blur

_GRAINS: Final = 14
_ALLOYS: Final = {
    "Ni rich": (0.75, 0.15, 0.10),
    "equal parts": (0.34, 0.33, 0.33),
    "Cr rich": (0.10, 0.25, 0.65),
    "Fe rich": (0.20, 0.60, 0.20),
}
"""Parts of Ni, Fe and Cr: neighbours in the periodic table, which the HAADF hardly tells apart."""
_THINNEST: Final = 0.7
_MARGIN: Final = 3
"""Pixels left out beside grain boundaries in the phases."""


def polycrystal(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """Grains with straight boundaries in a foil that is thicker at the right.

    Each pixel belongs to the nearest of some random points. The grains take turns in four alloys
    of Ni, Fe and Cr, whose HAADF images differ by a few per cent.
    """
    from scipy.ndimage import minimum_filter  # slow to import

    grains = _nearest_points(shape, _GRAINS)
    alloys = np.array(list(_ALLOYS.values()))
    thickness = np.linspace(_THINNEST, 1, shape[1])[None, :]
    maps = common_scale(
        {
            name: probe_blur(thickness * alloys[grains % len(alloys), k], "nearest")
            for k, name in enumerate(("Ni", "Fe", "Cr"))
        }
    )
    size = 2 * _MARGIN + 1
    phases = {
        name: minimum_filter(grains % len(alloys) == k, size=size) for k, name in enumerate(_ALLOYS)
    }
    return Specimen(maps, maps, phases)


def _nearest_points(shape: tuple[int, int], number: int) -> NDArray[np.intp]:
    """The number of the nearest of some points, in every pixel."""
    points = np.random.default_rng(number).uniform(size=(number, 2)) * shape
    row, column = np.ogrid[: shape[0], : shape[1]]
    distances = [(row - y) ** 2 + (column - x) ** 2 for y, x in points]
    return np.asarray(np.argmin(distances, axis=0))
