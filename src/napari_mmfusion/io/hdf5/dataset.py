"""Describes an HDF5 data set without reading it, and refuses it if reading would be unsafe."""

from __future__ import annotations

import math
import zlib
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Text, text_of
from napari_mmfusion.io.hdf5.chunks import ChunkedValues
from napari_mmfusion.io.hdf5.structure.file_bytes import UNDEFINED, DamagedError
from napari_mmfusion.io.hdf5.structure.layout import Storage
from napari_mmfusion.io.hdf5.structure.objects import Dataset
from napari_mmfusion.io.items import Item, unreadable
from napari_mmfusion.io.naming import printable, quoted

_DAMAGED: Final = "the file is damaged, write it again"
_COPY: Final = "copy the data itself into this file"
_IMAGE_DIMENSIONS: Final = 2


def describe(name: str, group: str, dataset: Dataset, element: str | None) -> Item:
    """Describe a data set; no value is read.

    Parameters
    ----------
    name, group : str
        Name within the group, and path of the group.
    dataset : Dataset
    element : str or None
        Name of the chemical map that it is, if the file states it.
    """
    shape: tuple[int, ...] | None = None
    label = "?"
    try:
        _require_own_values(dataset)
        shape = _shape(dataset)
        label = dataset.datatype.label
        values = _StoredValues(dataset)
        problem = values.problem()
        stored_bytes = 0 if problem else values.stored_bytes()
    except MMFusionReadError as error:
        problem = text_of(error)
    except DamagedError as error:
        problem = f"cannot be understood ({printable(str(error))}); {_DAMAGED}"
    if problem:
        return Item(name, shape, label, 0, unreadable, group, problem, element)
    read = partial(_read, values, name)
    return Item(name, shape, label, stored_bytes, read, group, "", element)


def _require_own_values(dataset: Dataset) -> None:
    if dataset.layout.storage is Storage.VIRTUAL:
        raise MMFusionReadError(
            "is a virtual data set, whose values are in other files, which are not read; " + _COPY
        )
    if dataset.is_in_other_files:
        raise MMFusionReadError("keeps its values in another file, which is not read; " + _COPY)


def _shape(dataset: Dataset) -> tuple[int, ...]:
    if dataset.space.shape is None:
        raise MMFusionReadError("holds no values; save an image there, or choose another")
    return dataset.space.shape


def _read(values: _StoredValues, name: str) -> NDArray[Any]:
    try:
        return values.read()
    except MMFusionReadError as error:
        raise MMFusionReadError(Text("{}: {}", quoted(name), error)) from error
    except (DamagedError, OSError, ValueError, zlib.error) as error:
        raise MMFusionReadError(
            f"{quoted(name)}: cannot be read ({printable(str(error))}); {_DAMAGED}"
        ) from error


class _StoredValues:
    """The values of a data set in this file."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._shape = dataset.space.shape or ()
        kind = dataset.datatype.dtype
        self._is_truth = kind is not None and kind.kind == "b"
        # Truth values are read as bytes, of which any but 0 is true.
        self._dtype = np.dtype(np.uint8) if self._is_truth else kind
        self._chunks: ChunkedValues | None = None
        if self._dtype is not None and dataset.layout.storage is Storage.CHUNKED:
            self._chunks = ChunkedValues(dataset, self._dtype)

    def problem(self) -> str:
        """Why the values cannot be read and what to do, otherwise empty."""
        if self._dtype is None:
            return (
                f"holds values of type {self._dataset.datatype.label}, expected real numbers of at"
                " most 64 bits; save it as an array of numbers"
            )
        return "" if self._chunks is None else self._chunks.problem()

    def stored_bytes(self) -> int:
        """Bytes in the file; 0 for what is no image, so that its chunks need not be counted."""
        layout = self._dataset.layout
        if self._chunks is not None:
            is_image = sum(length > 1 for length in self._shape) <= _IMAGE_DIMENSIONS
            return self._chunks.stored_bytes() if is_image else 0
        if layout.storage is Storage.COMPACT:
            return len(layout.content)
        return 0 if layout.address == UNDEFINED else self._size

    @property
    def _size(self) -> int:
        return math.prod(self._shape) * self._dataset.datatype.size

    def read(self) -> NDArray[Any]:
        """Read all values."""
        assert self._dtype is not None
        layout = self._dataset.layout
        if self._chunks is not None:
            values = self._chunks.read(self._unwritten)
        elif layout.storage is Storage.COMPACT:
            values = self._as_array(layout.content)
        elif layout.address == UNDEFINED:
            values = self._unwritten()
        elif 0 < layout.size < self._size:
            raise DamagedError("the values end too early")
        else:
            content = self._dataset.structure.file.read_values(layout.address, self._size)
            values = self._as_array(content)
        return values.astype(bool) if self._is_truth else values

    def _unwritten(self) -> NDArray[Any]:
        stored = self._dataset.fill_value
        if not stored:
            return np.zeros(self._shape, self._dtype)
        if len(stored) != self._dataset.datatype.size:
            raise DamagedError("the fill value has another size than the values")
        return np.full(self._shape, np.frombuffer(stored, self._dtype)[0])

    def _as_array(self, content: bytes) -> NDArray[Any]:
        if len(content) < self._size:
            raise DamagedError("the values end too early")
        return np.frombuffer(content[: self._size], self._dtype).reshape(self._shape)
