"""Data layout messages: where the values of a data set are, and in which chunks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from napari_mmfusion.io.hdf5.structure.file_bytes import UNDEFINED, Cursor, DamagedError, FileBytes

_MOST_DIMENSIONS: Final = 33
_Kind = TypeVar("_Kind", bound=Enum)


class Storage(Enum):
    """How values are stored."""

    COMPACT = 0
    CONTIGUOUS = 1
    CHUNKED = 2
    VIRTUAL = 3


class ChunkIndex(Enum):
    """How the file finds its chunks."""

    BTREE_1 = 0
    SINGLE = 1
    IMPLICIT = 2
    FIXED_ARRAY = 3
    EXTENSIBLE_ARRAY = 4
    BTREE_2 = 5


_PARAMETER_BYTES: Final = {
    ChunkIndex.SINGLE: 0,
    ChunkIndex.IMPLICIT: 0,
    ChunkIndex.FIXED_ARRAY: 1,
    ChunkIndex.EXTENSIBLE_ARRAY: 5,
    ChunkIndex.BTREE_2: 6,
}


@dataclass(frozen=True)
class Layout:
    """Where values are.

    Attributes
    ----------
    storage : Storage
    address : int
        Of the values or of the index of the chunks.
    size : int
        Bytes of contiguous values, or of a single packed chunk; 0 if the file does not state it.
    content : bytes
        Values that are in the message itself.
    chunk : tuple of int
        Shape of a chunk.
    index : ChunkIndex
    has_plain_edges : bool
        Whether chunks that reach beyond the edge of the data set are stored without filters.
    mask : int
        Filters that a single chunk has not passed, one bit for each.
    """

    storage: Storage
    address: int = UNDEFINED
    size: int = 0
    content: bytes = b""
    chunk: tuple[int, ...] = ()
    index: ChunkIndex = ChunkIndex.BTREE_1
    has_plain_edges: bool = False
    mask: int = 0


def parse_layout(file: FileBytes, body: bytes) -> Layout:
    """Parse a data layout message.

    Raises
    ------
    DamagedError
        If it is damaged.
    """
    cursor = Cursor(body, file.offset_size, file.length_size)
    version = cursor.number(1)
    if version in (1, 2):
        return _parse_old(cursor)
    if version not in (3, 4, 5):
        raise DamagedError("unknown version of a data layout")
    storage = _choice(Storage, cursor.number(1))
    if storage is Storage.COMPACT:
        return Layout(storage, content=cursor.take(cursor.number(2)))
    if storage is Storage.CONTIGUOUS:
        return Layout(storage, cursor.address(), cursor.length())
    if storage is Storage.VIRTUAL:
        return Layout(storage)
    return _parse_chunked_3(cursor) if version == 3 else _parse_chunked_4(cursor)


def _parse_old(cursor: Cursor) -> Layout:
    rank, kind = cursor.number(1), cursor.number(1)
    cursor.skip(5)
    storage = _choice(Storage, kind)
    address = UNDEFINED if storage is Storage.COMPACT else cursor.address()
    dimensions = cursor.numbers(4, _checked_rank(rank))
    if storage is Storage.COMPACT:
        return Layout(storage, content=cursor.take(cursor.number(4)))
    if storage is Storage.CHUNKED:
        return Layout(storage, address, chunk=_checked_chunk(dimensions))
    return Layout(storage, address)


def _parse_chunked_3(cursor: Cursor) -> Layout:
    rank, address = cursor.number(1), cursor.address()
    chunk = _checked_chunk(cursor.numbers(4, _checked_rank(rank)))
    return Layout(Storage.CHUNKED, address, chunk=chunk)


def _parse_chunked_4(cursor: Cursor) -> Layout:
    flags, rank, width = cursor.numbers(1, 3)
    chunk = _checked_chunk(cursor.numbers(width, _checked_rank(rank)) if 0 < width <= 8 else ())
    index = _choice(ChunkIndex, cursor.number(1))
    size = mask = 0
    if index is ChunkIndex.SINGLE and flags & 2:
        size, mask = cursor.length(), cursor.number(4)
    cursor.skip(_PARAMETER_BYTES.get(index, 0))
    address = cursor.address()
    return Layout(
        Storage.CHUNKED,
        address,
        size,
        b"",
        chunk,
        index,
        has_plain_edges=bool(flags & 1),
        mask=mask,
    )


def _choice(kinds: type[_Kind], value: int) -> _Kind:
    try:
        return kinds(value)
    except ValueError:
        raise DamagedError("unknown class of a data layout") from None


def _checked_rank(rank: int) -> int:
    if rank > _MOST_DIMENSIONS:
        raise DamagedError("impossible rank of a data layout")
    return rank


def _checked_chunk(dimensions: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of a chunk; the last dimension is the size of a value."""
    if len(dimensions) < 2 or 0 in dimensions:
        raise DamagedError("impossible shape of a chunk")
    return dimensions[:-1]
