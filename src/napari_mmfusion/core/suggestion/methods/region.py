"""The part of a large image that tells most about all maps."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset

_STEP: Final = 4
"""A region can begin every quarter of its side."""

Region = tuple[slice, slice]


def richest_region(data: FusionDataset, most: int) -> Region:
    """Where the map with the smallest share of its contrast in the region has the largest.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps.
    most : int
        Pixels of the region; the whole of images that have no more.
    """
    ny, nx = data.shape
    shrink = math.sqrt(most / (ny * nx))
    if shrink >= 1:
        return slice(0, ny), slice(0, nx)
    height, width = (max(16, min(side, round(side * shrink))) for side in (ny, nx))
    shares = [_sums((image - image.mean()) ** 2) for image in data.maps.values()]

    def least_share(y: int, x: int) -> float:
        return min(
            float(
                (s[y + height, x + width] - s[y, x + width] - s[y + height, x] + s[y, x])
                / (s[-1, -1] or 1.0)
            )
            for s in shares
        )

    corners = [(y, x) for y in _starts(ny, height) for x in _starts(nx, width)]
    y, x = max(corners, key=lambda corner: least_share(*corner))
    return slice(y, y + height), slice(x, x + width)


def _starts(side: int, length: int) -> list[int]:
    last = side - length
    return sorted({*range(0, last + 1, max(1, length // _STEP)), last})


def _sums(image: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sums over all rectangles from the first corner, with a row and a column of zeros."""
    sums = np.zeros((image.shape[0] + 1, image.shape[1] + 1))
    sums[1:, 1:] = image.astype(np.float64).cumsum(axis=0).cumsum(axis=1)
    return sums
