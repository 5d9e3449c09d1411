"""Describes an HDF5 data set without reading it, and refuses it if reading would be unsafe."""

from __future__ import annotations

import zlib
from functools import partial
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.hdf5.chunks import chunks_problem, read_chunks
from napari_mmfusion.io.items import Item, unreadable
from napari_mmfusion.io.naming import printable, quoted

_KINDS: Final = {
    h5py.h5t.STRING: "text",
    h5py.h5t.BITFIELD: "bit field",
    h5py.h5t.OPAQUE: "opaque",
    h5py.h5t.COMPOUND: "compound",
    h5py.h5t.REFERENCE: "reference",
    h5py.h5t.ENUM: "enumeration",
    h5py.h5t.VLEN: "variable-length",
    h5py.h5t.ARRAY: "array",
}
_NUMBERS: Final = (h5py.h5t.INTEGER, h5py.h5t.FLOAT)
_DAMAGED = "the file is damaged, write it again"
_LOW_LEVEL_ERRORS = (OSError, RuntimeError, ValueError, TypeError, KeyError, OverflowError)


def describe(name: str, group: str, dataset: Any, element: str | None) -> Item:
    """Describe a data set; no other file is opened and no value is read.

    Parameters
    ----------
    name, group : str
        Name within the group, and path of the group.
    dataset : h5py.h5d.DatasetID
        The open data set.
    element : str or None
        Name of the chemical map that it is, if the file states it.
    """
    shape: tuple[int, ...] | None = None
    label = "?"
    try:
        _require_own_storage(dataset)
        shape = _shape(dataset)
        label = _label(dataset.get_type())
        dtype = _dtype(dataset.get_type())
        if dtype is None:
            problem = (
                f"holds values of type {label}, expected real numbers of at most 64 bits;"
                " save it as an array of numbers"
            )
        else:
            problem = _layout_problem(dataset, shape, dtype)
    except MMFusionReadError as error:
        problem = str(error)
    except _LOW_LEVEL_ERRORS as error:
        problem = f"cannot be understood ({printable(str(error))}); {_DAMAGED}"
    if problem or dtype is None:
        return Item(name, shape, label, 0, unreadable, group, problem, element)
    read = partial(_read, dataset, name, dtype)
    return Item(name, shape, label, dataset.get_storage_size(), read, group, "", element)


def _require_own_storage(dataset: Any) -> None:
    """Refuse values stored in other files; even reading the shape may open these files."""
    properties = dataset.get_create_plist()
    if properties.get_layout() == h5py.h5d.VIRTUAL:
        raise MMFusionReadError(
            "is a virtual data set, whose values are in other files, which are not read;"
            " copy the data itself into this file"
        )
    if properties.get_external_count() > 0:
        raise MMFusionReadError(
            "keeps its values in another file, which is not read;"
            " copy the data itself into this file"
        )


def _shape(dataset: Any) -> tuple[int, ...]:
    space = dataset.get_space()
    if space.get_simple_extent_type() == h5py.h5s.NULL:
        raise MMFusionReadError("holds no values; save an image there, or choose another")
    return tuple(int(length) for length in space.get_simple_extent_dims())


def _label(kind: Any) -> str:
    if kind.get_class() in _NUMBERS or is_boolean(kind):
        return str(kind.dtype.name)
    return _KINDS.get(kind.get_class(), "unknown")


def _dtype(kind: Any) -> np.dtype[Any] | None:
    """NumPy's type for the stored bytes; None if there is none or it is not supported."""
    if kind.get_class() not in _NUMBERS and not is_boolean(kind):
        return None
    dtype: np.dtype[Any] = kind.dtype
    usual = dtype.kind in "biuf" and dtype.itemsize <= 8
    # HDF5 would have to convert numbers of unusual precision.
    return dtype if usual and kind.equal(h5py.h5t.py_create(dtype, logical=True)) else None


def is_boolean(kind: Any) -> bool:
    """Whether an HDF5 type is the enumeration in which h5py stores truth values."""
    if kind.get_class() != h5py.h5t.ENUM or kind.get_nmembers() != 2:
        return False
    return bool(kind.dtype == np.bool_)


def _layout_problem(dataset: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
    properties = dataset.get_create_plist()
    if properties.get_layout() == h5py.h5d.CHUNKED:
        return chunks_problem(properties, shape, dtype.itemsize)
    return ""


def _read(dataset: Any, name: str, dtype: np.dtype[Any]) -> NDArray[Any]:
    try:
        if dataset.get_create_plist().get_layout() == h5py.h5d.CHUNKED:
            return read_chunks(dataset, dtype)
        values = np.empty(dataset.shape, dtype)
        dataset.read(h5py.h5s.ALL, h5py.h5s.ALL, values)
    except MMFusionReadError as error:
        raise MMFusionReadError(f"{quoted(name)}: {error}") from error
    except (*_LOW_LEVEL_ERRORS, zlib.error) as error:
        raise MMFusionReadError(
            f"{quoted(name)}: cannot be read ({printable(str(error))}); {_DAMAGED}"
        ) from error
    return values
