"""The filters of HDF5, written so that a damaged chunk cannot fill the memory.

The filters of the library trust the file: a chunk that unpacks to more than its size fills the
memory, and one that is too short crashes the process. Supported are the filters that h5py applies
for ``compression="gzip"``, ``compression="lzf"``, ``shuffle`` and ``fletcher32``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.hdf5.structure.messages import Filter
from napari_mmfusion.io.naming import printable

CHECKSUM_BYTES: Final = 4
_DAMAGED: Final = "the file is damaged, write it again"
_TOO_LONG: Final = f"has a chunk that unpacks to more than its size; {_DAMAGED}"
_USUAL_NAMES: Final = {4: "szip", 5: "nbit", 6: "scaleoffset"}

# LZF: a control byte below 32 stands before bytes to copy; any other refers to earlier ones.
_FIRST_REFERENCE: Final = 32
_LONG_REFERENCE: Final = 7


class ChunkSizes(NamedTuple):
    """Sizes for unpacking a chunk, in bytes: of its values, at most of any step, of one value."""

    size: int
    limit: int
    itemsize: int


def filters_problem(filters: tuple[Filter, ...]) -> str:
    """Why chunks with these filters cannot be read and what to do, otherwise empty."""
    codes = [each.code for each in filters]
    for each in filters:
        if each.code not in UNPACKERS or codes.count(each.code) > 1:
            usual = _NAMES.get(each.code) or _USUAL_NAMES.get(each.code) or str(each.code)
            label = printable(each.name.decode("utf-8", "replace"), 40) or usual
            return (
                f"is compressed with the filter {label}, expected gzip, lzf, shuffle or fletcher32,"
                " each once; save it with gzip or without compression"
            )
    return ""


def _inflate(packed: bytes, chunk: ChunkSizes) -> bytes:
    unpacked = zlib.decompressobj().decompress(packed, chunk.limit + 1)
    if len(unpacked) > chunk.limit:
        raise MMFusionReadError(_TOO_LONG)
    return unpacked


def _unpack_lzf(packed: bytes, chunk: ChunkSizes) -> bytes:
    out = bytearray()
    position, end = 0, len(packed)
    while position < end:
        control = packed[position]
        position += 1
        if control < _FIRST_REFERENCE:
            stop = position + control + 1
            if stop > end:
                raise MMFusionReadError(f"has a chunk that ends too early; {_DAMAGED}")
            out += packed[position:stop]
            position = stop
        else:
            length = control >> 5
            if position + (length == _LONG_REFERENCE) >= end:
                raise MMFusionReadError(f"has a chunk that ends too early; {_DAMAGED}")
            if length == _LONG_REFERENCE:
                length += packed[position]
                position += 1
            start = len(out) - ((control & 0x1F) << 8) - packed[position] - 1
            position += 1
            if start < 0:
                raise MMFusionReadError(f"has a chunk that refers to nothing; {_DAMAGED}")
            length += 2
            earlier = out[start : start + length]
            # A reference that reaches beyond the end repeats itself.
            out += (earlier * (length // len(earlier) + 1))[:length]
        if len(out) > chunk.limit:
            raise MMFusionReadError(_TOO_LONG)
    return bytes(out)


def _unshuffle(packed: bytes, chunk: ChunkSizes) -> bytes:
    """Restore the order of the bytes of each value; incomplete values stay at the end."""
    count = len(packed) // chunk.itemsize
    together = np.frombuffer(packed, np.uint8, count * chunk.itemsize)
    apart = together.reshape(chunk.itemsize, count).T.tobytes()
    return apart + packed[together.size :] if together.size < len(packed) else apart


def _verify(packed: bytes, _: ChunkSizes) -> bytes:
    content, stored = packed[:-CHECKSUM_BYTES], packed[-CHECKSUM_BYTES:]
    if len(packed) < CHECKSUM_BYTES or fletcher32(content) != int.from_bytes(stored, "little"):
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


_NAMES: Final = {1: "deflate", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}
UNPACKERS: Final[dict[int, Callable[[bytes, ChunkSizes], bytes]]] = {
    1: _inflate,
    2: _unshuffle,
    3: _verify,
    32000: _unpack_lzf,
}
"""The function that undoes a filter, by its number in HDF5."""
