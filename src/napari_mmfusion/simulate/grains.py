"""Grains: the cells of points scattered over a plane, and the boundaries between them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.simulate.specimen import Image

_NEIGHBOURS: Final = 9
"""The nearest points, among which are those of all grains that touch."""


class Grains(NamedTuple):
    """What the pixels of a polycrystal are.

    Attributes
    ----------
    number : (ny, nx) int
        The grain of every pixel.
    boundary : (ny, nx) float64
        Pixels to the nearest boundary.
    total : int
        How many grains there are, counting those outside the image.
    """

    number: NDArray[np.intp]
    boundary: Image
    total: int


def grains(shape: tuple[int, int], across: float, seed: int) -> Grains:
    """Voronoi cells of points, one in each square of a grid and somewhere in its inner part.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns.
    across : float
        Grains along the shorter side.
    seed : int
        Seed of the points: the geometry of a specimen, not its noise.
    """
    from scipy.spatial import cKDTree  # slow to import

    side = min(shape) / across
    rows, columns = (int(np.ceil(n / side)) + 2 for n in shape)
    rng = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"), axis=-1)
    points = ((corner - 1 + rng.uniform(0.1, 0.9, corner.shape)) * side).reshape(-1, 2)
    pixels = np.moveaxis(np.indices(shape), 0, -1).reshape(-1, 2)
    distances, nearest = cKDTree(points).query(pixels, k=_NEIGHBOURS)
    # To the line half way between two points; the second nearest need not make the nearest line.
    apart = np.linalg.norm(points[nearest[:, 1:]] - points[nearest[:, :1]], axis=2)
    lines = (distances[:, 1:] ** 2 - distances[:, :1] ** 2) / (2 * apart)
    boundary = lines.min(axis=1)
    return Grains(nearest[:, 0].reshape(shape), boundary.reshape(shape), len(points))
