"""Version 1 B-trees, which find the symbols of a group or the chunks of a data set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.io.hdf5.structure.file_bytes import (
    UNDEFINED,
    DamagedError,
    FileBytes,
    as_address,
)

GROUP_NODES: Final = 0
CHUNK_NODES: Final = 1


def read_leaves(
    file: FileBytes, address: int, kind: int, key_size: int
) -> Iterator[NDArray[np.void]]:
    """Yield the entries of all leaves, in order: their `key` as bytes, and the `child`.

    Parameters
    ----------
    file : FileBytes
    address : int
        Of the root; `UNDEFINED` for an empty tree.
    kind : int
        `GROUP_NODES` or `CHUNK_NODES`.
    key_size : int
        Bytes of a key.

    Raises
    ------
    DamagedError
        If a node is damaged or is reached twice, so that the tree is none.
    """
    entry = np.dtype([("key", f"V{key_size}"), ("child", f"<u{file.offset_size}")])
    visited: set[int] = set()
    pending: list[tuple[int, int | None]] = [] if address == UNDEFINED else [(address, None)]
    while pending:
        place, level = pending.pop()
        if place in visited:
            raise DamagedError("a B-tree leads in a circle")
        visited.add(place)
        found, entries = _read_node(file, place, kind, entry)
        if level is not None and found != level:
            raise DamagedError("a B-tree has branches of different depth")
        if found == 0:
            yield entries
        else:
            children = [as_address(each, file.offset_size) for each in entries["child"].tolist()]
            pending += [(child, found - 1) for child in reversed(children)]


def _read_node(
    file: FileBytes, address: int, kind: int, entry: np.dtype[Any]
) -> tuple[int, NDArray[np.void]]:
    """Level and entries of a node."""
    head = 8 + 2 * file.offset_size
    cursor = file.cursor(address, head)
    if cursor.take(4) != b"TREE" or cursor.number(1) != kind:
        raise DamagedError("expected a node of a B-tree and found something else")
    level, count = cursor.number(1), cursor.number(2)
    return level, np.frombuffer(file.read(address + head, count * entry.itemsize), entry)
