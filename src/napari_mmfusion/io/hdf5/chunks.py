"""Unpacks chunked HDF5 data sets without the filters of HDF5.

Those filters trust the file: a chunk that unpacks to more than its size fills the memory, and one
that is too short crashes the process. Supported are the filters that h5py applies for
``compression="gzip"``, ``shuffle`` and ``fletcher32``.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.descriptors import read_at
from napari_mmfusion.io.items import MEBIBYTE
from napari_mmfusion.io.naming import printable

_MOST_CHUNKS: Final = 2**16
_USUAL_CHUNK_BYTES = 4 * MEBIBYTE
_CHECKSUM_BYTES = 4
_DAMAGED = "the file is damaged, write it again"
_OFFSETS_SKIP_USER_BLOCK: Final = h5py.version.hdf5_version_tuple < (1, 14, 4)


class _Chunk(NamedTuple):
    """Sizes for unpacking a chunk, in bytes: of its values, at most of any step, of one value."""

    size: int
    limit: int
    itemsize: int


def chunks_problem(properties: Any, shape: tuple[int, ...], itemsize: int) -> str:
    """Why the chunks of a data set cannot be read and what to do, otherwise empty.

    Parameters
    ----------
    properties : h5py.h5p.PropDCID
        Properties with which the data set was created.
    shape : tuple of int
    itemsize : int
        Bytes of one value.
    """
    codes = []
    for index in range(properties.get_nfilters()):
        code, _, _, name = properties.get_filter(index)
        if code not in _UNPACKERS or code in codes:
            label = printable(name.decode("utf-8", "replace"), 40) or str(code)
            return (
                f"is compressed with the filter {label}, expected gzip, shuffle or fletcher32, each"
                " once; save it with gzip or without compression"
            )
        codes.append(code)
    steps = properties.get_chunk()
    count = math.prod(-(-length // step) for length, step in zip(shape, steps, strict=True))
    chunk_bytes = math.prod(steps) * itemsize
    if count > _MOST_CHUNKS or chunk_bytes > max(math.prod(shape) * itemsize, _USUAL_CHUNK_BYTES):
        return (
            f"is cut into {count} chunks of {chunk_bytes} bytes, expected at most {_MOST_CHUNKS},"
            " none larger than the image; save it without chunks"
        )
    return ""


def read_chunks(dataset: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Values of a data set for which `chunks_problem` is empty.

    Raises
    ------
    MMFusionReadError
        If a chunk is damaged.
    """
    properties = dataset.get_create_plist()
    steps = properties.get_chunk()
    codes = [properties.get_filter(index)[0] for index in range(properties.get_nfilters())]
    size = math.prod(steps) * dtype.itemsize
    chunk = _Chunk(size, size + _CHECKSUM_BYTES * len(codes), dtype.itemsize)
    values = np.full(dataset.shape, _fill_value(properties, dtype), dtype)
    file = h5py.h5i.get_file_id(dataset)
    descriptor = file.get_vfd_handle()
    base = file.get_create_plist().get_userblock() if _OFFSETS_SKIP_USER_BLOCK else 0
    for corner in itertools.product(
        *(range(0, length, step) for length, step in zip(values.shape, steps, strict=True))
    ):
        where = dataset.get_chunk_info_by_coord(corner)
        if where.byte_offset is None:
            continue
        # Data that cannot be compressed become slightly longer.
        if where.size > chunk.limit + chunk.limit // 100 + 1024:
            raise MMFusionReadError(f"has a chunk longer than its values; {_DAMAGED}")
        # Not read_direct_chunk(): h5py allocates the size of the values, and HDF5 writes into it as
        # many bytes as the file states for the chunk.
        packed = read_at(descriptor, where.byte_offset + base, where.size)
        for index in reversed(range(len(codes))):
            if not where.filter_mask & (1 << index):
                packed = _UNPACKERS[codes[index]](packed, chunk)
        if len(packed) != size:
            raise MMFusionReadError(
                f"has a chunk that unpacks to {len(packed)} bytes, expected {size}; {_DAMAGED}"
            )
        part = values[
            tuple(slice(start, start + step) for start, step in zip(corner, steps, strict=True))
        ]
        whole = np.frombuffer(packed, dtype).reshape(steps)
        part[...] = whole[tuple(slice(length) for length in part.shape)]
    return values


def _fill_value(properties: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    value = np.zeros((), dtype)
    if properties.fill_value_defined() == h5py.h5d.FILL_VALUE_USER_DEFINED:
        properties.get_fill_value(value)
    return value


def _inflate(packed: bytes, chunk: _Chunk) -> bytes:
    unpacked = zlib.decompressobj().decompress(packed, chunk.limit + 1)
    if len(unpacked) > chunk.limit:
        raise MMFusionReadError(f"has a chunk that unpacks to more than its size; {_DAMAGED}")
    return unpacked


def _unshuffle(packed: bytes, chunk: _Chunk) -> bytes:
    """Restore the order of the bytes of each value; incomplete values stay at the end."""
    count = len(packed) // chunk.itemsize
    together = np.frombuffer(packed, np.uint8, count * chunk.itemsize)
    apart = together.reshape(chunk.itemsize, count).T.tobytes()
    return apart + packed[together.size :] if together.size < len(packed) else apart


def _verify(packed: bytes, _: _Chunk) -> bytes:
    content, stored = packed[:-_CHECKSUM_BYTES], packed[-_CHECKSUM_BYTES:]
    if len(packed) < _CHECKSUM_BYTES or fletcher32(content) != int.from_bytes(stored, "little"):
        raise MMFusionReadError(f"has a chunk with a wrong checksum; {_DAMAGED}")
    return content


def fletcher32(content: bytes) -> int:
    """Fletcher's checksum of 16-bit words, in the variant of HDF5.

    Examples
    --------
    >>> hex(fletcher32(b"abcde"))
    '0x4ff029c7'
    """
    even = content + b"\0" if len(content) % 2 else content
    words = np.frombuffer(even, ">u2")
    first = second = 0
    for start in range(0, len(words), 2**16):
        block = words[start : start + 2**16].astype(np.uint64)
        second += first * len(block) + int(block @ np.arange(len(block), 0, -1, dtype=np.uint64))
        first += int(block.sum())
    return _fold(second) << 16 | _fold(first)


def _fold(total: int) -> int:
    """Remainder modulo 65535 of one's-complement addition: 65535, not 0, for its multiples."""
    return (total - 1) % 65535 + 1 if total else 0


_UNPACKERS: Final[dict[int, Callable[[bytes, _Chunk], bytes]]] = {
    h5py.h5z.FILTER_DEFLATE: _inflate,
    h5py.h5z.FILTER_SHUFFLE: _unshuffle,
    h5py.h5z.FILTER_FLETCHER32: _verify,
}
