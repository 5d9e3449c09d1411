"""Global heaps, which hold texts of variable length."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.io.hdf5.structure.file_bytes import DamagedError, FileBytes, padded

_SHORTEST: Final = 4096
_FREE_SPACE: Final = 0


class GlobalHeaps:
    """Gives objects of the global heaps of a file; each heap is read once."""

    def __init__(self, file: FileBytes) -> None:
        self._file = file
        self._heaps: dict[int, dict[int, bytes]] = {}

    def get(self, address: int, index: int) -> bytes:
        """Return an object of the heap at an address.

        Raises
        ------
        DamagedError
            If there is no sound heap, or no such object.
        """
        if address not in self._heaps:
            self._heaps[address] = self._read(address)
        try:
            return self._heaps[address][index]
        except KeyError:
            raise DamagedError("a text is not in its heap") from None

    def _read(self, address: int) -> dict[int, bytes]:
        header = padded(8 + self._file.length_size)
        head = self._file.signed_cursor(address, header, b"GCOL", 1)
        head.skip(3)
        size = head.length()
        if size < _SHORTEST:
            raise DamagedError("a heap of texts is too short")
        cursor = self._file.cursor(address, size)
        cursor.skip(header)
        # The headers of the heap and of its objects have one length.
        objects: dict[int, bytes] = {}
        while cursor.left >= header:
            index = cursor.number(2)
            cursor.skip(6)
            length = cursor.length()
            cursor.skip(header - 8 - self._file.length_size)
            if index == _FREE_SPACE:
                # Its length includes its header.
                if length < header:
                    raise DamagedError("a heap of texts has an impossible piece")
                cursor.skip(length - header)
            else:
                content = cursor.take(padded(length))
                objects[index] = content[:length]
        return objects
