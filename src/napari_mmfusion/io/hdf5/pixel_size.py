"""Pixel size and unit of an image in an HDF5 file, where the programs that write it keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.calibration import PIXEL_SIZE, UNIT, Calibration, check_calibration
from napari_mmfusion.io.hdf5.attributes import read_attribute, read_numbers
from napari_mmfusion.io.hdf5.links import LinkFollower, bytes_of
from napari_mmfusion.io.hdf5.structure.file_bytes import DamagedError
from napari_mmfusion.io.hdf5.structure.objects import Dataset, Group, StoredObject
from napari_mmfusion.io.items import Item

_DIMENSIONS: Final = ("dim1", "dim2")
_UNITS: Final = "units"
_MOST_NUMBERS: Final = 2**20
_EVEN: Final = 1e-3
_DIGITS: Final = 7  # of single precision, in which coordinates are often kept


def find_calibration(
    root: Group, follower: LinkFollower, item: Item | None, items: Sequence[Item]
) -> Calibration:
    """The pixel size of an array, from the place nearest to it that states one.

    These are the attributes of the array, the coordinates beside it, single values beside it, and
    the attributes of its group and of those around it. Of the whole file, the attributes at its
    top hold.
    """
    path = "" if item is None else item.origin or item.path
    group = path.rpartition("/")[0]
    beside = {each.name: each for each in items if each.group == group}
    for place, is_array in _places(root, follower, path):
        stated = [_attribute(place, name) for name in (PIXEL_SIZE, UNIT)]
        if is_array and stated[0] is None:
            stated = _coordinates(root, follower, group, beside) or _single_values(beside)
        if any(value is not None for value in stated):
            return check_calibration(*stated)
    return check_calibration(None, None)


def _places(root: Group, follower: LinkFollower, path: str) -> Iterator[tuple[StoredObject, bool]]:
    """The array, then the groups around it, the innermost first."""
    inner = path
    while inner:
        try:
            found = follower.open(root, bytes_of(inner))
        except (MMFusionReadError, DamagedError):
            found = None
        if isinstance(found, Dataset | Group):
            yield found, inner == path
        inner = inner.rpartition("/")[0]
    yield root, False


def _attribute(place: StoredObject, name: str) -> object:
    """A number, a text or a few numbers; None if there is none; the error if it is damaged."""
    try:
        return read_attribute(place, name)
    except MMFusionReadError as error:
        try:
            return read_numbers(place, name)
        except MMFusionReadError:
            return error


def _coordinates(
    root: Group, follower: LinkFollower, group: str, beside: Mapping[str, Item]
) -> list[object]:
    """Distance and unit of the coordinates of rows and columns, if there are both."""
    steps, unit = [], None
    for name in _DIMENSIONS:
        step = _step(beside.get(name))
        if step is None:
            return []
        steps.append(step)
        path = f"{group}/{name}" if group else name
        axis = follower.open(root, bytes_of(path))
        unit = unit or (_attribute(axis, _UNITS) if isinstance(axis, Dataset) else None)
    return [steps, unit]


def _step(axis: Item | None) -> float | None:
    """The distance of evenly spaced coordinates, or None."""
    if axis is None or axis.problem or len(axis.shape or ()) != 1:
        return None
    (count,) = axis.shape or (0,)
    if not 1 < count <= _MOST_NUMBERS:
        return None
    values = np.asarray(axis.read(), dtype=np.float64)
    step = float(values[-1] - values[0]) / (count - 1)
    is_even = np.allclose(np.diff(values), step, rtol=_EVEN, atol=_EVEN * abs(step))
    return float(f"{abs(step):.{_DIGITS}g}") if is_even and step else None


def _single_values(beside: Mapping[str, Item]) -> list[object]:
    """Single values beside the images, as files converted from .npz have them."""
    size = beside.get(PIXEL_SIZE)
    if size is None or size.problem or np.prod(size.shape or (), dtype=float) > 3:
        return [None, None]
    return [size.read().tolist(), None]
