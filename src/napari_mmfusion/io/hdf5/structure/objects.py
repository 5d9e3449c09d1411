"""The objects of a file, each parsed once: groups with their links, and data sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from napari_mmfusion.io.hdf5.structure import object_header as header
from napari_mmfusion.io.hdf5.structure.attribute_message import Attribute, read_attributes
from napari_mmfusion.io.hdf5.structure.datatype import Datatype, parse_datatype
from napari_mmfusion.io.hdf5.structure.file_bytes import DamagedError, FileBytes
from napari_mmfusion.io.hdf5.structure.global_heap import GlobalHeaps
from napari_mmfusion.io.hdf5.structure.layout import Layout, parse_layout
from napari_mmfusion.io.hdf5.structure.links import Link, read_links
from napari_mmfusion.io.hdf5.structure.messages import (
    Dataspace,
    Filter,
    parse_dataspace,
    parse_fill_value,
    parse_filters,
)
from napari_mmfusion.io.hdf5.structure.superblock import read_superblock

_MOST_LINKS: Final = 2**17
_MOST_ATTRIBUTES: Final = 2**16


class StoredObject:
    """Any object of a file.

    Attributes
    ----------
    address : int
        Where its header is; no two objects share it.
    """

    def __init__(self, structure: Structure, address: int, messages: list[header.Message]) -> None:
        self.structure = structure
        self.address = address
        self._messages = messages

    @cached_property
    def attributes(self) -> Mapping[bytes, Attribute]:
        """The attributes by name."""
        return self.structure.take_attributes(self._messages)

    def stated_type(self) -> tuple[bytes, bool]:
        """Message on the type, and whether it only names another object."""
        for message in self._messages:
            if message.kind == header.DATATYPE:
                return message.body, message.is_shared
        raise DamagedError("the description of the data set is not complete")

    def _bodies(self, kind: int) -> Iterator[bytes]:
        for message in self._messages:
            if message.kind == kind:
                if message.is_shared:
                    raise DamagedError(
                        "it is kept in a table of shared messages, which is not read"
                    )
                yield message.body

    def _body(self, kind: int) -> bytes:
        for body in self._bodies(kind):
            return body
        raise DamagedError("the description of the data set is not complete")


class Group(StoredObject):
    """A group."""

    @cached_property
    def links(self) -> Mapping[bytes, Link]:
        """The links by name, in the order of the file."""
        return self.structure.take_links(self._messages)


class Dataset(StoredObject):
    """A data set, of which no value is read."""

    @cached_property
    def datatype(self) -> Datatype:
        """Type of its values."""
        return self.structure.datatype(*self.stated_type())

    @cached_property
    def space(self) -> Dataspace:
        """Its shape."""
        return parse_dataspace(self.structure.file, self._body(header.DATASPACE))

    @cached_property
    def layout(self) -> Layout:
        """Where its values are."""
        return parse_layout(self.structure.file, self._body(header.LAYOUT))

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """The filters that its chunks passed, in this order."""
        return next(map(parse_filters, self._bodies(header.FILTERS)), ())

    @cached_property
    def fill_value(self) -> bytes:
        """Value of what was never written, as it is stored; empty for zero."""
        for kind in (header.FILL_VALUE, header.OLD_FILL_VALUE):
            for body in self._bodies(kind):
                return parse_fill_value(kind, body)
        return b""

    @property
    def is_in_other_files(self) -> bool:
        """Whether its values are in other files, which are never opened."""
        return any(True for _ in self._bodies(header.EXTERNAL_FILES))


class Structure:
    """The structure of one open file.

    Parameters
    ----------
    descriptor : int
        Descriptor of the file.

    Raises
    ------
    DamagedError
        If it is no HDF5 file, or too damaged to start with.
    """

    def __init__(self, descriptor: int) -> None:
        self.file = FileBytes(descriptor)
        self._objects: dict[int, StoredObject] = {}
        self._heaps = GlobalHeaps(self.file)
        self._links = self._attributes = 0
        root = self.open(read_superblock(self.file))
        if not isinstance(root, Group):
            raise DamagedError("it has no root group")
        self.root = root

    def open(self, address: int) -> StoredObject:
        """Return the object whose header is at an address.

        Raises
        ------
        DamagedError
            If there is none.
        """
        if address not in self._objects:
            messages = header.read_object_header(self.file, address)
            kinds = {message.kind for message in messages}
            kind: type[StoredObject] = StoredObject
            if kinds & {header.SYMBOL_TABLE, header.LINK_INFO}:
                kind = Group
            elif {header.DATATYPE, header.DATASPACE} <= kinds:
                kind = Dataset
            elif header.DATATYPE not in kinds:
                raise DamagedError("it is no group, data set or type")
            self._objects[address] = kind(self, address, messages)
        return self._objects[address]

    def datatype(self, body: bytes, is_shared: bool) -> Datatype:
        """Parse a datatype message, or the one of the named type that it stands for."""
        if is_shared:
            named = self.open(header.committed_address(self.file, body))
            body, is_shared = named.stated_type()
        if is_shared:
            raise DamagedError("a named type leads to another one")
        return parse_datatype(body)

    def text(self, address: int, index: int) -> bytes:
        """Return a text of variable length."""
        return self._heaps.get(address, index)

    def take_links(self, messages: list[header.Message]) -> Mapping[bytes, Link]:
        """Parse links, within the most that are kept of a file."""
        links = {}
        for link in read_links(self.file, messages):
            self._links += 1
            if self._links > _MOST_LINKS:
                raise DamagedError(f"more than {_MOST_LINKS} links")
            links[link.name] = link
        return links

    def take_attributes(self, messages: list[header.Message]) -> Mapping[bytes, Attribute]:
        """Parse attributes, within the most that are kept of a file."""
        attributes: dict[bytes, Attribute] = {}
        found: Iterable[Attribute] = read_attributes(self.file, messages)
        for attribute in found:
            self._attributes += 1
            if self._attributes > _MOST_ATTRIBUTES:
                raise DamagedError(f"more than {_MOST_ATTRIBUTES} attributes")
            attributes[attribute.name] = attribute
        return attributes
