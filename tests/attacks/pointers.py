"""Where a file has pointers to its own structures, and which of its structures have checksums."""

from __future__ import annotations

import io
import re
import zipfile
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.hdf5.structure import checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import FileBytes

_ZIP = b"PK"
_ENTRY = re.compile(b"PK\\x01\\x02")
_OFFSET_IN_ENTRY = 42


class Pointer(NamedTuple):
    """A number that says where a structure is.

    Attributes
    ----------
    place, width : int
        Where it is, and how many bytes it has.
    value : int
        Where the structure is.
    """

    place: int
    width: int
    value: int


@lru_cache(maxsize=64)
def structures_of(content: bytes) -> tuple[list[Pointer], list[tuple[int, int]]]:
    """Pointers of a sound file, and start and end of its structures that a checksum follows."""
    return (_entries(content), []) if content.startswith(_ZIP) else _hdf5(content)


def _entries(content: bytes) -> list[Pointer]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        count = len(archive.namelist())
    places = [match.start() + _OFFSET_IN_ENTRY for match in _ENTRY.finditer(content)][-count:]
    pointers = [_pointer(content, place, 4) for place in places]
    end = content.rindex(b"PK\5\6") + 16  # where the directory is
    return [*pointers, _pointer(content, end, 4)]


def _hdf5(content: bytes) -> tuple[list[Pointer], list[tuple[int, int]]]:
    """What the reader reads as structure, and the numbers that lead there."""
    read, spans = _watch_reading(content)
    pointers = []
    for place in range(len(content) - 7):
        pointer = _pointer(content, place, 8)
        if pointer.value and pointer.value in read:
            pointers.append(pointer)
    return pointers, spans


def _watch_reading(content: bytes) -> tuple[set[int], list[tuple[int, int]]]:
    places: set[int] = set()
    pieces: dict[tuple[int, int], None] = {}
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        real = FileBytes.read_values

        def read(file: FileBytes, address: int, size: int) -> bytes:
            places.add(address)
            pieces[file.base + address, file.base + address + size - checksum.CHECKSUM_BYTES] = None
            return real(file, address, size)

        patch.setattr(FileBytes, "read_values", read)
        path = Path(folder) / "sample.h5"
        path.write_bytes(content)
        mmf.inspect(path, statistics=True)
        with open_file(path) as file:
            for item in file.items:
                if not item.problem:
                    item.read()
    spans = [
        (start, end)
        for start, end in pieces
        if start < end
        and checksum.lookup3(content[start:end])
        == int.from_bytes(content[end : end + checksum.CHECKSUM_BYTES], "little")
    ]
    return places, spans


def _pointer(content: bytes, place: int, width: int) -> Pointer:
    return Pointer(place, width, int.from_bytes(content[place : place + width], "little"))
