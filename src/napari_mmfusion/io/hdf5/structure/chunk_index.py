"""Where the chunks of a data set are, whatever kind of index the file keeps of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.io.hdf5.structure import btree1, btree2
from napari_mmfusion.io.hdf5.structure.chunk_arrays import (
    read_extensible_array,
    read_fixed_array,
)
from napari_mmfusion.io.hdf5.structure.file_bytes import UNDEFINED, DamagedError, FileBytes
from napari_mmfusion.io.hdf5.structure.layout import ChunkIndex, Layout
from napari_mmfusion.io.hdf5.structure.messages import Dataspace

_MASK_BYTES: Final = 4
_COORDINATE_BYTES: Final = 8


@dataclass(frozen=True, eq=False)
class StoredChunks:
    """The chunks that a file holds of a data set.

    Attributes
    ----------
    places : (n, rank) int64
        Place of each chunk in the grid of chunks.
    addresses, sizes, masks : (n,) int64
        Where it is, how many bytes it has, and which filters it has not passed.
    """

    places: NDArray[np.int64]
    addresses: NDArray[np.int64]
    sizes: NDArray[np.int64]
    masks: NDArray[np.int64]


def read_chunk_index(
    file: FileBytes, layout: Layout, space: Dataspace, chunk_bytes: int, *, is_filtered: bool
) -> StoredChunks:
    """Find the chunks that are stored and lie inside the shape, in time linear in their index.

    Parameters
    ----------
    file : FileBytes
    layout : Layout
    space : Dataspace
    chunk_bytes : int
        Bytes of the values of one chunk.
    is_filtered : bool
        Whether chunks pass filters, so that their sizes differ.

    Raises
    ------
    DamagedError
        If the index is damaged, if it names a place twice, or if chunks overlap.
    """
    grid = _Grid(file, layout, space, chunk_bytes, is_filtered)
    if layout.address == UNDEFINED:
        chunks = grid.from_numbers(np.empty(0, np.int64), np.empty((0, 3), np.int64))
    else:
        chunks = _READERS[layout.index](grid)
    return _checked(grid, chunks)


class _Grid:
    """What the readers of all kinds of index need."""

    def __init__(
        self, file: FileBytes, layout: Layout, space: Dataspace, chunk_bytes: int, is_filtered: bool
    ) -> None:
        assert space.shape is not None
        self.file = file
        self.layout = layout
        self.chunk_bytes = chunk_bytes
        self.is_filtered = is_filtered
        self.rank = len(space.shape)
        self.counts = _counts(space.shape, layout.chunk)
        self.limits = space.limits
        self.most = _counts(space.limits, layout.chunk)
        if len(layout.chunk) != self.rank:
            raise DamagedError("the chunks have another rank than the data set")

    def from_numbers(
        self, numbers: NDArray[np.int64], entries: NDArray[np.int64], first: int = -1
    ) -> StoredChunks:
        """Chunks by their number in the grid; `first` is the slowest dimension if it is not 0."""
        dimensions = list(range(self.rank))
        if first >= 0:
            dimensions.insert(0, dimensions.pop(first))
        places = np.empty((len(numbers), self.rank), np.int64)
        for dimension in reversed(dimensions[1:]):
            numbers, places[:, dimension] = np.divmod(numbers, max(self.most[dimension], 1))
        places[:, dimensions[0]] = numbers
        return StoredChunks(places, *(np.ascontiguousarray(entries[:, k]) for k in range(3)))

    def entries(self, content: bytes, size: int) -> NDArray[np.int64]:
        """Address, size and mask of each entry of `size` bytes in an array or a tree."""
        width = self.file.offset_size
        table = np.frombuffer(content, np.uint8).reshape(-1, size)
        out = np.empty((len(table), 3), np.int64)
        out[:, 0] = _addresses(table[:, :width])
        if self.is_filtered:
            size_width = size - width - _MASK_BYTES
            if not 0 < size_width <= 8:
                raise DamagedError("an index of chunks has entries of an impossible size")
            out[:, 1] = _numbers(table[:, width : width + size_width])
            out[:, 2] = _numbers(table[:, width + size_width :])
        elif size != width:
            raise DamagedError("an index of chunks has entries of an impossible size")
        else:
            out[:, 1:] = self.chunk_bytes, 0
        return out


def _numbers(table: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Little-endian numbers, one a row; those above 2^63 become negative."""
    whole = np.zeros((len(table), 8), np.uint8)
    whole[:, : table.shape[1]] = table
    return whole.view("<u8")[:, 0].astype(np.int64)


