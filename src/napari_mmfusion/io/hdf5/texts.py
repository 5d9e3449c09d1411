"""Checks texts of variable length in an HDF5 file before HDF5 reads them.

Such a text is stored in a global heap of the file, and the attribute states its length and where it
is. HDF5 allocates the stated length unchecked, loops for ever in a heap with a piece of length 0,
and may read past the end of a heap whose pieces are longer than the heap.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from typing import Final

from napari_mmfusion.core.errors import MMFusionReadError

_SIGNATURE: Final = b"GCOL"
_HEAP: Final = struct.Struct("<4sB3xQ")
_PIECE: Final = struct.Struct("<HHIQ")
# HDF5 itself refuses heaps of another version, shorter ones, and those beyond the file's end.
_HEAP_VERSION = 1
_SHORTEST_HEAP = 4096

# Bytes before the name in the description of an attribute, by version of the description.
_BEFORE_NAME: Final = {1: 8, 2: 8, 3: 9}
_SIZES: Final = struct.Struct("<HHH")
_LENGTH: Final = struct.Struct("<I")
_VARIABLE_LENGTH_CLASS = 9
_LONGEST_TEXT = 2**20

_DAMAGED = "the texts in the file are damaged; write it again"


def require_sound_heaps(descriptor: int) -> None:
    """Check all global heaps of a file with 64-bit addresses and lengths.

    Raises
    ------
    MMFusionReadError
        If the pieces of a heap do not fill it exactly.
    """
    with _map(descriptor) as content:
        if not all(_is_sound(content, start) for start in _find_all(content, _SIGNATURE)):
            raise MMFusionReadError(_DAMAGED)


def require_short_text(descriptor: int, name: bytes) -> None:
    """Check all attributes of this name that are texts of variable length, anywhere in the file.

    Raises
    ------
    MMFusionReadError
        If one of them states a length above 1 MiB, or none is found.
    """
    with _map(descriptor) as content:
        stated = [
            _stated_length(content, start, name) for start in _find_all(content, name + b"\0")
        ]
    lengths = [length for length in stated if length is not None]
    if not lengths or max(lengths) > _LONGEST_TEXT:
        raise MMFusionReadError(_DAMAGED)


def _map(descriptor: int) -> mmap.mmap:
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)


def _find_all(content: mmap.mmap, needle: bytes) -> Iterator[int]:
    place = content.find(needle)
    while place >= 0:
        yield place
        place = content.find(needle, place + 1)


def _is_sound(content: mmap.mmap, start: int) -> bool:
    """Whether HDF5 can read the heap at `start`; True if there is no heap."""
    if start + _HEAP.size > len(content):
        return True
    _, version, length = _HEAP.unpack_from(content, start)
    if version != _HEAP_VERSION or not _SHORTEST_HEAP <= length <= len(content) - start:
        return True
    position, end = start + _HEAP.size, start + length
    while end - position >= _PIECE.size:
        index, _, _, size = _PIECE.unpack_from(content, position)
        # Index 0 is the free space, whose size includes its header.
        step = size if index == 0 else _PIECE.size + _pad(size)
        if step < _PIECE.size or step > end - position:
            return False
        position += step
    return True


def _stated_length(content: mmap.mmap, start: int, name: bytes) -> int | None:
    """Stated length of a text, if `start` is the position of the name of its attribute."""
    for version, before in _BEFORE_NAME.items():
        head = start - before
        if head < 0 or content[head] != version:
            continue
        sizes = _SIZES.unpack_from(content, head + 2)
        name_size, kind_size, space_size = map(_pad, sizes) if version == 1 else sizes
        kind = start + name_size
        value = kind + kind_size + space_size
        if sizes[0] != len(name) + 1 or value + _LENGTH.size > len(content):
            continue
        if content[kind] & 0xF == _VARIABLE_LENGTH_CLASS:
            (length,) = _LENGTH.unpack_from(content, value)
            return int(length)
    return None


def _pad(size: int) -> int:
    return -(-size // 8) * 8
