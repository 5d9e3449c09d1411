"""How often a file is opened, by Python or by the HDF5 library."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py

_watched: list[str] = []
_openings: list[str] = []


def _note(name: Any, by: str) -> None:
    if isinstance(name, str | bytes | os.PathLike):
        path = str(Path(os.fsdecode(name)).absolute())
        if path in _watched:
            _openings.append(by)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    # A descriptor, which is a number, is already open.
    if _watched and event == "open":
        _note(arguments[0], "Python")


sys.addaudithook(_audit)  # it sees open(), os.open() and io.FileIO, and cannot be removed


@contextmanager
def openings_of(path: Path) -> Iterator[list[str]]:
    """Who opens `path` during the block, in order: ``"Python"`` or ``"HDF5"``."""
    real = h5py.h5f.open

    def open_and_note(name: bytes, *arguments: Any, **options: Any) -> Any:
        _note(name, "HDF5")  # in C, where no audit hook looks
        return real(name, *arguments, **options)

    _openings.clear()
    _watched.append(str(path.absolute()))
    h5py.h5f.open = open_and_note
    try:
        yield _openings
    finally:
        h5py.h5f.open = real
        _watched.clear()
