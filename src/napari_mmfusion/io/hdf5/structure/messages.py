"""Messages on the shape, the fill value and the filters of a data set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

from napari_mmfusion.io.hdf5.structure.file_bytes import Cursor, DamagedError, FileBytes, padded
from napari_mmfusion.io.hdf5.structure.object_header import FILL_VALUE, OLD_FILL_VALUE

_MOST_DIMENSIONS: Final = 32
_MOST_FILTERS: Final = 32
_NULL: Final = 2
_FIRST_NAMED_FILTER: Final = 256


@dataclass(frozen=True)
class Dataspace:
    """The shape of stored values.

    Attributes
    ----------
    shape : tuple of int, or None
        None if there are no values.
    limits : tuple of int
        How far the shape may grow; -1 where there is no limit.
    """

    shape: tuple[int, ...] | None
    limits: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of values."""
        return 0 if self.shape is None else math.prod(self.shape)


class Filter(NamedTuple):
    """A filter: its number, and its name if the file states one."""

    code: int
    name: bytes


def parse_dataspace(file: FileBytes, body: bytes) -> Dataspace:
    """Parse a dataspace message."""
    cursor = Cursor(body, file.offset_size, file.length_size)
    version, rank, flags = cursor.numbers(1, 3)
    if version not in (1, 2) or rank > _MOST_DIMENSIONS:
        raise DamagedError("unknown version or rank of a dataspace")
    if version == 1:
        cursor.skip(5)
    elif cursor.number(1) == _NULL:
        return Dataspace(None, ())
    shape = cursor.numbers(file.length_size, rank)
    if not flags & 1:
        return Dataspace(shape, shape)
    unlimited = (1 << 8 * file.length_size) - 1
    limits = cursor.numbers(file.length_size, rank)
    return Dataspace(shape, tuple(-1 if each == unlimited else each for each in limits))


def parse_filters(body: bytes) -> tuple[Filter, ...]:
    """Parse a filter pipeline message."""
    cursor = Cursor(body)
    version, count = cursor.numbers(1, 2)
    if version not in (1, 2) or count > _MOST_FILTERS:
        raise DamagedError("unknown version or number of filters")
    if version == 1:
        cursor.skip(6)
    filters = []
    for _ in range(count):
        code = cursor.number(2)
        has_name = version == 1 or code >= _FIRST_NAMED_FILTER
        name_size = cursor.number(2) if has_name else 0
        _, values = cursor.numbers(2, 2)
        name = cursor.take(padded(name_size) if version == 1 else name_size)
        cursor.skip(4 * (values + (values % 2 if version == 1 else 0)))
        filters.append(Filter(code, name.split(b"\0", 1)[0]))
    return tuple(filters)


def parse_fill_value(kind: int, body: bytes) -> bytes:
    """Parse a fill value message; empty if the value is the default."""
    cursor = Cursor(body)
    if kind == OLD_FILL_VALUE:
        return cursor.take(cursor.number(4))
    assert kind == FILL_VALUE
    version = cursor.number(1)
    if version == 3:
        return cursor.take(cursor.number(4)) if cursor.number(1) & 0x20 else b""
    if version not in (1, 2):
        raise DamagedError("unknown version of a fill value")
    _, _, defined = cursor.numbers(1, 3)
    return cursor.take(cursor.number(4)) if defined and cursor.left >= 4 else b""
