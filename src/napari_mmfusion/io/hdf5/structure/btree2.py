"""Version 2 B-trees, which find links, attributes, large objects and chunks in newer files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from napari_mmfusion.io.hdf5.structure.checksum import CHECKSUM_BYTES, require_checksum
from napari_mmfusion.io.hdf5.structure.file_bytes import (
    UNDEFINED,
    Cursor,
    DamagedError,
    FileBytes,
    encoded_size,
)

LARGE_OBJECTS: Final = 1
LINKS_BY_NAME: Final = 5
ATTRIBUTES_BY_NAME: Final = 8
CHUNKS: Final = 10
FILTERED_CHUNKS: Final = 11

_PREFIX_BYTES: Final = 10
_DEEPEST: Final = 32


class _Level(NamedTuple):
    """How many records a node of a level may hold, and its branches with it."""

    most: int
    most_below: int


class _Tree(NamedTuple):
    file: FileBytes
    kind: int
    node_size: int
    record_size: int
    levels: list[_Level]


def read_records(file: FileBytes, address: int, kind: int) -> Iterator[bytes]:
    """Yield all records of a tree, in order.

    Parameters
    ----------
    file : FileBytes
    address : int
        Of the header; `UNDEFINED` for an empty tree.
    kind : int
        Type of the records.

    Raises
    ------
    DamagedError
        If a node is damaged or is reached twice, so that the tree is none.
    """
    if address == UNDEFINED:
        return
    size = 22 + file.offset_size + file.length_size
    cursor = file.signed_cursor(address, size, b"BTHD", 0)
    require_checksum(cursor.content)
    if cursor.number(1) != kind:
        raise DamagedError("a B-tree holds other records than expected")
    node_size, record_size, depth = cursor.number(4), cursor.number(2), cursor.number(2)
    cursor.skip(2)
    root, count = cursor.address(), cursor.number(2)
    if root == UNDEFINED or count == 0:
        return
    if depth > _DEEPEST or record_size == 0 or node_size > file.size:
        raise DamagedError("a B-tree states impossible sizes")
    levels = _levels(file.offset_size, node_size, record_size, depth)
    yield from _read_nodes(_Tree(file, kind, node_size, record_size, levels), root, count)


def _levels(offset_size: int, node_size: int, record_size: int, depth: int) -> list[_Level]:
    most = (node_size - _PREFIX_BYTES) // record_size
    levels = [_Level(most, most)]
    for level in range(1, depth + 1):
        pointer = (
            offset_size + encoded_size(most) + (level > 1) * encoded_size(levels[-1].most_below)
        )
        here = (node_size - _PREFIX_BYTES - pointer) // (record_size + pointer)
        levels.append(_Level(here, (here + 1) * levels[-1].most_below + here))
    if min(level.most for level in levels) < 1:
        raise DamagedError("a B-tree states impossible sizes")
    return levels


def _read_nodes(tree: _Tree, root: int, count: int) -> Iterator[bytes]:
    visited: set[int] = set()
    # What is still to come, last first: records, or a node with its count and level.
    pending: list[bytes | tuple[int, int, int]] = [(root, count, len(tree.levels) - 1)]
    while pending:
        part = pending.pop()
        if isinstance(part, bytes):
            yield part
            continue
        address, count, level = part
        if address in visited:
            raise DamagedError("a B-tree leads in a circle")
        visited.add(address)
        records, children = _read_node(tree, address, count, level)
        if not children:
            yield from records
            continue
        pending.append(children.pop())
        for record, child in zip(reversed(records), reversed(children), strict=True):
            pending += [record, child]


def _read_node(
    tree: _Tree, address: int, count: int, level: int
) -> tuple[list[bytes], list[tuple[int, int, int]]]:
    """Records of a node, and its branches: address, number of records, level."""
    if count > tree.levels[level].most:
        raise DamagedError("a node of a B-tree states too many records")
    offset_size = tree.file.offset_size
    count_size = encoded_size(tree.levels[0].most)
    total_size = encoded_size(tree.levels[level - 1].most_below) if level > 1 else 0
    pointer = offset_size + count_size + total_size if level else 0
    size = 6 + count * tree.record_size + (count + 1) * pointer + CHECKSUM_BYTES
    cursor = tree.file.signed_cursor(address, size, b"BTIN" if level else b"BTLF", 0)
    require_checksum(cursor.content)
    if cursor.number(1) != tree.kind:
        raise DamagedError("a node of a B-tree holds other records than expected")
    records = [cursor.take(tree.record_size) for _ in range(count)]
    children = []
    for _ in range(count + 1 if level else 0):
        child = _take_pointer(cursor, count_size, level)
        cursor.skip(total_size)
        children.append(child)
    return records, children


def _take_pointer(cursor: Cursor, count_size: int, level: int) -> tuple[int, int, int]:
    return cursor.address(), cursor.number(count_size), level - 1
