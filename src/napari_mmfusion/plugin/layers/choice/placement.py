"""Whether a map lies on the pixels of the HAADF image, and in words how it does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from napari.utils.transforms import Affine
from numpy.typing import NDArray

from napari_mmfusion.plugin.layers.calibration import (
    SAME_SIZE,
    length_unit,
    metres,
    unit_symbol,
)

if TYPE_CHECKING:
    from napari.layers import Image

_SHIFT: Final = 0.1
"""Pixels by which images may be shifted."""
_ANGLE: Final = 1e-3
"""Radians by which images may be turned or sheared."""

Matrix = NDArray[np.float64]


def find_misfit(haadf: Image, layer: Image) -> str:
    """How the pixels of a map differ from those of the HAADF image; empty if they do not.

    Compared are shape, pixel size (to 0.1 %), position, rotation, shear and units. A layer without
    a pixel size fits if its shape does; see `lacks_pixel_size`.
    """
    return _other_shape(haadf, layer) or _other_place(haadf, layer)


def has_other_shape(haadf: Image, layer: Image) -> bool:
    """Whether a map has another number of rows or columns than the HAADF image."""
    return bool(haadf.data.shape != layer.data.shape)


def lacks_pixel_size(haadf: Image, layer: Image) -> bool:
    """Whether only one of the two says how large its pixels are."""
    return _is_calibrated(haadf) != _is_calibrated(layer) and (
        _counts_pixels(haadf) or _counts_pixels(layer)
    )


def _other_shape(haadf: Image, layer: Image) -> str:
    if not has_other_shape(haadf, layer):
        return ""
    first, second = haadf.data.shape, layer.data.shape
    both = f"{_times(second)} pixels, but the HAADF has {_times(first)}"
    if first == second[::-1]:
        return f"{both}: one of them is transposed. Turn it first."
    finer = _how_fine(first, second)
    if finer is not None:
        return (
            f"{both}: the HAADF is {finer} times as fine. Bin it {finer} x {finer} first;"
            " this dock cannot bin yet."
        )
    if (coarser := _how_fine(second, first)) is not None:
        return (
            f"{both}: the map is {coarser} times as fine. Bin it {coarser} x {coarser} first;"
            " this dock cannot bin yet."
        )
    return f"{both}. Crop or resample one of them."


def _how_fine(fine: tuple[int, ...], coarse: tuple[int, ...]) -> int | None:
    """How many pixels of the first image one of the second covers, if a whole number."""
    factor = fine[0] // coarse[0]
    return factor if factor > 1 and fine == tuple(factor * n for n in coarse) else None


def _other_place(haadf: Image, layer: Image) -> str:
    if lacks_pixel_size(haadf, layer):
        return ""
    first_unit, second_unit = (length_unit(str(each.units[-1])) for each in (haadf, layer))
    if (first_unit is None) != (second_unit is None):
        return _sentence([f"in {_unit(layer)}, the HAADF in {_unit(haadf)}"])
    unit = 1.0
    if first_unit is not None and second_unit is not None:
        unit = metres(second_unit) / metres(first_unit)
    (first, origin), (second, start) = _transform(haadf, 1.0), _transform(layer, unit)
    found = [*_other_size(first, second, _unit(haadf)), *_other_directions(first, second)]
    shift = np.linalg.solve(first, start - origin)
    if np.abs(shift).max() > _SHIFT:
        found.append(f"shifted by {shift[0]:.3g} rows and {shift[1]:.3g} columns")
    return _sentence(found)


def _sentence(found: list[str]) -> str:
    if not found:
        return ""
    return f"{', '.join(found)}. Align it first, or tick it to fuse it pixel by pixel all the same."


def _other_size(first: Matrix, second: Matrix, unit: str) -> list[str]:
    sizes, others = np.linalg.norm(first, axis=0), np.linalg.norm(second, axis=0)
    if np.allclose(sizes, others, rtol=SAME_SIZE, atol=0):
        return []
    return [f"pixels of {_size(others)} {unit}, those of the HAADF {_size(sizes)} {unit}"]


def _other_directions(first: Matrix, second: Matrix) -> list[str]:
    found = []
    (down, across), (other_down, other_across) = (
        [math.atan2(*column) for column in matrix.T] for matrix in (first, second)
    )
    turned = _angle(other_across - across)
    if np.linalg.det(first) * np.linalg.det(second) < 0:
        return ["mirrored against the HAADF"]
    if abs(turned) > _ANGLE:
        found.append(f"rotated by {math.degrees(turned):.3g} degrees")
    if abs(_angle(other_down - down - turned)) > _ANGLE:
        found.append("sheared against the HAADF")
    return found


def _angle(angle: float) -> float:
    """The same angle between minus pi and pi."""
    return math.remainder(angle, 2 * math.pi)


def _transform(layer: Image, unit: float) -> tuple[Matrix, Matrix]:
    """The matrix from pixels to the world, and where the first pixel lies."""
    inner = Affine(
        scale=layer.scale, translate=layer.translate, rotate=layer.rotate, shear=layer.shear
    )
    whole = np.asarray(layer.affine.affine_matrix) @ np.asarray(inner.affine_matrix)
    return unit * whole[:2, :2], unit * whole[:2, 2]


def _is_calibrated(layer: Image) -> bool:
    return length_unit(str(layer.units[-1])) is not None


def _counts_pixels(layer: Image) -> bool:
    """Whether a layer lies where napari puts one about which nothing is known."""
    matrix, start = _transform(layer, 1.0)
    return not _is_calibrated(layer) and np.allclose(matrix, np.eye(2)) and not start.any()


def _unit(layer: Image) -> str:
    return unit_symbol(layer.units[-1])


def _size(sizes: Matrix) -> str:
    height, width = map(float, sizes)
    if math.isclose(height, width, rel_tol=SAME_SIZE):
        return f"{width:.4g}"
    return f"{height:.4g} x {width:.4g}"


def _times(shape: tuple[Any, ...]) -> str:
    return " x ".join(map(str, shape))
