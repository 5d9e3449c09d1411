"""Specimens whose composition is known: what the microscope would see without noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float64]
Images = dict[str, Image]

_PROBE_BLUR = 1.0
"""Standard deviation of the probe, in pixels, for phantoms larger than atoms."""

# DyScO3 (space group Pbnm) along [001]: the cell's two edges seen, in nm, and the atoms per
# projected cell as fractions of (y, x). Rounded from Velickov et al., Z. Kristallogr. 222, 466
# (2007), doi:10.1524/zkri.2007.222.9.466.
_CELL: Final = (0.572, 0.544)
_DY, _SC, _O1, _O2 = (0.061, -0.017), (0.5, 0.0), (0.445, 0.120), (0.304, 0.693)
_EDX_WIDTH, _HAADF_WIDTH = 0.046, 0.038
"""Standard deviations of an atom column in nm: inelastic scattering is the less local one."""


@dataclass(frozen=True, eq=False)
class Specimen:
    """Noiseless images of a specimen.

    Attributes
    ----------
    maps : dict of str to (ny, nx) float64
        The chemical maps x_i; the largest value of all is 1.
    haadf_maps : dict of str to (ny, nx) float64
        What makes the HAADF image: the same composition, sharper where atoms are resolved.
    """

    maps: Images
    haadf_maps: Images


@dataclass(frozen=True, eq=False)
class Phantom:
    """A specimen that can be drawn at any size.

    Attributes
    ----------
    title : str
        What it is, for people.
    elements : tuple of str
        The elements mapped, in order.
    pixel_size : float
        Usual width of a pixel in nm.
    draw : callable of (shape, pixel size in nm) to Specimen
    """

    title: str
    elements: tuple[str, ...]
    pixel_size: float
    draw: Callable[[tuple[int, int], float], Specimen]


def core_shell(shape: tuple[int, int], _pixel_size: float) -> Specimen:
    """P1: the projection of a CoS sphere inside a CoO shell, blurred by the probe.

    The radii are .23 and .375 of the shorter side, whatever the pixel size.
    """
    y, x = (np.arange(n) - (n - 1) / 2 for n in shape)
    radius = np.hypot(y[:, None], x[None, :])
    whole, core = (_chord(fraction * min(shape), radius) for fraction in (0.375, 0.23))
    half = {"Co": whole, "S": core, "O": whole - core}  # one atom in two is cobalt
    maps = _common_scale(
        {
            name: ndimage.gaussian_filter(image, _PROBE_BLUR, mode="constant")
            for name, image in half.items()
        }
    )
    return Specimen(maps, maps)


def lattice(shape: tuple[int, int], pixel_size: float) -> Specimen:
    """P2: atom columns of DyScO3 along [001], with its pairs of Dy columns."""
    # Two positions in four repeat along the beam: those columns hold twice the atoms.
    columns = {
        "Sc": [(_SC, 2.0), ((0.0, 0.5), 2.0)],
        "Dy": [(site, 1.0) for site in _equivalent(_DY)],
        "O": [(site, atoms) for o, atoms in ((_O1, 1.0), (_O2, 2.0)) for site in _equivalent(o)],
    }
    edx, haadf = (
        _common_scale(
            {name: _columns(sites, shape, pixel_size, width) for name, sites in columns.items()}
        )
        for width in (_EDX_WIDTH, _HAADF_WIDTH)
    )
    return Specimen(edx, haadf)


PHANTOMS: Final[Mapping[str, Phantom]] = MappingProxyType(
    {
        "core-shell": Phantom("Core-shell particle, CoS in CoO", ("Co", "S", "O"), 0.1, core_shell),
        "lattice": Phantom("Atomic lattice, DyScO3 [001]", ("Sc", "Dy", "O"), 0.02, lattice),
    }
)
"""The specimens `simulate` knows, by name."""


def _chord(radius: float, distance: Image) -> Image:
    """Length of a sphere of `radius` along the beam, at `distance` from its centre."""
    return 2 * np.sqrt(np.maximum(radius**2 - distance**2, 0))


def _common_scale(images: Images) -> Images:
    largest = max(image.max() for image in images.values())
    return {name: image / largest for name, image in images.items()}


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
