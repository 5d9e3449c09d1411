"""Endings of file names."""

from __future__ import annotations

from typing import Final

NPZ: Final = ".npz"
NPY: Final = ".npy"
HDF5: Final = (".h5", ".hdf5")
TIFF: Final = (".tif", ".tiff")
PNG: Final = ".png"