def _addresses(table: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Addresses, one a row."""
    return np.where((table == 0xFF).all(axis=1), UNDEFINED, _numbers(table))


def _counts(shape: tuple[int, ...], chunk: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(-(-length // step) for length, step in zip(shape, chunk, strict=False))


def _read_btree_1(grid: _Grid) -> StoredChunks:
    key_size = 8 + _COORDINATE_BYTES * (grid.rank + 1)
    leaves = list(btree1.read_leaves(grid.file, grid.layout.address, btree1.CHUNK_NODES, key_size))
    if not leaves:
        return grid.from_numbers(np.empty(0, np.int64), np.empty((0, 3), np.int64))
    found = np.concatenate(leaves)
    keys = np.frombuffer(
        np.ascontiguousarray(found["key"]).tobytes(),
        [("size", "<u4"), ("mask", "<u4"), ("at", "<u8", (grid.rank + 1,))],
    )
    corners = keys["at"][:, : grid.rank].astype(np.int64)
    places, rest = np.divmod(corners, np.array(grid.layout.chunk, np.int64))
    if rest.any():
        raise DamagedError("a chunk is not in the grid of chunks")
    width = grid.file.offset_size
    children = np.ascontiguousarray(found["child"]).view(np.uint8).reshape(-1, width)
    return StoredChunks(
        places, _addresses(children), keys["size"].astype(np.int64), keys["mask"].astype(np.int64)
    )


def _read_btree_2(grid: _Grid) -> StoredChunks:
    kind = btree2.FILTERED_CHUNKS if grid.is_filtered else btree2.CHUNKS
    records = list(btree2.read_records(grid.file, grid.layout.address, kind))
    size = len(records[0]) if records else 0
    coordinates = _COORDINATE_BYTES * grid.rank
    if any(len(record) != size for record in records) or (records and size <= coordinates):
        raise DamagedError("an index of chunks has entries of an impossible size")
    table = np.frombuffer(b"".join(records), np.uint8).reshape(len(records), size)
    places = np.ascontiguousarray(table[:, size - coordinates :]).view("<u8").astype(np.int64)
    entry = size - coordinates
    content = np.ascontiguousarray(table[:, :entry]).tobytes()
    entries = grid.entries(content, entry) if records else np.empty((0, 3), np.int64)
    places = places.reshape(len(records), grid.rank)
    return StoredChunks(places, *(np.ascontiguousarray(entries[:, k]) for k in range(3)))


def _read_single(grid: _Grid) -> StoredChunks:
    size = grid.layout.size if grid.is_filtered else grid.chunk_bytes
    entries = np.array([[grid.layout.address, size, grid.layout.mask]], np.int64)
    return grid.from_numbers(np.zeros(1, np.int64), entries)


def _read_implicit(grid: _Grid) -> StoredChunks:
    count = math.prod(grid.most)
    if min(grid.limits, default=0) < 0 or count * grid.chunk_bytes > grid.file.size:
        raise DamagedError("its chunks lead beyond the end of the file")
    numbers = np.arange(count, dtype=np.int64)
    entries = np.zeros((count, 3), np.int64)
    entries[:, 0] = grid.layout.address + numbers * grid.chunk_bytes
    entries[:, 1] = grid.chunk_bytes
    return grid.from_numbers(numbers, entries)


def _read_fixed_array(grid: _Grid) -> StoredChunks:
    if min(grid.limits, default=0) < 0:
        raise DamagedError("an index of chunks does not fit the limits of the shape")
    numbers, content, size = read_fixed_array(grid.file, grid.layout.address)
    return grid.from_numbers(numbers, grid.entries(content, size))


def _read_extensible_array(grid: _Grid) -> StoredChunks:
    if grid.limits.count(-1) != 1:
        raise DamagedError("an index of chunks does not fit the limits of the shape")
    numbers, content, size = read_extensible_array(grid.file, grid.layout.address)
    return grid.from_numbers(numbers, grid.entries(content, size), grid.limits.index(-1))


def _checked(grid: _Grid, chunks: StoredChunks) -> StoredChunks:
    counts: NDArray[Any] = np.array(grid.counts, np.int64)
    if (chunks.addresses < UNDEFINED).any():
        raise DamagedError("its chunks lead beyond the end of the file")
    inside = (chunks.addresses != UNDEFINED) & (
        (chunks.places >= 0) & (chunks.places < counts)
    ).all(axis=1)
    places, addresses = chunks.places[inside], chunks.addresses[inside]
    sizes, masks = chunks.sizes[inside], chunks.masks[inside]
    if len(addresses):
        if np.bincount(np.ravel_multi_index(tuple(places.T), grid.counts)).max() > 1:
            raise DamagedError("two chunks are at one place")
        order = np.argsort(addresses, kind="stable")
        # Differences, because sums of hostile numbers could overflow.
        if sizes.min() < 0 or (np.diff(addresses[order]) < sizes[order][:-1]).any():
            raise DamagedError("chunks overlap")
    return StoredChunks(places, addresses, sizes, masks)


_READERS: Final = {
    ChunkIndex.BTREE_1: _read_btree_1,
    ChunkIndex.SINGLE: _read_single,
    ChunkIndex.IMPLICIT: _read_implicit,
    ChunkIndex.FIXED_ARRAY: _read_fixed_array,
    ChunkIndex.EXTENSIBLE_ARRAY: _read_extensible_array,
    ChunkIndex.BTREE_2: _read_btree_2,
}
