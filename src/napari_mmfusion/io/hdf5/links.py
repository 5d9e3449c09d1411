"""Follows the links of an HDF5 file one by one, and never to another file.

HDF5 itself follows external links in a path and so reads other files. Here every part of a path is
checked before it is opened.
"""

from __future__ import annotations

from typing import Any, Final

import h5py

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.naming import printable, quoted

# Soft links may lead to other soft links, even in a circle.
_MOST_STEPS: Final = 64


def text_of(name: bytes) -> str:
    """A name in HDF5 as text; bytes that are not UTF-8 become surrogates."""
    return name.decode("utf-8", "surrogateescape")


def bytes_of(name: str) -> bytes:
    """Inverse of `text_of`."""
    return name.encode("utf-8", "surrogateescape")


def open_inside(root: Any, group: Any, path: bytes) -> Any:
    """Open the object at `path` from `group`, through hard and soft links of this file only.

    Parameters
    ----------
    root, group : h5py.h5g.GroupID
        Top of the file, where absolute paths start, and group where relative paths start.
    path : bytes
        Names separated by slashes.

    Returns
    -------
    h5py.h5g.GroupID, h5py.h5d.DatasetID or h5py.h5t.TypeID

    Raises
    ------
    MMFusionReadError
        If the path leaves the file, leads nowhere or is circular; the caller adds what to do.
    """
    here = root if path.startswith(b"/") else group
    pending = _parts(path)
    for _ in range(_MOST_STEPS):
        if not pending:
            return here
        part = pending.pop(0)
        if not isinstance(here, h5py.h5g.GroupID):
            raise MMFusionReadError(f"leads through {quoted(text_of(part))}, which is in no group")
        try:
            kind = here.links.get_info(part).type
        except (KeyError, RuntimeError, OSError):
            raise MMFusionReadError(
                f"leads to {quoted(text_of(part))}, which is not in the file"
            ) from None
        if kind == h5py.h5l.TYPE_HARD:
            here = h5py.h5o.open(here, part)
        elif kind == h5py.h5l.TYPE_SOFT:
            target = here.links.get_val(part)
            here = root if target.startswith(b"/") else here
            pending[:0] = _parts(target)
        elif kind == h5py.h5l.TYPE_EXTERNAL:
            other = text_of(here.links.get_val(part)[0])
            raise MMFusionReadError(
                f"leads to another file ({printable(other, 40)}), which is not read"
            )
        else:
            raise MMFusionReadError("is a link of an unknown kind")
    raise MMFusionReadError(f"leads through more than {_MOST_STEPS} links")


def _parts(path: bytes) -> list[bytes]:
    return [part for part in path.split(b"/") if part not in (b"", b".")]
