"""Fractal heaps, which hold the links and attributes of objects that have many of them."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.io.hdf5.structure import btree2
from napari_mmfusion.io.hdf5.structure.checksum import CHECKSUM_BYTES, require_checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import (
    UNDEFINED,
    Cursor,
    DamagedError,
    FileBytes,
    encoded_size,
)

_MANAGED, _LARGE, _TINY = 0, 1, 2
_HAS_CHECKSUMS: Final = 2
_LONGEST_TINY_ID: Final = 18
_DEEPEST: Final = 8


class FractalHeap:
    """Gives the objects of one heap.

    Parameters
    ----------
    file : FileBytes
    address : int
        Of its header.

    Raises
    ------
    DamagedError
        If its header is damaged, or if its blocks are filtered: HDF5 would unpack them unasked.
    """

    def __init__(self, file: FileBytes, address: int) -> None:
        self._file = file
        self._address = address
        lengths, offsets = file.length_size, file.offset_size
        cursor = file.signed_cursor(address, 26 + 12 * lengths + 3 * offsets, b"FRHP", 0)
        self._id_size, filter_size, flags = cursor.number(2), cursor.number(2), cursor.number(1)
        if filter_size:
            raise DamagedError(
                "its links or attributes are stored with filters, which are not used"
            )
        require_checksum(cursor.content)
        self._has_checksums = bool(flags & _HAS_CHECKSUMS)
        most_managed = cursor.number(4)
        cursor.skip(lengths)
        self._large_index = cursor.address()
        cursor.skip(offsets + 9 * lengths)
        self._width = cursor.number(2)
        self._first_size, self._largest_direct = cursor.length(), cursor.length()
        heap_bits = cursor.number(2)
        cursor.skip(2)
        self._root, self._root_rows = cursor.address(), cursor.number(2)
        self._offset_size = (heap_bits + 7) // 8
        self._length_size = min(
            (self._largest_direct.bit_length() + 6) // 8, encoded_size(most_managed)
        )
        sizes = (self._width, self._first_size, self._largest_direct)
        if not all(size and size & (size - 1) == 0 for size in sizes) or heap_bits > 64:
            raise DamagedError("a heap states impossible sizes")
        self._blocks: dict[int, bytes] = {}
        self._entries: dict[int, tuple[int, ...]] = {}
        self._large: dict[int, tuple[int, int]] | None = None

    def get(self, identifier: bytes) -> bytes:
        """Return an object.

        Raises
        ------
        DamagedError
            If it is not in the heap.
        """
        cursor = Cursor(identifier, self._file.offset_size, self._file.length_size)
        first = cursor.number(1)
        kind = first >> 4 & 3
        if kind == _MANAGED:
            offset = cursor.number(self._offset_size)
            return self._get_managed(offset, cursor.number(self._length_size))
        if kind == _LARGE:
            return self._file.read(*self._find_large(cursor))
        if kind == _TINY:
            length = first & 0xF
            if self._id_size > _LONGEST_TINY_ID:
                length = length << 8 | cursor.number(1)
            return cursor.take(length + 1)
        raise DamagedError("unknown kind of an object in a heap")

    def _get_managed(self, offset: int, length: int) -> bytes:
        self._file.charge(length)
        address, start, size = self._find_block(offset)
        if address not in self._blocks:
            self._blocks[address] = self._read_direct(address, size)
        within = offset - start
        piece = self._blocks[address][within : within + length]
        if len(piece) != length:
            raise DamagedError("an object of a heap leaves its block")
        return piece

    def _find_block(self, offset: int) -> tuple[int, int, int]:
        """Address, first offset and size of the direct block that holds an offset."""
        if self._root_rows == 0:
            return self._root, 0, self._first_size
        address, start, rows = self._root, 0, self._root_rows
        for _ in range(_DEEPEST):
            row, column, size = self._cell(offset - start)
            index = row * self._width + column
            entries = self._read_indirect(address, rows)
            if row >= rows or entries[index] == UNDEFINED:
                break
            address = entries[index]
            start += self._row_start(row) + column * size
            if size <= self._largest_direct:
                return address, start, size
            rows = (size // (self._first_size * self._width)).bit_length()
        raise DamagedError("an object is not in its heap")

    def _cell(self, offset: int) -> tuple[int, int, int]:
        """Row, column and size of the block of a doubling table that holds an offset."""
        first_row = self._width * self._first_size
        row = (offset // first_row).bit_length()
        size = self._first_size << max(row - 1, 0)
        return row, (offset - self._row_start(row)) // size, size

    def _row_start(self, row: int) -> int:
        return self._width * self._first_size << row - 1 if row else 0

    def _read_indirect(self, address: int, rows: int) -> tuple[int, ...]:
        if address not in self._entries:
            head = 5 + self._file.offset_size + self._offset_size
            count = rows * self._width
            size = head + count * self._file.offset_size + CHECKSUM_BYTES
            cursor = self._file.signed_cursor(address, size, b"FHIB", 0)
            require_checksum(cursor.content)
            self._require_own(cursor)
            cursor.skip(self._offset_size)
            self._entries[address] = tuple(cursor.address() for _ in range(count))
        return self._entries[address]

    def _read_direct(self, address: int, size: int) -> bytes:
        cursor = self._file.signed_cursor(address, size, b"FHDB", 0)
        self._require_own(cursor)
        cursor.skip(self._offset_size)
        if self._has_checksums:
            # The checksum is computed with zeros in its place, which is not the end.
            place = cursor.position
            stored = cursor.take(CHECKSUM_BYTES)
            rest = cursor.content[place + CHECKSUM_BYTES :]
            require_checksum(cursor.content[:place] + bytes(CHECKSUM_BYTES) + rest + stored)
        return cursor.content

    def _require_own(self, cursor: Cursor) -> None:
        if cursor.address() != self._address:
            raise DamagedError("a block belongs to another heap")

    def _find_large(self, cursor: Cursor) -> tuple[int, int]:
        if self._id_size > self._file.offset_size + self._file.length_size:
            return cursor.address(), cursor.length()
        if self._large is None:
            self._large = {}
            for record in btree2.read_records(self._file, self._large_index, btree2.LARGE_OBJECTS):
                entry = Cursor(record, self._file.offset_size, self._file.length_size)
                place = entry.address(), entry.length()
                self._large[entry.length()] = place
        key = cursor.number(min(cursor.left, self._file.length_size))
        if key not in self._large:
            raise DamagedError("an object is not in its heap")
        return self._large[key]
