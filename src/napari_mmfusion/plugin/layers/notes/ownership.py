"""Which dock writes a fused layer, where a viewer has several."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from napari.layers import Image

_owners: Final[weakref.WeakKeyDictionary[Any, weakref.ref[object]]] = weakref.WeakKeyDictionary()


def claim(layer: Image, owner: object) -> None:
    """Make `owner` the only one that writes a layer, for as long as it lives."""
    _owners[layer] = weakref.ref(owner)


def is_free(layer: Image, owner: object) -> bool:
    """Whether `owner` may write a layer: its own, or one that nobody writes."""
    reference = _owners.get(layer)
    other = None if reference is None else reference()
    return other is None or other is owner


def release(owner: object) -> None:
    """Give up all layers of an owner."""
    for layer in [layer for layer, reference in _owners.items() if reference() is owner]:
        del _owners[layer]
