"""Object headers: the messages that describe a group, a data set or a named type."""

from __future__ import annotations

from typing import Final, NamedTuple

from napari_mmfusion.io.hdf5.structure.checksum import CHECKSUM_BYTES, require_checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import Cursor, DamagedError, FileBytes

DATASPACE: Final = 0x01
LINK_INFO: Final = 0x02
DATATYPE: Final = 0x03
OLD_FILL_VALUE: Final = 0x04
FILL_VALUE: Final = 0x05
LINK: Final = 0x06
EXTERNAL_FILES: Final = 0x07
LAYOUT: Final = 0x08
FILTERS: Final = 0x0B
ATTRIBUTE: Final = 0x0C
SYMBOL_TABLE: Final = 0x11
ATTRIBUTE_INFO: Final = 0x15
_CONTINUATION: Final = 0x10
_USED: Final = frozenset(
    (DATASPACE, LINK_INFO, DATATYPE, OLD_FILL_VALUE, FILL_VALUE, LINK, EXTERNAL_FILES, LAYOUT,
     FILTERS, ATTRIBUTE, SYMBOL_TABLE, ATTRIBUTE_INFO)
)  # fmt: skip
_KNOWN_UP_TO: Final = 0x17

_SHARED: Final = 0x02
_REFUSE_IF_UNKNOWN: Final = 0x80
_COMMITTED: Final = 2
_MOST_MESSAGES: Final = 2**16


class Message(NamedTuple):
    """One message: its type, whether it only names another place, and its bytes."""

    kind: int
    is_shared: bool
    body: bytes


def read_object_header(file: FileBytes, address: int) -> list[Message]:
    """Read the messages of the object at an address.

    Raises
    ------
    DamagedError
        If there is no sound object header.
    """
    return _Reader(file, address).messages


class _Reader:
    def __init__(self, file: FileBytes, address: int) -> None:
        self.messages: list[Message] = []
        self._file = file
        self._pending: list[tuple[int, int]] = []
        self._blocks: set[int] = {address}
        if file.read(address, 4) == b"OHDR":
            self._read_new(address)
        else:
            self._read_old(address)

    def _read_old(self, address: int) -> None:
        prefix = self._file.cursor(address, 16)
        if prefix.number(1) != 1:
            raise DamagedError("wrong version of an object header")
        prefix.skip(7)
        self._take_old(self._file.cursor(address + 16, prefix.number(4)))
        while self._pending:
            self._take_old(self._file.cursor(*self._pending.pop()))

    def _take_old(self, cursor: Cursor) -> None:
        while cursor.left >= 8:
            kind, size = cursor.number(2), cursor.number(2)
            flags = cursor.number(1)
            cursor.skip(3)
            self._add(kind, flags, cursor.take(size))

    def _read_new(self, address: int) -> None:
        prefix = self._file.signed_cursor(address, 6, b"OHDR", 2)
        flags = prefix.number(1)
        before = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        size = self._file.cursor(address + before, width).number(width)
        order = 2 if flags & 0x04 else 0
        content = self._file.read(address, before + width + size + CHECKSUM_BYTES)
        self._take_new(content, before + width, order)
        while self._pending:
            content = self._file.read(*self._pending.pop())
            if content[:4] != b"OCHK":
                raise DamagedError("an object header is not continued where it says")
            self._take_new(content, 4, order)

    def _take_new(self, content: bytes, start: int, order: int) -> None:
        require_checksum(content)
        cursor = Cursor(content[start:-CHECKSUM_BYTES])
        while cursor.left >= 4 + order:
            kind, size, flags = cursor.number(1), cursor.number(2), cursor.number(1)
            cursor.skip(order)
            self._add(kind, flags, cursor.take(size))

    def _add(self, kind: int, flags: int, body: bytes) -> None:
        if kind == _CONTINUATION:
            cursor = Cursor(body, self._file.offset_size, self._file.length_size)
            address, size = cursor.address(), cursor.length()
            if address in self._blocks:
                raise DamagedError("an object header leads in a circle")
            self._blocks.add(address)
            self._pending.append((address, size))
        elif kind in _USED:
            if len(self.messages) >= _MOST_MESSAGES:
                raise DamagedError(f"an object has more than {_MOST_MESSAGES} messages")
            self.messages.append(Message(kind, bool(flags & _SHARED), body))
        elif kind > _KNOWN_UP_TO and flags & _REFUSE_IF_UNKNOWN:
            raise DamagedError("an object needs a newer version of HDF5")


def committed_address(file: FileBytes, body: bytes) -> int:
    """Address of the named type that a shared message stands for.

    Raises
    ------
    DamagedError
        If it is in a table of shared messages, which is not read.
    """
    cursor = Cursor(body, file.offset_size, file.length_size)
    version, kind = cursor.number(1), cursor.number(1)
    if version == 1:
        cursor.skip(6)
    elif version not in (2, 3) or (version == 3 and kind != _COMMITTED):
        raise DamagedError("it is kept in a table of shared messages, which is not read")
    return cursor.address()
