"""Reads pieces of a file through its descriptor, and numbers from these pieces."""

from __future__ import annotations

import os
from typing import Final

from napari_mmfusion.io.descriptors import read_at

UNDEFINED: Final = -1
"""The address of something that the file does not hold."""

_ALLOWANCE_PER_BYTE: Final = 2
_FREE_ALLOWANCE: Final = 2**20
_LEAST_CHARGE: Final = 8


class DamagedError(ValueError):
    """A structure of the file contradicts the format or another structure."""


class FileBytes:
    """The bytes of an open file.

    Parameters
    ----------
    descriptor : int
        Descriptor of the file.

    Attributes
    ----------
    size : int
        Bytes in the file.
    base : int
        Position to which addresses refer.
    offset_size, length_size : int
        Bytes of an address and of a length.
    charged : int
        Bytes of structure read so far.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        self.base = 0
        self.offset_size = 8
        self.length_size = 8
        self.charged = 0

    def read(self, address: int, size: int) -> bytes:
        """Return a piece of structure; it counts against the allowance.

        Raises
        ------
        DamagedError
            If it is not within the file, or if more structure has been read than a sound file of
            this size can have.
        """
        self.charge(size)
        return self.read_values(address, size)

    def read_values(self, address: int, size: int) -> bytes:
        """Return bytes of an image, which are not structure."""
        start = self.base + address
        if address < 0 or size < 0 or start + size > self.size:
            raise DamagedError("leads beyond the end of the file")
        content = read_at(self._descriptor, start, size)
        if len(content) != size:
            raise DamagedError("the file became shorter while it was read")
        return content

    def cursor(self, address: int, size: int) -> Cursor:
        """Return a cursor at the start of a piece of structure."""
        return Cursor(self.read(address, size), self.offset_size, self.length_size)

    def signed_cursor(self, address: int, size: int, signature: bytes, version: int) -> Cursor:
        """Return a cursor behind the signature and version of a piece of structure."""
        cursor = self.cursor(address, size)
        if cursor.take(len(signature)) != signature:
            raise DamagedError(f"expected {signature.decode()} and found something else")
        if cursor.number(1) != version:
            raise DamagedError(f"{signature.decode()} has an unknown version")
        return cursor

    def charge(self, size: int) -> None:
        """Count structure against the allowance; see `read`."""
        self.charged += max(size, _LEAST_CHARGE)
        if self.charged > _FREE_ALLOWANCE + _ALLOWANCE_PER_BYTE * self.size:
            raise DamagedError("structures of the file overlap or lead in a circle")


class Cursor:
    """Takes numbers from bytes, one after the other."""

    __slots__ = ("_length_size", "_offset_size", "content", "position")

    def __init__(self, content: bytes, offset_size: int = 8, length_size: int = 8) -> None:
        self.content = content
        self.position = 0
        self._offset_size = offset_size
        self._length_size = length_size

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        end = self.position + size
        if size < 0 or end > len(self.content):
            raise DamagedError("a structure ends too early")
        piece = self.content[self.position : end]
        self.position = end
        return piece

    def number(self, width: int) -> int:
        """Return the next number, which has `width` bytes."""
        return int.from_bytes(self.take(width), "little")

    def numbers(self, width: int, count: int) -> tuple[int, ...]:
        """Return the next `count` numbers."""
        content = self.take(width * count)
        return tuple(
            int.from_bytes(content[start : start + width], "little")
            for start in range(0, len(content), width)
        )

    def address(self) -> int:
        """Return the next address, which may be `UNDEFINED`."""
        return as_address(self.number(self._offset_size), self._offset_size)

    def length(self) -> int:
        """Return the next length."""
        return self.number(self._length_size)

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        self.take(size)

    @property
    def left(self) -> int:
        """Bytes not yet taken."""
        return len(self.content) - self.position


def as_address(value: int, width: int) -> int:
    """Return a stored address of `width` bytes; all bits set stand for `UNDEFINED`."""
    return UNDEFINED if value == (1 << 8 * width) - 1 else value


def padded(size: int) -> int:
    """Round up to a multiple of 8.

    Examples
    --------
    >>> padded(8), padded(9)
    (8, 16)
    """
    return -(-size // 8) * 8


def encoded_size(limit: int) -> int:
    """Bytes in which the format stores a number that is at most `limit`.

    Examples
    --------
    >>> encoded_size(255), encoded_size(256)
    (1, 2)
    """
    return max(limit.bit_length() - 1, 0) // 8 + 1
