"""The links of a group: in a symbol table, in messages, or in a heap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from napari_mmfusion.io.hdf5.structure import btree1, btree2
from napari_mmfusion.io.hdf5.structure.file_bytes import (
    UNDEFINED,
    Cursor,
    DamagedError,
    FileBytes,
    as_address,
)
from napari_mmfusion.io.hdf5.structure.fractal_heap import FractalHeap
from napari_mmfusion.io.hdf5.structure.object_header import (
    LINK,
    LINK_INFO,
    SYMBOL_TABLE,
    Message,
)

_SOFT_SYMBOL: Final = 2
_TRACKS_ORDER: Final = 1
_HASH_BYTES: Final = 4


class LinkKind(Enum):
    """What a link leads to."""

    HARD = 0
    SOFT = 1
    EXTERNAL = 64
    UNKNOWN = -1


@dataclass(frozen=True)
class Link:
    """A link of a group.

    Attributes
    ----------
    name : bytes
    kind : LinkKind
    address : int
        Of the object that a hard link names.
    target : bytes
        Path that a soft link names, or file that an external link names.
    order : int
        Its place in the order of creation, if the group keeps that.
    """

    name: bytes
    kind: LinkKind
    address: int = UNDEFINED
    target: bytes = b""
    order: int = 0


def read_links(file: FileBytes, messages: list[Message]) -> Iterator[Link]:
    """Yield the links of a group: in the order of creation if it keeps that, otherwise by name.

    Raises
    ------
    DamagedError
        If they are damaged.
    """
    for message in messages:
        if message.kind == SYMBOL_TABLE:
            yield from _read_symbols(file, message.body)
            return
    found = [
        parse_link(file, message.body)
        for message in messages
        if message.kind == LINK and not message.is_shared
    ]
    tracks_order = False
    for message in messages:
        if message.kind == LINK_INFO:
            tracks_order, more = _read_dense(file, message.body)
            found += more
    yield from sorted(found, key=lambda link: link.order if tracks_order else link.name)


def parse_link(file: FileBytes, body: bytes) -> Link:
    """Parse a link message."""
    cursor = Cursor(body, file.offset_size, file.length_size)
    version, flags = cursor.number(1), cursor.number(1)
    if version != 1:
        raise DamagedError("unknown version of a link")
    kind = cursor.number(1) if flags & 8 else LinkKind.HARD.value
    order = cursor.number(8) if flags & 4 else 0
    cursor.skip(1 if flags & 16 else 0)
    name = cursor.take(cursor.number(1 << (flags & 3)))
    if kind == LinkKind.HARD.value:
        return Link(name, LinkKind.HARD, cursor.address(), order=order)
    value = cursor.take(cursor.number(2))
    if kind == LinkKind.SOFT.value:
        return Link(name, LinkKind.SOFT, target=value, order=order)
    if kind == LinkKind.EXTERNAL.value:
        return Link(name, LinkKind.EXTERNAL, target=value[1:].split(b"\0", 1)[0], order=order)
    return Link(name, LinkKind.UNKNOWN, order=order)


def _read_dense(file: FileBytes, body: bytes) -> tuple[bool, list[Link]]:
    """Whether the group keeps the order of creation, and the links in its heap."""
    cursor = Cursor(body, file.offset_size, file.length_size)
    version, flags = cursor.number(1), cursor.number(1)
    if version != 0:
        raise DamagedError("unknown version of the description of links")
    cursor.skip(8 if flags & _TRACKS_ORDER else 0)
    heap_address, index_address = cursor.address(), cursor.address()
    links: list[Link] = []
    if heap_address != UNDEFINED:
        heap = FractalHeap(file, heap_address)
        records = btree2.read_records(file, index_address, btree2.LINKS_BY_NAME)
        links = [parse_link(file, heap.get(record[_HASH_BYTES:])) for record in records]
    return bool(flags & _TRACKS_ORDER), links


def _read_symbols(file: FileBytes, body: bytes) -> Iterator[Link]:
    cursor = Cursor(body, file.offset_size, file.length_size)
    tree, names = cursor.address(), _LocalHeap(file, cursor.address())
    visited: set[int] = set()
    for leaf in btree1.read_leaves(file, tree, btree1.GROUP_NODES, file.length_size):
        for child in leaf["child"].tolist():
            address = as_address(child, file.offset_size)
            if address in visited:
                raise DamagedError("a symbol table leads in a circle")
            visited.add(address)
            yield from _read_symbol_node(file, address, names)


def _read_symbol_node(file: FileBytes, address: int, names: _LocalHeap) -> Iterator[Link]:
    head = file.signed_cursor(address, 8, b"SNOD", 1)
    head.skip(1)
    count = head.number(2)
    cursor = file.cursor(address + 8, count * (2 * file.offset_size + 24))
    for _ in range(count):
        name, target = names.get(cursor.number(file.offset_size)), cursor.address()
        cached = cursor.number(4)
        cursor.skip(4)
        scratch = Cursor(cursor.take(16))
        if cached == _SOFT_SYMBOL:
            yield Link(name, LinkKind.SOFT, target=names.get(scratch.number(4)))
        else:
            yield Link(name, LinkKind.HARD, target)


class _LocalHeap:
    """Gives the names that the symbols of a group refer to."""

    def __init__(self, file: FileBytes, address: int) -> None:
        self._file = file
        size = 8 + 2 * file.length_size + file.offset_size
        cursor = file.signed_cursor(address, size, b"HEAP", 0)
        cursor.skip(3)
        length = cursor.length()
        cursor.skip(file.length_size)
        self._content = file.read(cursor.address(), length)

    def get(self, offset: int) -> bytes:
        end = self._content.find(b"\0", offset)
        if end < 0:
            raise DamagedError("a name is not in its heap")
        self._file.charge(end - offset)
        return self._content[offset:end]
