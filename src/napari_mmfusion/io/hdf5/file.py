"""HDF5 files (.h5, .hdf5): one data set for each image, at the top or in a group."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.wording import Argument, Text
from napari_mmfusion.io import layout
from napari_mmfusion.io.hdf5.attributes import read_attribute, read_numbers
from napari_mmfusion.io.hdf5.dataset import describe
from napari_mmfusion.io.hdf5.links import LinkFollower, bytes_of, text_of
from napari_mmfusion.io.hdf5.pixel_size import find_calibration
from napari_mmfusion.io.hdf5.structure.file_bytes import DamagedError
from napari_mmfusion.io.hdf5.structure.links import LinkKind
from napari_mmfusion.io.hdf5.structure.objects import Dataset, Group, Structure
from napari_mmfusion.io.hdf5.structure.superblock import LeftOpenError
from napari_mmfusion.io.items import Item, OpenFile, unreadable
from napari_mmfusion.io.naming import listed, printable, quoted

if sys.platform != "win32":
    import fcntl

_MOST_LINKS: Final = 4096
_MOST_DEPTH: Final = 16
# Values with which users of HDF5 switch its locks off.
_NO_LOCKS: Final = ("FALSE", "0")
_NARROW: Final = Text(
    "choose the group that holds the images with {}", Argument("group", value="...")
)


@contextmanager
def open_hdf5(path: Path, group: str | None) -> Iterator[OpenFile]:
    """Open an HDF5 file and describe its data sets without reading their values.

    Parameters
    ----------
    path : Path
    group : str or None
        Group to describe, with the groups inside it; None for the whole file.

    Raises
    ------
    MMFusionReadError
        If it is not an HDF5 file, has too many links, or lacks the group.
    """
    with io.FileIO(path) as file:
        _require_unlocked(file.fileno())
        structure = _read_structure(file.fileno())
        root, follower = structure.root, LinkFollower(structure.root)
        elements = _recorded_elements(root)
        start = (group or "").strip("/")
        walk = _Walk(follower, elements)
        items = list(walk.items(_group(root, follower, start), start, 0))
        if elements:
            order = {name: place for place, name in enumerate(elements)}
            items.sort(key=lambda item: order.get(item.name, -1))
        yield OpenFile(
            path=path,
            group=group,
            descriptor=file.fileno(),
            items=tuple(items),
            elements=elements,
            calibration=lambda item: find_calibration(root, follower, item, tuple(items)),
            attribute=lambda name: read_attribute(root, name),
            numbers=lambda name: read_numbers(root, name),
        )


def _read_structure(descriptor: int) -> Structure:
    try:
        return Structure(descriptor)
    except LeftOpenError as error:
        raise MMFusionReadError(
            "is being written by another program, or was when that ended; close the file there, or"
            " save it again"
        ) from error
    except DamagedError as error:
        raise MMFusionReadError(
            f"is not a sound HDF5 file ({printable(str(error))}); write it again"
        ) from error


def _require_unlocked(descriptor: int) -> None:
    """Refuse a file that HDF5 has locked for writing, and keep HDF5 from writing it meanwhile."""
    if sys.platform == "win32" or os.environ.get("HDF5_USE_FILE_LOCKING", "").upper() in _NO_LOCKS:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise MMFusionReadError(
            "is being written by another program; close the file there"
        ) from error
    except OSError:
        pass  # no locks on this disk


def _group(root: Group, follower: LinkFollower, path: str) -> Group:
    try:
        found = follower.open(root, bytes_of(path))
    except MMFusionReadError as error:
        raise MMFusionReadError(
            Text("group {}: {}; {}", quoted(path), error, _advice(root))
        ) from error
    except DamagedError as error:
        raise MMFusionReadError(f"group {quoted(path)}: {_damage(error)}") from error
    if not isinstance(found, Group):
        raise MMFusionReadError(Text("{} is not a group; {}", quoted(path), _advice(root)))
    return found


def _advice(root: Group) -> Text:
    count = len(root.links)
    names = listed(map(text_of, root.links)) if count <= _MOST_LINKS else f"{count} items"
    return Text(
        "the file holds {}; give {} the name of a group", names, Argument("group", value="...")
    )


def _damage(error: DamagedError) -> str:
    return f"cannot be opened ({printable(str(error))}); write the file again"


class _Walk:
    """Walks through the groups of a file once, even if links form a circle."""

    def __init__(self, follower: LinkFollower, elements: dict[str, str]) -> None:
        self._follower = follower
        self._elements = elements
        self._links_left = _MOST_LINKS
        self._visited: set[int] = set()

    def items(self, group: Group, path: str, depth: int) -> Iterator[Item]:
        """The data sets in `group`, then those of the groups inside it."""
        if depth > _MOST_DEPTH:
            raise MMFusionReadError(Text("has groups more than {} deep; {}", _MOST_DEPTH, _NARROW))
        if group.address in self._visited:
            return
        self._visited.add(group.address)
        try:
            links = group.links
        except DamagedError as error:
            if not depth:
                raise MMFusionReadError(_damage(error)) from error
            name, _, inside = path.rpartition("/")[::-1]
            yield Item(name or "/", None, "?", 0, unreadable, inside, _damage(error))
            return
        self._links_left -= len(links)
        if self._links_left < 0:
            raise MMFusionReadError(Text("holds more than {} items; {}", _MOST_LINKS, _NARROW))
        groups: list[tuple[Group, str]] = []
        for raw, link in links.items():
            name = text_of(raw)
            found = self._visit(group, path, raw, name)
            if isinstance(found, Item):
                yield found
            elif found is not None and link.kind is LinkKind.HARD:
                groups.append((found, f"{path}/{name}" if path else name))
        for inner, inner_path in groups:
            yield from self.items(inner, inner_path, depth + 1)

    def _visit(self, group: Group, path: str, raw: bytes, name: str) -> Item | Group | None:
        """The Item or the group that `raw` names; None for anything else."""
        try:
            found = self._follower.open(group, raw)
        except MMFusionReadError as error:
            problem = Text("{}; copy the data itself into this group", error)
            return Item(name, None, "?", 0, unreadable, path, problem)
        except DamagedError as error:
            return Item(name, None, "?", 0, unreadable, path, _damage(error))
        if isinstance(found, Dataset):
            element = self._elements.get(name) if not path else None
            item = describe(name, path, found, element)
            return replace(item, computed=bool(self._elements) and not path and _is_computed(name))
        return found if isinstance(found, Group) else None


def _is_computed(name: str) -> bool:
    return name.startswith((layout.FUSED, layout.TRUE, layout.NORMALISED))


def _recorded_elements(root: Group) -> dict[str, str]:
    """Element of each measured data set, in order, if the file is a result of `save`."""
    try:
        creator = read_attribute(root, layout.CREATOR)
    except MMFusionReadError:
        return {}
    if creator != layout.PROGRAM:
        return {}
    try:
        elements, names = (
            [str(each) for each in json.loads(str(read_attribute(root, name)))]
            for name in (layout.ELEMENTS, layout.NAMES)
        )
        if len(set(elements)) < len(elements) or len(set(names)) < len(names):
            raise ValueError
        return {layout.RAW + name: element for name, element in zip(names, elements, strict=True)}
    except (ValueError, TypeError, RecursionError):
        raise MMFusionReadError(
            f"attributes '{layout.ELEMENTS}' and '{layout.NAMES}': expected two JSON lists of one"
            " length without repeats; the file is damaged, save the result again"
        ) from None
