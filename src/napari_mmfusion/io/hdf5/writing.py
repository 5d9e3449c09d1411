"""Writing of HDF5 files: through memory, and compared with what was to be written."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.io.atomic_write import reads_differently, same_bits, write_flushed


def write_hdf5(
    path: Path,
    datasets: Mapping[str, NDArray[Any]],
    attributes: Mapping[str, Any],
    *,
    keep_order: bool = False,
) -> None:
    """Write data sets and attributes at the top of a file, and read it back to be sure.

    Parameters
    ----------
    path : Path
        File to write; an existing one is overwritten.
    datasets : mapping of str to array
        Those with two dimensions get checksums.
    attributes : mapping of str to number, text, array or None
        None becomes an attribute without a value.
    keep_order : bool
        Whether the file lists its data sets in the order given, or by name.

    Raises
    ------
    MMFusionWriteError
        If the file reads back differently.
    OSError
        If it cannot be written.
    """
    import h5py  # here, because reading does without

    # HDF5 itself never writes to the disk: where that is full, it crashes the process.
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", track_order=keep_order) as file:
        for name, array in datasets.items():
            file.create_dataset(name, data=array, fletcher32=array.ndim == 2)
        for name, value in attributes.items():
            file.attrs[name] = h5py.Empty(np.float64) if value is None else value
    write_flushed(path, buffer.getvalue())
    with h5py.File(path, "r", locking="best-effort") as file:
        stored = {
            name: None if isinstance(value, h5py.Empty) else value
            for name, value in file.attrs.items()
        }
        same = (
            set(file) == set(datasets)
            and all(same_bits(file[name][()], array) for name, array in datasets.items())
            and set(stored) == set(attributes)
            and all(_equal(stored[name], value) for name, value in attributes.items())
        )
    if not same:
        raise reads_differently(path)


def _equal(stored: object, value: object) -> bool:
    if stored is None or value is None:
        return stored is value
    return np.array_equal(np.asarray(stored), np.asarray(value))
