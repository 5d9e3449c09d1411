"""P2: the atom columns of DyScO3."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.simulate.specimen import Image, Specimen, common_scale

# DyScO3 (space group Pbnm) along [001]: the cell's two edges seen, in nm, and the atoms per
# projected cell as fractions of (y, x). Rounded from Velickov et al., Z. Kristallogr. 222, 466
# (2007), doi:10.1524/zkri.2007.222.9.466.
_CELL: Final = (0.572, 0.544)
_DY, _SC, _O1, _O2 = (0.061, -0.017), (0.5, 0.0), (0.445, 0.120), (0.304, 0.693)
_EDX_WIDTH, _HAADF_WIDTH = 0.046, 0.038
"""Standard deviations of an atom column in nm: inelastic scattering is the less local one."""


def lattice(shape: tuple[int, int], pixel_size: float) -> Specimen:
    """P2: atom columns of DyScO3 along [001], with its pairs of Dy columns."""
    # Two positions in four repeat along the beam: those columns hold twice the atoms.
    columns = {
        "Sc": [(_SC, 2.0), ((0.0, 0.5), 2.0)],
        "Dy": [(site, 1.0) for site in _equivalent(_DY)],
        "O": [(site, atoms) for o, atoms in ((_O1, 1.0), (_O2, 2.0)) for site in _equivalent(o)],
    }
    edx, haadf = (
        common_scale(
            {name: _columns(sites, shape, pixel_size, width) for name, sites in columns.items()}
        )
        for width in (_EDX_WIDTH, _HAADF_WIDTH)
    )
    phases = {name: image > 0.5 * image.max() for name, image in edx.items()}
    return Specimen(edx, haadf, phases)


def _equivalent(site: tuple[float, float]) -> list[tuple[float, float]]:
    """The four positions that Pbnm makes of one, projected along [001]."""
    y, x = site
    return [(y, x), (-y, -x), (0.5 - y, 0.5 + x), (0.5 + y, 0.5 - x)]


def _columns(
    sites: list[tuple[tuple[float, float], float]],
    shape: tuple[int, int],
    pixel_size: float,
    width: float,
) -> Image:
    """A Gaussian for every column, repeated with the cell: separable, so the size is free."""
    image = np.zeros(shape)
    for (y, x), atoms in sites:
        rows = _periodic_gaussian(shape[0], pixel_size, y, _CELL[0], width)
        columns = _periodic_gaussian(shape[1], pixel_size, x, _CELL[1], width)
        image += atoms * np.outer(rows, columns)
    return image


def _periodic_gaussian(
    n: int, pixel_size: float, site: float, period: float, width: float
) -> Image:
    # Half a pixel and an eighth of a cell off the corner, so that no column sits on the edge.
    position = (np.arange(n) + 0.5) * pixel_size - (site + 0.125) * period
    nearest = position - period * np.round(position / period)
    images = nearest[:, None] + period * np.arange(-1, 2)
    return np.asarray(np.exp(-0.5 * (images / width) ** 2).sum(axis=1))
