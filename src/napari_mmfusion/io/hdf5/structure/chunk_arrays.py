"""Fixed and extensible arrays, in which newer files keep the addresses of chunks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.io.hdf5.structure.checksum import CHECKSUM_BYTES, require_checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import (
    UNDEFINED,
    DamagedError,
    FileBytes,
)

Entries = tuple[NDArray[np.int64], bytes, int]
"""Numbers of the entries, the bytes of all of them, and the bytes of one."""

_MOST_BITS: Final = 62


def read_fixed_array(file: FileBytes, address: int) -> Entries:
    """Read the entries of a fixed array.

    Raises
    ------
    DamagedError
        If it is damaged.
    """
    size = 8 + file.length_size + file.offset_size + CHECKSUM_BYTES
    header = file.signed_cursor(address, size, b"FAHD", 0)
    require_checksum(header.content)
    header.skip(1)
    size, page_bits = header.numbers(1, 2)
    count, block = header.length(), header.address()
    pieces = _Pieces(file, size, page_bits)
    if block != UNDEFINED:
        if count * size > file.size:
            raise DamagedError("an array leads beyond the end of the file")
        pieces.add_block(block, b"FADB", 6 + file.offset_size, 0, count, None)
    return pieces.entries(count)


def read_extensible_array(file: FileBytes, address: int) -> Entries:
    """Read the entries of an extensible array; see `read_fixed_array`."""
    return _ExtensibleArray(file, address).read()


class _Pieces:
    """Collects the entries of an array from its blocks."""

    def __init__(self, file: FileBytes, size: int, page_bits: int) -> None:
        if size == 0 or page_bits > _MOST_BITS:
            raise DamagedError("an array states impossible sizes")
        self._file = file
        self._size = size
        self._page = 1 << page_bits
        self._numbers: list[NDArray[np.int64]] = []
        self._contents: list[bytes] = []

    def add(self, first: int, content: bytes) -> None:
        """Add the entries from number `first`."""
        count = len(content) // self._size
        self._numbers.append(np.arange(first, first + count, dtype=np.int64))
        self._contents.append(content)

    def pages_of(self, count: int) -> int:
        """Number of pages of a block of `count` entries; 0 if it is not paged."""
        return -(-count // self._page) if count > self._page else 0

    def add_block(
        self, address: int, signature: bytes, head: int, first: int, count: int, used: bytes | None
    ) -> None:
        """Add the entries of a data block.

        Parameters
        ----------
        address : int
        signature : bytes
        head : int
            Bytes before the entries, or before the bits that tell which pages are in use.
        first, count : int
            Number of the first entry, and how many there are.
        used : bytes or None
            Bits that tell which pages are in use; None if they are in the block.
        """
        pages = self.pages_of(count)
        if pages == 0:
            content = self._read(address, head + count * self._size, signature)
            self.add(first, content[head:])
            return
        bits = (pages + 7) // 8 if used is None else 0
        prefix = self._read(address, head + bits, signature)
        used = prefix[head:] if used is None else used
        place = address + head + bits + CHECKSUM_BYTES
        for page in range(pages):
            entries = min(self._page, count - page * self._page)
            if used[page // 8] & 0x80 >> page % 8:
                self.add(first + page * self._page, self._read(place, entries * self._size, b""))
            place += self._page * self._size + CHECKSUM_BYTES

    def entries(self, count: int) -> Entries:
        """All entries with numbers below `count`."""
        numbers = np.concatenate([np.empty(0, np.int64), *self._numbers])
        content = b"".join(self._contents)
        kept = int(np.searchsorted(numbers, count))
        return numbers[:kept], content[: kept * self._size], self._size

    def _read(self, address: int, size: int, signature: bytes) -> bytes:
        content = self._file.read(address, size + CHECKSUM_BYTES)
        if not content.startswith(signature):
            raise DamagedError(f"expected {signature.decode()} and found something else")
        require_checksum(content)
        return content[:-CHECKSUM_BYTES]


class _ExtensibleArray:
    def __init__(self, file: FileBytes, address: int) -> None:
        self._file = file
        size = 12 + 6 * file.length_size + file.offset_size + CHECKSUM_BYTES
        header = file.signed_cursor(address, size, b"EAHD", 0)
        require_checksum(header.content)
        header.skip(1)
        self._size, bits, self._in_index, self._least, self._least_blocks, page_bits = (
            header.numbers(1, 6)
        )
        header.skip(4 * file.length_size)
        self._count = header.length()
        header.skip(file.length_size)
        self._index = header.address()
        is_power = all(
            each and each & (each - 1) == 0 for each in (self._least, self._least_blocks)
        )
        if not is_power or not self._least.bit_length() - 1 <= bits <= _MOST_BITS:
            raise DamagedError("an array states impossible sizes")
        self._super_blocks = bits - self._least.bit_length() + 2
        self._offset_bytes = (bits + 7) // 8
        self._head = 6 + file.offset_size + self._offset_bytes
        self._pieces = _Pieces(file, self._size, page_bits)

    def read(self) -> Entries:
        if self._index != UNDEFINED:
            self._read_index_block()
        return self._pieces.entries(self._count)

    def _blocks_of(self, number: int) -> tuple[int, int]:
        """How many data blocks a super block has, and how many entries each of them."""
        return 1 << number // 2, self._least << (number + 1) // 2

    def _read_index_block(self) -> None:
        direct = 2 * (self._least_blocks - 1)
        in_index = 2 * (self._least_blocks.bit_length() - 1)
        indirect = max(self._super_blocks - in_index, 0)
        width = self._file.offset_size
        head = 6 + width
        size = head + self._in_index * self._size + (direct + indirect) * width + CHECKSUM_BYTES
        cursor = self._file.signed_cursor(self._index, size, b"EAIB", 0)
        require_checksum(cursor.content)
        cursor.skip(1 + width)
        self._pieces.add(0, cursor.take(self._in_index * self._size))
        first = self._in_index
        for number in range(self._super_blocks):
            if first >= self._count:
                return
            blocks, entries = self._blocks_of(number)
            if number < in_index:
                for _ in range(blocks):
                    self._add_data_block(cursor.address(), first, entries, None)
                    first += entries
            else:
                self._read_super_block(cursor.address(), first, blocks, entries)
                first += blocks * entries

    def _read_super_block(self, address: int, first: int, blocks: int, entries: int) -> None:
        if address == UNDEFINED:
            return
        bits = (self._pieces.pages_of(entries) + 7) // 8
        size = self._head + blocks * (bits + self._file.offset_size) + CHECKSUM_BYTES
        cursor = self._file.signed_cursor(address, size, b"EASB", 0)
        require_checksum(cursor.content)
        cursor.skip(self._head - 5)
        used = [cursor.take(bits) for _ in range(blocks)]
        for each in used:
            self._add_data_block(cursor.address(), first, entries, each)
            first += entries

    def _add_data_block(self, address: int, first: int, entries: int, used: bytes | None) -> None:
        if address != UNDEFINED and first < self._count:
            if used is None and self._pieces.pages_of(entries):
                raise DamagedError("an array states impossible sizes")
            self._pieces.add_block(address, b"EADB", self._head, first, entries, used)
