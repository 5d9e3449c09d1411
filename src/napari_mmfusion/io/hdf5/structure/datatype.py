"""Datatype messages: types of numbers that NumPy has, texts, and the names of all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from napari_mmfusion.io.hdf5.structure.file_bytes import Cursor, DamagedError, padded

_INTEGER, _FLOAT, _STRING, _ENUM, _VLEN = 0, 1, 3, 8, 9
_NAMES: Final = {
    2: "time",
    _STRING: "text",
    4: "bit field",
    5: "opaque",
    6: "compound",
    7: "reference",
    _ENUM: "enumeration",
    _VLEN: "variable-length",
    10: "array",
    11: "complex",
}
# Sign, exponent and mantissa of the IEEE types, by size: location of the sign, location and size of
# the exponent, location and size of the mantissa, bias of the exponent.
_IEEE: Final = {
    2: (15, 10, 5, 0, 10, 15),
    4: (31, 23, 8, 0, 23, 127),
    8: (63, 52, 11, 0, 52, 1023),
}
_IMPLIED_BIT: Final = 2
_BOOLEAN: Final = [(b"FALSE", 0), (b"TRUE", 1)]
_IS_TEXT: Final = 1
_PADDING_NULL, _PADDING_SPACE = 1, 2


@dataclass(frozen=True)
class Datatype:
    """The type of stored values.

    Attributes
    ----------
    label : str
        What it is called in messages, such as ``float32`` or ``compound``.
    size : int
        Bytes of a stored value.
    dtype : numpy.dtype or None
        NumPy's type for the stored bytes; None if there is none.
    is_text, is_long_text : bool
        Whether it is a text of fixed and of variable length.
    padding : int
        How a text of fixed length is filled up.
    """

    label: str
    size: int
    dtype: np.dtype[Any] | None = None
    is_text: bool = False
    is_long_text: bool = False
    padding: int = 0

    def cut(self, stored: bytes) -> bytes:
        """Return a text of fixed length without its padding."""
        if self.padding == _PADDING_NULL:
            return stored.rstrip(b"\0")
        if self.padding == _PADDING_SPACE:
            return stored.rstrip(b" ")
        return stored.split(b"\0", 1)[0]


def parse_datatype(body: bytes) -> Datatype:
    """Parse a datatype message.

    Raises
    ------
    DamagedError
        If it is damaged.
    """
    cursor = Cursor(body)
    kind_and_version, bits, size = cursor.number(1), cursor.number(3), cursor.number(4)
    kind, version = kind_and_version & 0xF, kind_and_version >> 4
    if not 1 <= version <= 5 or size == 0:
        raise DamagedError("unknown version or size of a datatype")
    if kind == _INTEGER:
        return _integer(cursor, bits, size)
    if kind == _FLOAT:
        return _float(cursor, bits, size)
    if kind == _STRING:
        return Datatype("text", size, is_text=True, padding=bits & 0xF)
    if kind == _VLEN and bits & 0xF == _IS_TEXT:
        return Datatype("text", size, is_long_text=True)
    if kind == _ENUM and bits & 0xFFFF == len(_BOOLEAN) and _is_boolean(cursor, version, size):
        return Datatype("bool", size, np.dtype(bool))
    if kind not in _NAMES:
        raise DamagedError("unknown class of a datatype")
    return Datatype(_NAMES[kind], size)


def _integer(cursor: Cursor, bits: int, size: int) -> Datatype:
    offset, precision = cursor.numbers(2, 2)
    is_usual = size in (1, 2, 4, 8)
    name = f"{'int' if bits & 8 else 'uint'}{8 * size}"
    if not is_usual or offset or precision != 8 * size:
        return Datatype(name, size)
    order = ">" if bits & 1 else "<"
    return Datatype(name, size, np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"))


def _float(cursor: Cursor, bits: int, size: int) -> Datatype:
    offset, precision = cursor.numbers(2, 2)
    exponent_at, exponent, mantissa_at, mantissa = cursor.numbers(1, 4)
    stated = (bits >> 8 & 0xFF, exponent_at, exponent, mantissa_at, mantissa, cursor.number(4))
    name = f"float{8 * size}"
    is_vax = bits >> 6 & 1
    is_whole = offset == 0 and precision == 8 * size and bits >> 4 & 3 == _IMPLIED_BIT
    if _IEEE.get(size) != stated or is_vax or not is_whole:
        return Datatype(name, size)
    return Datatype(name, size, np.dtype(f"{'>' if bits & 1 else '<'}f{size}"))


def _is_boolean(cursor: Cursor, version: int, size: int) -> bool:
    """Whether the enumeration is that in which h5py stores truth values."""
    base = cursor.take(12)  # an integer
    if base[0] & 0xF != _INTEGER or size != 1:
        return False
    names = []
    for _ in _BOOLEAN:
        end = cursor.content.find(b"\0", cursor.position)
        if end < 0:
            return False
        name = cursor.take(end - cursor.position)
        cursor.skip(1 if version >= 3 else padded(len(name) + 1) - len(name))
        names.append(name)
    values = cursor.numbers(size, len(names))
    return sorted(zip(names, values, strict=True)) == _BOOLEAN
