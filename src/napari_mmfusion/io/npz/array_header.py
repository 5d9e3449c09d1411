"""Reads the header of a .npy array, without trusting it."""

from __future__ import annotations

import ast
import math
import re
import struct
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Remedy, Text
from napari_mmfusion.io.naming import printable

_MAGIC: Final = b"\x93NUMPY"
# NumPy pads the header of a plain array to 118 bytes.
_MOST_HEADER_BYTES = 4096
_LONGEST_SIDE = 2**40
_NUMBERS: Final = re.compile(r"[<>|=]?(?:b1|[iu][1248]|f[248])")
_SHORT_TEXT: Final = re.compile(r"[<>|=]?[SU]\d{1,2}")
_SAVEZ: Final = Remedy(" with numpy.savez")
_DAMAGED: Final = Text("its header is damaged; write the file again{}", _SAVEZ)


class NpyHeader(NamedTuple):
    """The contents of the header of a .npy array.

    Attributes
    ----------
    shape : tuple of int
    descr : str
        Type of the values in NumPy's notation, such as ``<f4``.
    fortran_order : bool
        Whether the first index varies fastest in memory.
    offset : int
        Bytes before the values.
    """

    shape: tuple[int, ...]
    descr: str
    fortran_order: bool
    offset: int

    @property
    def is_numeric(self) -> bool:
        """Whether the values are real numbers of at most 64 bits."""
        return _NUMBERS.fullmatch(self.descr) is not None

    @property
    def is_short_text(self) -> bool:
        """Whether the values are texts of fewer than 100 characters."""
        return _SHORT_TEXT.fullmatch(self.descr) is not None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values, for numbers and short texts only, which contain no objects."""
        if not (self.is_numeric or self.is_short_text):
            raise MMFusionReadError(f"values of type {printable(self.descr, 40)} are not numbers")
        return np.dtype(self.descr)

    @property
    def values_bytes(self) -> int:
        """Bytes of the values."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(read: Callable[[int], bytes]) -> NpyHeader:
    """Read the header of an array with `read`, which returns the next bytes of the array.

    Raises
    ------
    MMFusionReadError
        If it is not the header of a .npy array, or too long for a plain array.
    """
    start = read(8)
    if len(start) < 8 or not start.startswith(_MAGIC):
        raise MMFusionReadError(Text("is not a .npy array; write the file again{}", _SAVEZ))
    major = start[6]
    if major not in (1, 2, 3):
        raise MMFusionReadError(
            Text("has .npy version {}, expected 1 to 3; write the file again{}", major, _SAVEZ)
        )
    width = struct.Struct("<H" if major == 1 else "<I")
    length_field = read(width.size)
    if len(length_field) < width.size:
        raise MMFusionReadError(_DAMAGED)
    (length,) = width.unpack(length_field)
    if length > _MOST_HEADER_BYTES:
        raise MMFusionReadError(
            Text(
                "has a header of {} bytes, expected at most {}; write the file again{}, as a plain"
                " array of numbers",
                length,
                _MOST_HEADER_BYTES,
                _SAVEZ,
            )
        )
    text = read(length)
    if len(text) < length:
        raise MMFusionReadError(_DAMAGED)
    return _parse(text, "utf-8" if major == 3 else "latin-1", 8 + width.size + length)


def _parse(text: bytes, encoding: str, offset: int) -> NpyHeader:
    try:
        header = ast.literal_eval(text.decode(encoding).strip())
        descr, fortran_order, shape = (header[key] for key in ("descr", "fortran_order", "shape"))
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
        raise MMFusionReadError(_DAMAGED) from None
    sound = (
        len(header) == 3
        and isinstance(fortran_order, bool)
        and isinstance(shape, tuple)
        and all(type(side) is int and 0 <= side <= _LONGEST_SIDE for side in shape)
    )
    if not sound:
        raise MMFusionReadError(_DAMAGED)
    # A structured type is a list of fields; its text is not recognised as a type of numbers.
    return NpyHeader(shape, str(descr), fortran_order, offset)
