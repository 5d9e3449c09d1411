"""Jenkins' lookup3, the checksum of the structures of newer files."""

from __future__ import annotations

import struct
from typing import Final

from napari_mmfusion.io.hdf5.structure.file_bytes import DamagedError

CHECKSUM_BYTES: Final = 4
_MASK: Final = 0xFFFFFFFF


def require_checksum(content: bytes) -> None:
    """Refuse a structure whose last four bytes are not the checksum of all others.

    Raises
    ------
    DamagedError
        If they are not.
    """
    stored = int.from_bytes(content[-CHECKSUM_BYTES:], "little")
    if len(content) < CHECKSUM_BYTES or lookup3(content[:-CHECKSUM_BYTES]) != stored:
        raise DamagedError("a structure has a wrong checksum")


def lookup3(content: bytes) -> int:
    """Checksum of bytes.

    Examples
    --------
    >>> hex(lookup3(b"Four score and seven years ago"))
    '0x17770551'
    """
    a = b = c = (0xDEADBEEF + len(content)) & _MASK
    if not content:
        return c
    words = struct.unpack(f"<{-(-len(content) // 12) * 3}I", content + bytes(-len(content) % 12))
    for index in range(0, len(words) - 3, 3):
        a += words[index]
        b += words[index + 1]
        c += words[index + 2]
        a = (a - c & _MASK) ^ ((c << 4 | (c & _MASK) >> 28) & _MASK)
        c += b
        b = (b - a & _MASK) ^ ((a << 6 | a >> 26) & _MASK)
        a += c
        c = (c - b & _MASK) ^ ((b << 8 | b >> 24) & _MASK)
        b += a
        a = (a - c & _MASK) ^ ((c << 16 | c >> 16) & _MASK)
        c += b
        b = (b - a & _MASK) ^ ((a << 19 | a >> 13) & _MASK)
        a += c
        c = (c - b & _MASK) ^ ((b << 4 | b >> 28) & _MASK)
        b += a
    return _finish(a + words[-3] & _MASK, b + words[-2] & _MASK, c + words[-1] & _MASK)


def _finish(a: int, b: int, c: int) -> int:
    c = (c ^ b) - _rotate(b, 14) & _MASK
    a = (a ^ c) - _rotate(c, 11) & _MASK
    b = (b ^ a) - _rotate(a, 25) & _MASK
    c = (c ^ b) - _rotate(b, 16) & _MASK
    a = (a ^ c) - _rotate(c, 4) & _MASK
    b = (b ^ a) - _rotate(a, 14) & _MASK
    return (c ^ b) - _rotate(b, 24) & _MASK


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> 32 - bits) & _MASK
