"""Whether the HAADF image and the maps lie on one another."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from napari_mmfusion.core.data_check.view import View
from napari_mmfusion.core.elements import atomic_number
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.names.reading import symbol_in

_LARGEST: Final = 8
"""Pixels; further shifts are not looked for."""
_SMOOTHING: Final = 1.0
_SLOPES: Final = 8.0
"""Standard deviations in pixels of the filters that remove noise and slopes."""
_SIDE: Final = 1024
"""Only the middle of larger images is compared."""
_SMALLEST: Final = 48
"""Pixels along a side; smaller images hold too little to tell."""
_RIDGE: Final = 0.35
"""Curvatures of the peak along its two axes, relative to each other, below which it is a ridge."""

Values = NDArray[np.float64]


class Shift(NamedTuple):
    """How far the HAADF image lies below and to the right of the maps, in pixels."""

    rows: float
    columns: float
    gain: float
    """Correlation gained by the shift, in standard deviations of its noise."""

    @property
    def length(self) -> float:
        """Its length in pixels."""
        return float(np.hypot(self.rows, self.columns))


def find_shift(haadf: View, maps: list[View]) -> Shift | None:
    """The shift between HAADF image and maps; None if the images do not tell.

    The peak of the normalised cross-correlation on the overlap, refined by a parabola. A peak at
    the border of the shifts compared, or one that is a ridge, as of a wedge that varies along
    one direction only, tells nothing. Nor does one that is lower than the correlation is deep: then
    the HAADF image is dark where the sum of the maps is bright.
    """
    if min(haadf.image.shape) < _SMALLEST:
        return None
    one = _middle(haadf.image).astype(np.float64)
    other = np.zeros_like(one)
    for view in maps:
        other += _weight(view) * _middle(view.image).astype(np.float64)
    one, other = _band(one), _band(other)
    if one.std() == 0 or other.std() == 0:
        return None
    surface = _correlations(one, other)
    y, x = np.unravel_index(int(surface.argmax()), surface.shape)
    if not (0 < y < 2 * _LARGEST and 0 < x < 2 * _LARGEST):
        return None
    if surface[y, x] <= -surface.min():
        return None
    around = surface[y - 1 : y + 2, x - 1 : x + 2]
    curvatures = _curvatures(around)
    if curvatures is None:
        return None
    peak, centre = float(surface[y, x]), float(surface[_LARGEST, _LARGEST])
    # Smoothing leaves one independent value for each 4 pi sigma^2 pixels.
    independent = one.size / (4 * np.pi * _SMOOTHING**2)
    gain = (peak - centre) * np.sqrt(independent) / max(1 - peak**2, 1e-6)
    rows = int(y) - _LARGEST + _vertex(around[:, 1])
    columns = int(x) - _LARGEST + _vertex(around[1])
    return Shift(rows, columns, float(gain))


def _weight(view: View) -> float:
    """The atomic number of a map, for maps that are comparable; 1 if it is unknown."""
    symbol = symbol_in(view.name)
    return 1.0 if symbol is None else float(atomic_number(symbol))


def _band(image: Values) -> Values:
    """Structure that can show a shift: slopes of the thickness cannot, and noise does not."""
    return np.asarray(gaussian_filter(image, _SMOOTHING) - gaussian_filter(image, _SLOPES))


def _middle(image: FloatImage) -> FloatImage:
    top, left = (max(0, (side - _SIDE) // 2) for side in image.shape)
    return image[top : top + _SIDE, left : left + _SIDE]


def _correlations(haadf: Values, maps: Values) -> Values:
    """Normalised cross-correlation on the overlap, for all shifts of the HAADF image."""
    a, b = haadf - haadf.mean(), maps - maps.mean()
    ny, nx = a.shape
    sums_a, squares_a = _table(a), _table(a * a)
    sums_b, squares_b = _table(b), _table(b * b)
    surface: Values = np.zeros((2 * _LARGEST + 1, 2 * _LARGEST + 1))
    for i, dy in enumerate(range(-_LARGEST, _LARGEST + 1)):
        for j, dx in enumerate(range(-_LARGEST, _LARGEST + 1)):
            # Pixel (y + dy, x + dx) of the HAADF image shows what (y, x) of the maps does.
            part_a = (max(dy, 0), ny + min(dy, 0), max(dx, 0), nx + min(dx, 0))
            part_b = (max(-dy, 0), ny + min(-dy, 0), max(-dx, 0), nx + min(-dx, 0))
            n = (ny - abs(dy)) * (nx - abs(dx))
            mean_a, mean_b = _sum(sums_a, part_a) / n, _sum(sums_b, part_b) / n
            variances = (_sum(squares_a, part_a) / n - mean_a**2) * (
                _sum(squares_b, part_b) / n - mean_b**2
            )
            # So few sums of products need neither the memory of a Fourier transform nor its time.
            product = float(np.einsum("ij,ij->", _cut(a, part_a), _cut(b, part_b)))
            covariance = product / n - mean_a * mean_b
            surface[i, j] = covariance / np.sqrt(variances) if variances > 0 else 0.0
    return surface


def _cut(image: Values, part: tuple[int, int, int, int]) -> Values:
    top, bottom, left, right = part
    return image[top:bottom, left:right]


def _table(image: Values) -> Values:
    table = np.zeros((image.shape[0] + 1, image.shape[1] + 1))
    table[1:, 1:] = image.cumsum(axis=0).cumsum(axis=1)
    return table


def _sum(table: Values, part: tuple[int, int, int, int]) -> float:
    top, bottom, left, right = part
    return float(table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left])


def _curvatures(around: Values) -> tuple[float, float] | None:
    """Curvatures of a peak along its axes, the weaker first; None for a ridge."""
    yy = around[0, 1] - 2 * around[1, 1] + around[2, 1]
    xx = around[1, 0] - 2 * around[1, 1] + around[1, 2]
    yx = (around[0, 0] + around[2, 2] - around[0, 2] - around[2, 0]) / 4
    strong, weak = (float(each) for each in np.linalg.eigvalsh([[yy, yx], [yx, xx]]))
    return (-weak, -strong) if weak < _RIDGE * strong < 0 else None


def _vertex(values: Values) -> float:
    left, middle, right = (float(value) for value in values)
    curvature = left - 2 * middle + right
    return 0.5 * (left - right) / curvature if curvature < 0 else 0.0
