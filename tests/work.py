"""How much work a function does, which unlike time is the same however busy the machine is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from napari_mmfusion.io.hdf5.structure.file_bytes import FileBytes

_BYTES_FOR_A_CALL = 256


def work_of(function: Callable[[], object]) -> float:
    """Calls of functions that it makes, and bytes that it reads of HDF5 files, in calls."""
    calls = charged = 0
    real = FileBytes.charge

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    def charge(file: FileBytes, size: int) -> None:
        nonlocal charged
        charged += size
        real(file, size)

    FileBytes.charge = charge  # type: ignore[method-assign]  # put back below
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
        FileBytes.charge = real  # type: ignore[method-assign]
    return calls + charged / _BYTES_FOR_A_CALL
