"""A part of a large image, fused alone as a preview of the whole image."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from napari.layers import Image

MOST_PIXELS = 1 << 20

_HALO = 16  # pixels around the part, because they influence the pixels at its edge


@dataclass(frozen=True)
class Region:
    """Rows and columns (first, beyond the last) of a part of an image of `shape`."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    shape: tuple[int, int]

    @property
    def slices(self) -> tuple[slice, slice]:
        """The part in the whole image."""
        return slice(*self.rows), slice(*self.columns)

    def cut(self, image: NDArray[Any]) -> NDArray[Any]:
        """The part with its surroundings, and with the range of the whole image.

        Images are normalised by their minimum and maximum. Two pixels of the surroundings are set
        to those of the whole image, so that the part is fused on the same scale.
        """
        part = self.cut_mask(image).copy()
        part[0, 0], part[-1, -1] = image.min(), image.max()
        return part

    def cut_mask(self, mask: NDArray[Any]) -> NDArray[Any]:
        """The part with its surroundings of something that is not normalised."""
        rows, columns = self._with_halo()
        return mask[slice(*rows), slice(*columns)]

    def trim(self, part: NDArray[Any]) -> NDArray[Any]:
        """Remove the surroundings that `cut` added."""
        (top, _), (left, _) = self._with_halo()
        first_row, first_column = self.rows[0] - top, self.columns[0] - left
        return part[
            first_row : first_row + self.rows[1] - self.rows[0],
            first_column : first_column + self.columns[1] - self.columns[0],
        ]

    def _with_halo(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return _widen(self.rows, self.shape[0]), _widen(self.columns, self.shape[1])


def visible_region(layer: Image) -> Region:
    """The part of a layer that the canvas shows, at most `MOST_PIXELS` around its centre."""
    ny, nx = layer.data.shape
    (top, left), (bottom, right) = np.asarray(layer.corner_pixels).tolist()
    rows = min(max(top, 0), ny - 1), min(max(bottom + 1, 1), ny)
    columns = min(max(left, 0), nx - 1), min(max(right + 1, 1), nx)
    if rows[0] >= rows[1] or columns[0] >= columns[1]:
        rows, columns = (0, ny), (0, nx)
    pixels = (rows[1] - rows[0]) * (columns[1] - columns[0])
    share = math.sqrt(min(1.0, MOST_PIXELS / pixels))
    return Region(_middle(rows, share), _middle(columns, share), (ny, nx))


def _middle(span: tuple[int, int], share: float) -> tuple[int, int]:
    length = max(1, int(share * (span[1] - span[0])))
    first = (span[0] + span[1] - length) // 2
    return first, first + length


def _widen(span: tuple[int, int], end: int) -> tuple[int, int]:
    return max(0, span[0] - _HALO), min(end, span[1] + _HALO)
