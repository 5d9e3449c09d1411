"""Attributes of HDF5 groups: single numbers, truth values and texts, and lists of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Text, text_of
from napari_mmfusion.io.hdf5.links import bytes_of
from napari_mmfusion.io.hdf5.structure.attribute_message import Attribute
from napari_mmfusion.io.hdf5.structure.datatype import Datatype
from napari_mmfusion.io.hdf5.structure.file_bytes import Cursor, DamagedError
from napari_mmfusion.io.hdf5.structure.objects import StoredObject
from napari_mmfusion.io.naming import printable, quoted

_MOST_BYTES: Final = 2**16
_LONGEST_TEXT: Final = 2**20
_TEXTS_DAMAGED: Final = "the texts in the file are damaged; write it again"


def read_attribute(place: StoredObject, name: str) -> object:
    """Value of an attribute: a plain number, truth value or text; None if there is none.

    Parameters
    ----------
    place : StoredObject
        Object that has the attribute.
    name : str

    Raises
    ------
    MMFusionReadError
        If it is there but is not one number or text.
    """
    with _errors_named(name):
        attribute = _find(place, name)
        if attribute is None:
            return None
        kind = _datatype(place, attribute)
        if attribute.space.count == 1 and kind.size <= _MOST_BYTES:
            if kind.is_long_text:
                return _long_text(place, attribute)
            if kind.is_text:
                stored = Cursor(attribute.content).take(kind.size)
                return kind.cut(stored).decode("utf-8", "replace")
            if kind.dtype is not None:
                return _values(attribute, kind.dtype)[0].item()
        raise MMFusionReadError(
            "expected a single number or a text; correct it or take it out of the file"
        )


def read_numbers(place: StoredObject, name: str) -> NDArray[np.float64] | None:
    """Values of an attribute that is a one-dimensional array; None if there is none.

    Raises
    ------
    MMFusionReadError
        If it is there but is no such array.
    """
    with _errors_named(name):
        attribute = _find(place, name)
        if attribute is None:
            return None
        kind = _datatype(place, attribute)
        is_short = attribute.space.count * kind.size <= _MOST_BYTES
        is_list = len(attribute.space.shape or ()) == 1
        if kind.dtype is not None and kind.dtype.kind in "iuf" and is_short and is_list:
            return _values(attribute, kind.dtype).astype(np.float64)
        raise MMFusionReadError("expected a list of numbers; write the file again")


def _find(place: StoredObject, name: str) -> Attribute | None:
    """The attribute, or None if it is missing or has no value."""
    attribute = place.attributes.get(bytes_of(name))
    return None if attribute is None or attribute.space.shape is None else attribute


def _datatype(place: StoredObject, attribute: Attribute) -> Datatype:
    return place.structure.datatype(attribute.datatype, attribute.has_shared_type)


def _values(attribute: Attribute, dtype: np.dtype[Any]) -> NDArray[Any]:
    stored = Cursor(attribute.content).take(attribute.space.count * dtype.itemsize)
    if dtype.kind == "b":
        return np.frombuffer(stored, np.uint8).astype(bool)
    return np.frombuffer(stored, dtype)


def _long_text(place: StoredObject, attribute: Attribute) -> str:
    file = place.structure.file
    cursor = Cursor(attribute.content, file.offset_size)
    length, address, index = cursor.number(4), cursor.address(), cursor.number(4)
    if length == 0:
        return ""
    if length > _LONGEST_TEXT:
        raise MMFusionReadError(_TEXTS_DAMAGED)
    try:
        stored = place.structure.text(address, index)
    except DamagedError as error:
        raise MMFusionReadError(_TEXTS_DAMAGED) from error
    if len(stored) < length:
        raise MMFusionReadError(_TEXTS_DAMAGED)
    return stored[:length].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


@contextmanager
def _errors_named(name: str) -> Iterator[None]:
    try:
        yield
    except (MMFusionReadError, DamagedError) as error:
        problem = text_of(error)
        if isinstance(error, DamagedError):
            problem = f"cannot be read ({printable(problem)}); the file is damaged, write it again"
        raise MMFusionReadError(Text("attribute {}: {}", quoted(name), problem)) from error
