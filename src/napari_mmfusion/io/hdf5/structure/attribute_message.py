"""Attributes of an object: in messages, or in a heap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from napari_mmfusion.io.hdf5.structure import btree2
from napari_mmfusion.io.hdf5.structure.file_bytes import (
    UNDEFINED,
    Cursor,
    DamagedError,
    FileBytes,
    padded,
)
from napari_mmfusion.io.hdf5.structure.fractal_heap import FractalHeap
from napari_mmfusion.io.hdf5.structure.messages import Dataspace, parse_dataspace
from napari_mmfusion.io.hdf5.structure.object_header import ATTRIBUTE, ATTRIBUTE_INFO, Message

_HEAP_ID_BYTES: Final = 8
_SHARED: Final = 2


@dataclass(frozen=True)
class Attribute:
    """An attribute as it is stored.

    Attributes
    ----------
    name : bytes
    datatype : bytes
        Message that describes the type.
    has_shared_type : bool
        Whether `datatype` only names a named type.
    space : Dataspace
    content : bytes
        The stored values.
    """

    name: bytes
    datatype: bytes
    has_shared_type: bool
    space: Dataspace
    content: bytes


def read_attributes(file: FileBytes, messages: list[Message]) -> Iterator[Attribute]:
    """Yield the attributes of an object.

    Raises
    ------
    DamagedError
        If they are damaged.
    """
    for message in messages:
        if message.kind == ATTRIBUTE and not message.is_shared:
            yield _parse_attribute(file, message.body)
    for message in messages:
        if message.kind == ATTRIBUTE_INFO:
            yield from _read_dense(file, message.body)


def _read_dense(file: FileBytes, body: bytes) -> Iterator[Attribute]:
    cursor = Cursor(body, file.offset_size, file.length_size)
    version, flags = cursor.number(1), cursor.number(1)
    if version != 0:
        raise DamagedError("unknown version of the description of attributes")
    cursor.skip(2 if flags & 1 else 0)
    heap_address, index_address = cursor.address(), cursor.address()
    if heap_address == UNDEFINED:
        return
    heap = FractalHeap(file, heap_address)
    for record in btree2.read_records(file, index_address, btree2.ATTRIBUTES_BY_NAME):
        if len(record) > _HEAP_ID_BYTES and not record[_HEAP_ID_BYTES] & _SHARED:
            yield _parse_attribute(file, heap.get(record[:_HEAP_ID_BYTES]))


def _parse_attribute(file: FileBytes, body: bytes) -> Attribute:
    cursor = Cursor(body)
    version, flags = cursor.number(1), cursor.number(1)
    if version not in (1, 2, 3):
        raise DamagedError("unknown version of an attribute")
    name_size, type_size, space_size = cursor.numbers(2, 3)
    cursor.skip(1 if version == 3 else 0)

    def take(size: int) -> bytes:
        piece = cursor.take(padded(size) if version == 1 else size)
        return piece[:size]

    name, datatype, space = take(name_size), take(type_size), take(space_size)
    if version > 1 and flags & 2:
        raise DamagedError("the shape of an attribute is kept elsewhere")
    return Attribute(
        name.split(b"\0", 1)[0],
        datatype,
        version > 1 and bool(flags & 1),
        parse_dataspace(file, space),
        cursor.take(cursor.left),
    )
