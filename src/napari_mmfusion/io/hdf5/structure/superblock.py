"""The superblock: where the root group is, and how addresses are stored."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.io.hdf5.structure.checksum import CHECKSUM_BYTES, require_checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import UNDEFINED, Cursor, DamagedError, FileBytes

_SIGNATURE: Final = b"\x89HDF\r\n\x1a\n"
_FIRST_USER_BLOCK: Final = 512
_LONGEST: Final = 128
_SIZES: Final = (2, 4, 8)
_OPEN_FOR_WRITING: Final = 0b101


class LeftOpenError(DamagedError):
    """The file is marked as open for writing."""


def read_superblock(file: FileBytes) -> int:
    """Find the superblock, take from it how `file` is to be read, and return the root's address.

    Raises
    ------
    DamagedError
        If there is none, or if the file is shorter than it states.
    LeftOpenError
        If a program is writing the file, or ended while it did.
    """
    file.base = _find(file)
    content = file.read(0, min(_LONGEST, file.size - file.base))
    version = Cursor(content[8:]).number(1)
    if version in (0, 1):
        root, end = _read_old(file, content, version)
    elif version in (2, 3):
        root, end = _read_new(file, content, version)
    else:
        raise DamagedError("the superblock has an unknown version")
    if end == UNDEFINED or end > file.size:
        raise DamagedError(f"truncated: {file.size} of {end} bytes")
    return root


def _find(file: FileBytes) -> int:
    """Position of the superblock: at the start or, behind a user block, at a power of two."""
    position = 0
    while position + len(_SIGNATURE) <= file.size:
        if file.read(position, len(_SIGNATURE)) == _SIGNATURE:
            return position
        position = 2 * position or _FIRST_USER_BLOCK
    raise DamagedError("file signature not found")


def _read_old(file: FileBytes, content: bytes, version: int) -> tuple[int, int]:
    cursor = Cursor(content)
    cursor.skip(len(_SIGNATURE) + 5)
    _take_sizes(file, cursor)
    cursor = Cursor(content[cursor.position :], file.offset_size, file.length_size)
    cursor.skip(1 + 2 + 2 + 4 + (4 if version == 1 else 0))
    cursor.skip(2 * file.offset_size)
    end = cursor.address()
    if cursor.address() != UNDEFINED:
        raise DamagedError("it is one part of a set of files")
    cursor.skip(file.offset_size)
    return cursor.address(), end


def _read_new(file: FileBytes, content: bytes, version: int) -> tuple[int, int]:
    cursor = Cursor(content)
    cursor.skip(len(_SIGNATURE) + 1)
    _take_sizes(file, cursor)
    is_open = version == 3 and cursor.content[cursor.position] & _OPEN_FOR_WRITING
    cursor = Cursor(content, file.offset_size, file.length_size)
    cursor.skip(len(_SIGNATURE) + 4 + 2 * file.offset_size)
    end, root = cursor.address(), cursor.address()
    require_checksum(content[: cursor.position + CHECKSUM_BYTES])
    if is_open:
        raise LeftOpenError("open for writing")
    return root, end


def _take_sizes(file: FileBytes, cursor: Cursor) -> None:
    file.offset_size, file.length_size = cursor.numbers(1, 2)
    if file.offset_size not in _SIZES or file.length_size not in _SIZES:
        raise DamagedError("the superblock states impossible sizes")
