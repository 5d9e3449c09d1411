"""Reads the chunks of a data set into one array."""

from __future__ import annotations

import math
from collections.abc import Callable
from operator import add
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.hdf5.filters import (
    CHECKSUM_BYTES,
    UNPACKERS,
    ChunkSizes,
    filters_problem,
)
from napari_mmfusion.io.hdf5.structure.chunk_index import StoredChunks, read_chunk_index
from napari_mmfusion.io.hdf5.structure.objects import Dataset
from napari_mmfusion.io.items import MEBIBYTE

# A map of 2048 x 2048 pixels in chunks of one pixel.
_MOST_CHUNKS: Final = 2**22
_USUAL_CHUNK_BYTES: Final = 4 * MEBIBYTE
_MOST_PADDING: Final = 16
_CHUNKS_AT_ONCE: Final = 2**14
_DAMAGED: Final = "the file is damaged, write it again"


class ChunkedValues:
    """The chunks of one data set.

    Parameters
    ----------
    dataset : Dataset
        A chunked data set of numbers that are stored in this file.
    dtype : numpy.dtype
        Type in which the stored values are read.
    """

    def __init__(self, dataset: Dataset, dtype: np.dtype[Any]) -> None:
        self._dataset = dataset
        self._dtype = dtype
        self._shape = dataset.space.shape or ()
        self._steps = dataset.layout.chunk
        self._chunk_bytes = math.prod(self._steps) * dtype.itemsize
        self._stored: StoredChunks | None = None

    def problem(self) -> str:
        """Why the chunks cannot be read and what to do, otherwise empty."""
        problem = filters_problem(self._dataset.filters)
        if problem:
            return problem
        if len(self._steps) != len(self._shape):
            return f"is cut into chunks of another shape; {_DAMAGED}"
        count = math.prod(
            -(-length // step) for length, step in zip(self._shape, self._steps, strict=True)
        )
        image_bytes = max(math.prod(self._shape) * self._dtype.itemsize, _USUAL_CHUNK_BYTES)
        if (
            count > _MOST_CHUNKS
            or self._chunk_bytes > image_bytes
            or count * self._chunk_bytes > _MOST_PADDING * image_bytes
        ):
            return (
                f"is cut into {count} chunks of {self._chunk_bytes} bytes, expected at most"
                f" {_MOST_CHUNKS}, none larger than the image; save it without chunks"
            )
        return ""

    def stored_bytes(self) -> int:
        """Bytes that the chunks take in the file."""
        return int(self._index().sizes.sum())

    def read(self, unwritten: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Read all chunks.

        Parameters
        ----------
        unwritten : callable
            Makes the array of a data set without any chunk.

        Raises
        ------
        MMFusionReadError
            If a chunk is damaged.
        DamagedError
            If the index of the chunks is damaged.
        """
        codes = [each.code for each in self._dataset.filters]
        limit = self._chunk_bytes + CHECKSUM_BYTES * len(codes)
        sizes = ChunkSizes(self._chunk_bytes, limit, self._dtype.itemsize)
        index = self._index()
        # Data that cannot be compressed become slightly longer.
        if index.sizes.size and index.sizes.max() > limit + limit // 100 + 1024:
            raise MMFusionReadError(f"has a chunk longer than its values; {_DAMAGED}")
        if self._steps == self._shape and index.sizes.size:
            # One chunk is the whole array; a second one would take as much memory again.
            entry = index.addresses.item(), index.sizes.item(), index.masks.item()
            return self._unpacked(*entry, codes, sizes)
        values = unwritten()
        for start in range(0, len(index.sizes), _CHUNKS_AT_ONCE):
            block = slice(start, start + _CHUNKS_AT_ONCE)
            for place, address, size, mask in zip(
                (index.places[block] * self._steps).tolist(),
                index.addresses[block].tolist(),
                index.sizes[block].tolist(),
                index.masks[block].tolist(),
                strict=True,
            ):
                part = values[tuple(map(slice, place, map(add, place, self._steps)))]
                is_whole = part.shape == self._steps
                passed = [] if self._dataset.layout.has_plain_edges and not is_whole else codes
                chunk = self._unpacked(address, size, mask, passed, sizes)
                part[...] = chunk if is_whole else chunk[tuple(map(slice, part.shape))]
        return values

    def _unpacked(
        self,
        address: int,
        size: int,
        mask: int,
        codes: list[int],
        sizes: ChunkSizes,
    ) -> NDArray[Any]:
        """Values of a chunk that has passed filters, but for those in its mask."""
        packed = self._dataset.structure.file.read_values(address, size)
        for index in reversed(range(len(codes))):
            if not mask & (1 << index):
                packed = UNPACKERS[codes[index]](packed, sizes)
        if len(packed) != self._chunk_bytes:
            raise MMFusionReadError(
                f"has a chunk that unpacks to {len(packed)} bytes, expected"
                f" {self._chunk_bytes}; {_DAMAGED}"
            )
        return np.frombuffer(packed, self._dtype).reshape(self._steps)

    def _index(self) -> StoredChunks:
        if self._stored is None:
            self._stored = read_chunk_index(
                self._dataset.structure.file,
                self._dataset.layout,
                self._dataset.space,
                self._chunk_bytes,
                is_filtered=bool(self._dataset.filters),
            )
        return self._stored
