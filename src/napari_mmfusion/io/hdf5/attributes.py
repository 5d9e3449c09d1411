"""Attributes of HDF5 groups: single numbers, truth values and texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.hdf5.dataset import is_boolean
from napari_mmfusion.io.hdf5.links import bytes_of
from napari_mmfusion.io.hdf5.texts import require_short_text, require_sound_heaps
from napari_mmfusion.io.naming import printable, quoted

_MOST_BYTES: Final = 2**16
_LENGTH_BYTES: Final = 8


class AttributeReader:
    """Reads attributes of the groups of one open file.

    Parameters
    ----------
    path : Path
        The file, which is looked at before HDF5 reads a text of variable length from it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._heaps_are_sound = False

    def read(self, place: Any, name: str) -> object:
        """Value of an attribute: a plain number, truth value or text; None if there is none.

        Parameters
        ----------
        place : h5py.h5g.GroupID
            Group whose attribute it is.
        name : str

        Raises
        ------
        MMFusionReadError
            If it is there but is not one number or text.
        """
        try:
            if not h5py.h5a.exists(place, bytes_of(name)):
                return None
            attribute = h5py.h5a.open(place, bytes_of(name))
            if attribute.get_space().get_simple_extent_type() == h5py.h5s.NULL:
                return None
            if self._is_simple(attribute, place, name):
                value = np.asarray(h5py.AttributeManager(h5py.Group(place))[name]).item()
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        except MMFusionReadError as error:
            raise MMFusionReadError(f"attribute {quoted(name)}: {error}") from error
        except (OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
            raise MMFusionReadError(
                f"attribute {quoted(name)}: cannot be read ({printable(str(error))});"
                " the file is damaged, write it again"
            ) from error
        raise MMFusionReadError(
            f"attribute {quoted(name)}: expected a single number or a text;"
            " correct it or take it out of the file"
        )

    def _is_simple(self, attribute: Any, place: Any, name: str) -> bool:
        kind = attribute.get_type()
        if attribute.get_space().get_simple_extent_npoints() != 1:
            return False
        if attribute.get_storage_size() > _MOST_BYTES:
            return False
        if kind.get_class() == h5py.h5t.STRING:
            if kind.is_variable_str():
                self._require_readable_text(place, name)
            return True
        return kind.get_class() in (h5py.h5t.INTEGER, h5py.h5t.FLOAT) or is_boolean(kind)

    def _require_readable_text(self, place: Any, name: str) -> None:
        _, length_bytes = h5py.h5i.get_file_id(place).get_create_plist().get_sizes()
        if length_bytes != _LENGTH_BYTES:
            raise MMFusionReadError(
                f"is a text in a file with lengths of {length_bytes} bytes, expected"
                f" {_LENGTH_BYTES}; write the file again with h5py"
            )
        if not self._heaps_are_sound:
            require_sound_heaps(self._path)
            self._heaps_are_sound = True
        require_short_text(self._path, bytes_of(name))
