"""Attributes of HDF5 groups: single numbers, truth values and texts, and lists of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.hdf5.dataset import is_boolean
from napari_mmfusion.io.hdf5.links import bytes_of
from napari_mmfusion.io.hdf5.texts import require_short_text, require_sound_heaps
from napari_mmfusion.io.naming import printable, quoted

_MOST_BYTES: Final = 2**16
_LENGTH_BYTES: Final = 8
_NUMBERS: Final = (h5py.h5t.INTEGER, h5py.h5t.FLOAT)


class AttributeReader:
    """Reads attributes of the groups of one open file.

    Parameters
    ----------
    descriptor : int
        Descriptor of the file, whose bytes are checked before HDF5 reads a text of variable
        length.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._heaps_are_sound = False
        self._checked_texts: set[str] = set()

    def read(self, place: Any, name: str) -> object:
        """Value of an attribute: a plain number, truth value or text; None if there is none.

        Parameters
        ----------
        place : h5py.h5g.GroupID
            Group that has the attribute.
        name : str

        Raises
        ------
        MMFusionReadError
            If it is there but is not one number or text.
        """
        with _errors_named(name):
            attribute = _open(place, name)
            if attribute is None:
                return None
            if self._is_single(attribute, place, name):
                value = _value(place, name).item()
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            raise MMFusionReadError(
                "expected a single number or a text; correct it or take it out of the file"
            )

    def read_numbers(self, place: Any, name: str) -> NDArray[np.float64] | None:
        """Values of an attribute that is a one-dimensional array; None if there is none.

        Raises
        ------
        MMFusionReadError
            If it is there but is no such array.
        """
        with _errors_named(name):
            attribute = _open(place, name)
            if attribute is None:
                return None
            is_number = attribute.get_type().get_class() in _NUMBERS
            is_short = attribute.get_storage_size() <= _MOST_BYTES
            if is_number and is_short and len(attribute.shape) == 1:
                return _value(place, name).astype(np.float64)
            raise MMFusionReadError("expected a list of numbers; write the file again")

    def _is_single(self, attribute: Any, place: Any, name: str) -> bool:
        kind = attribute.get_type()
        if attribute.get_space().get_simple_extent_npoints() != 1:
            return False
        if attribute.get_storage_size() > _MOST_BYTES:
            return False
        if kind.get_class() == h5py.h5t.STRING:
            if kind.is_variable_str():
                self._require_readable_text(place, name)
            return True
        return kind.get_class() in _NUMBERS or is_boolean(kind)

    def _require_readable_text(self, place: Any, name: str) -> None:
        """Check the text before HDF5 reads it; all attributes of one name are checked at once."""
        if name in self._checked_texts:
            return
        _, length_bytes = h5py.h5i.get_file_id(place).get_create_plist().get_sizes()
        if length_bytes != _LENGTH_BYTES:
            raise MMFusionReadError(
                f"is a text in a file with lengths of {length_bytes} bytes, expected"
                f" {_LENGTH_BYTES}; write the file again with h5py"
            )
        if not self._heaps_are_sound:
            require_sound_heaps(self._descriptor)
            self._heaps_are_sound = True
        require_short_text(self._descriptor, bytes_of(name))
        self._checked_texts.add(name)


def _open(place: Any, name: str) -> Any:
    """The attribute, or None if it is missing or has no value."""
    if not h5py.h5a.exists(place, bytes_of(name)):
        return None
    attribute = h5py.h5a.open(place, bytes_of(name))
    is_empty = attribute.get_space().get_simple_extent_type() == h5py.h5s.NULL
    return None if is_empty else attribute


def _value(place: Any, name: str) -> NDArray[Any]:
    return np.asarray(h5py.AttributeManager(h5py.Group(place))[name])


@contextmanager
def _errors_named(name: str) -> Iterator[None]:
    try:
        yield
    except MMFusionReadError as error:
        raise MMFusionReadError(f"attribute {quoted(name)}: {error}") from error
    except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        raise MMFusionReadError(
            f"attribute {quoted(name)}: cannot be read ({printable(str(error))});"
            " the file is damaged, write it again"
        ) from error
