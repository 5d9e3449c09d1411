"""Layers to find again, without keeping them alive."""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Layer

K = TypeVar("K", bound=Hashable)
L = TypeVar("L", bound="Layer")


def find_layer(viewer: ViewerModel | None, reference: weakref.ref[L] | None) -> L | None:
    """The layer referred to, if it is still in the viewer."""
    layer = None if reference is None else reference()
    return layer if layer is not None and viewer is not None and layer in viewer.layers else None


class HeldLayers(Generic[K]):
    """Image layers of a viewer by key.

    Layers are held weakly and by identity, never by name: a user may rename, reorder or delete
    any of them at any time, and a deleted layer must not stay in memory. A layer that is no longer
    in the viewer counts as missing.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = weakref.ref(viewer)
        self._layers: dict[K, weakref.ref[Image]] = {}

    def __setitem__(self, key: K, layer: Image) -> None:
        self._layers[key] = weakref.ref(layer)

    def __delitem__(self, key: K) -> None:
        del self._layers[key]

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> Iterator[K]:
        """All keys in the order of their first use, also those of missing layers."""
        return iter(list(self._layers))

    def get(self, key: K) -> Image | None:
        """The layer with this key; None if there is none in the viewer."""
        return find_layer(self._viewer(), self._layers.get(key))

    def present(self) -> dict[K, Image]:
        """The layers that are still in the viewer."""
        layers = {key: self.get(key) for key in self._layers}
        return {key: layer for key, layer in layers.items() if layer is not None}

    def clear(self) -> None:
        """Forget all layers."""
        self._layers.clear()
