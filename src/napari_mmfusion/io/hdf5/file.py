"""HDF5 files (.h5, .hdf5): one data set for each image, at the top or in a group."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import h5py

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io import layout
from napari_mmfusion.io.calibration import PIXEL_SIZE, UNIT, Calibration, check_calibration
from napari_mmfusion.io.hdf5.attributes import AttributeReader
from napari_mmfusion.io.hdf5.dataset import describe
from napari_mmfusion.io.hdf5.links import bytes_of, open_inside, text_of
from napari_mmfusion.io.items import Item, OpenFile, unreadable
from napari_mmfusion.io.naming import listed, printable, quoted

_MOST_LINKS: Final = 4096
_MOST_DEPTH: Final = 16
_NARROW = "choose the group that holds the images with group=..."


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
    with _open(path) as file:
        descriptor = file.id.get_vfd_handle()
        root = h5py.h5g.open(file.id, b"/")
        attributes = AttributeReader(descriptor)
        elements = _recorded_elements(root, attributes)
        start = (group or "").strip("/")
        items = list(_Walk(root, elements).items(_group(root, start), start, 0))
        if elements:
            order = list(elements)
            items.sort(key=lambda item: order.index(item.name) if item.name in elements else -1)
        yield OpenFile(
            path=path,
            group=group,
            descriptor=descriptor,
            items=tuple(items),
            elements=elements,
            calibration=lambda where: _calibration(root, attributes, where),
            attribute=lambda name: attributes.read(root, name),
            numbers=lambda name: attributes.read_numbers(root, name),
        )


@contextmanager
def _open(path: Path) -> Iterator[h5py.File]:
    try:
        # The environment could set another driver as the default; this one has a file descriptor.
        file = h5py.File(path, "r", driver="sec2", locking="best-effort")
    except BlockingIOError as error:
        raise MMFusionReadError(
            "is being written by another program; close the file there"
        ) from error
    except PermissionError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError) as error:
        raise MMFusionReadError(
            f"is not a sound HDF5 file ({printable(str(error))}); write it again"
        ) from error
    with file:
        yield file


def _group(root: Any, path: str) -> Any:
    try:
        found = open_inside(root, root, bytes_of(path))
    except MMFusionReadError as error:
        raise MMFusionReadError(f"group {quoted(path)}: {error}; {_advice(root)}") from error
    if not isinstance(found, h5py.h5g.GroupID):
        raise MMFusionReadError(f"{quoted(path)} is not a group; {_advice(root)}")
    return found


def _advice(root: Any) -> str:
    count = root.get_num_objs()
    names = listed(map(text_of, root)) if count <= _MOST_LINKS else f"{count} items"
    return f"the file holds {names}; give group=... the name of a group"


class _Walk:
    """Walks through the groups of a file once, even if links form a circle."""

    def __init__(self, root: Any, elements: dict[str, str]) -> None:
        self._root = root
        self._elements = elements
        self._links_left = _MOST_LINKS
        self._visited: set[int] = set()

    def items(self, group: Any, path: str, depth: int) -> Iterator[Item]:
        """The data sets in `group`, then those of the groups inside it."""
        if depth > _MOST_DEPTH:
            raise MMFusionReadError(f"has groups more than {_MOST_DEPTH} deep; {_NARROW}")
        address = h5py.h5o.get_info(group).addr
        if address in self._visited:
            return
        self._visited.add(address)
        self._links_left -= group.get_num_objs()
        if self._links_left < 0:
            raise MMFusionReadError(f"holds more than {_MOST_LINKS} items; {_NARROW}")
        groups: list[tuple[Any, str]] = []
        for raw in group:
            name = text_of(raw)
            item = self._visit(group, path, raw, name)
            if isinstance(item, Item):
                yield item
            elif item is not None:
                groups.append((item, f"{path}/{name}" if path else name))
        for inner, inner_path in groups:
            yield from self.items(inner, inner_path, depth + 1)

    def _visit(self, group: Any, path: str, raw: bytes, name: str) -> Any:
        """The Item or the group that `raw` names; None for anything else."""
        try:
            found = open_inside(self._root, group, raw)
        except MMFusionReadError as error:
            problem = f"{error}; copy the data itself into this group"
            return Item(name, None, "?", 0, unreadable, path, problem)
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            problem = f"cannot be opened ({printable(str(error))}); write the file again"
            return Item(name, None, "?", 0, unreadable, path, problem)
        if isinstance(found, h5py.h5d.DatasetID):
            element = self._elements.get(name) if not path else None
            return describe(name, path, found, element)
        is_own = group.links.get_info(raw).type == h5py.h5l.TYPE_HARD
        return found if isinstance(found, h5py.h5g.GroupID) and is_own else None


def _recorded_elements(root: Any, attributes: AttributeReader) -> dict[str, str]:
    """Element of each measured data set, in order, if the file is a result of `save`."""
    try:
        creator = attributes.read(root, layout.CREATOR)
    except MMFusionReadError:
        return {}
    if creator != layout.PROGRAM:
        return {}
    try:
        elements, names = (
            [str(each) for each in json.loads(str(attributes.read(root, name)))]
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


def _calibration(root: Any, attributes: AttributeReader, group: str) -> Calibration:
    places = (open_inside(root, root, bytes_of(group)), root)
    for place in places:
        stated = [attributes.read(place, name) for name in (PIXEL_SIZE, UNIT)]
        if any(value is not None for value in stated):
            return check_calibration(*stated)
    return check_calibration(None, None)
