"""Follows the links of an HDF5 file one by one, and never to another file."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.hdf5.structure.links import Link, LinkKind
from napari_mmfusion.io.hdf5.structure.objects import Group, StoredObject
from napari_mmfusion.io.naming import printable, quoted

# Soft links may lead to other soft links, even in a circle.
_MOST_STEPS: Final = 64
_LONGEST_TARGET: Final = 4096


def text_of(name: bytes) -> str:
    """A name in HDF5 as text; bytes that are not UTF-8 become surrogates."""
    return name.decode("utf-8", "surrogateescape")


def bytes_of(name: str) -> bytes:
    """Inverse of `text_of`."""
    return name.encode("utf-8", "surrogateescape")


class LinkFollower:
    """Opens objects by path, through hard and soft links of one file only.

    Parameters
    ----------
    root : Group
        Top of the file, where absolute paths start.
    """

    def __init__(self, root: Group) -> None:
        self._root = root
        self._parts: dict[bytes, tuple[bytes, ...]] = {}

    def open(self, group: Group, path: bytes) -> StoredObject:
        """Open the object at `path` from `group`.

        Parameters
        ----------
        group : Group
            Where relative paths start.
        path : bytes
            Names separated by slashes.

        Raises
        ------
        MMFusionReadError
            If the path leaves the file, leads nowhere or is circular; the caller adds what to do.
        DamagedError
            If the file is damaged there.
        """
        here: StoredObject = self._root if path.startswith(b"/") else group
        # The part that comes next is the last one.
        pending = [*reversed(self._split(path))]
        for _ in range(_MOST_STEPS):
            if not pending:
                return here
            # A path with more parts than steps would be copied from link to link for nothing.
            if len(pending) > _MOST_STEPS:
                break
            part = pending.pop()
            link = _link(here, part)
            if link.kind is LinkKind.HARD:
                here = here.structure.open(link.address)
            elif link.kind is LinkKind.SOFT:
                here = self._root if link.target.startswith(b"/") else here
                pending += reversed(self._split(link.target))
            elif link.kind is LinkKind.EXTERNAL:
                other = printable(text_of(link.target), 40)
                raise MMFusionReadError(f"leads to another file ({other}), which is not read")
            else:
                raise MMFusionReadError("is a link of an unknown kind")
        if not pending:
            return here
        raise MMFusionReadError(f"leads through more than {_MOST_STEPS} links")

    def _split(self, path: bytes) -> tuple[bytes, ...]:
        """The parts of a path; each path is split once, however many links lead through it."""
        if path not in self._parts:
            if len(path) > _LONGEST_TARGET:
                raise MMFusionReadError(f"leads through more than {_MOST_STEPS} links")
            self._parts[path] = tuple(part for part in path.split(b"/") if part not in (b"", b"."))
        return self._parts[path]


def _link(here: StoredObject, name: bytes) -> Link:
    if not isinstance(here, Group):
        raise MMFusionReadError(f"leads through {quoted(text_of(name))}, which is in no group")
    link = here.links.get(name)
    if link is None:
        raise MMFusionReadError(f"leads to {quoted(text_of(name))}, which is not in the file")
    return link
