"""The layers of one fusion: the measured ones it reads and the output layers it writes.

Layers are held by identity and weakly, never by name: a user may rename, reorder or delete any of
them at any time, and a deleted layer must not live on.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image


class LayerSet:
    """Measured and fused layers of the HAADF image and of every element.

    A layer that is no longer in the viewer counts as missing.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = weakref.ref(viewer)
        self._layers: dict[tuple[str, str | None], weakref.ref[Image]] = {}

    def set_measured(self, element: str | None, layer: Image) -> None:
        """Note the measured layer of `element`, or of the HAADF image for None.

        It is that of no other element any more, as when a person corrects a symbol.
        """
        for other in [name for kind, name in self._layers if kind == "measured"]:
            if other != element and self._layers["measured", other]() is layer:
                del self._layers["measured", other]
        self._layers["measured", element] = weakref.ref(layer)

    def set_fused(self, element: str | None, layer: Image) -> None:
        """Note the fused layer of `element`, or the layer of the HAADF model for None."""
        self._layers["fused", element] = weakref.ref(layer)

    def measured(self, element: str | None) -> Image | None:
        """The measured layer of `element` (None: HAADF), if it is still in the viewer."""
        return self._present("measured", element)

    def fused(self, element: str | None) -> Image | None:
        """The fused layer of `element` (None: HAADF model), if it is still in the viewer."""
        return self._present("fused", element)

    def elements(self) -> tuple[str, ...]:
        """Elements with a measured or fused layer in the viewer, in the order noted."""
        names = (element for _, element in self._layers if element is not None)
        return tuple(
            name
            for name in dict.fromkeys(names)
            if self.measured(name) is not None or self.fused(name) is not None
        )

    def __iter__(self) -> Iterator[Image]:
        """All layers still in the viewer."""
        for kind, element in list(self._layers):
            layer = self._present(kind, element)
            if layer is not None:
                yield layer

    def _present(self, kind: str, element: str | None) -> Image | None:
        reference = self._layers.get((kind, element))
        layer = reference() if reference is not None else None
        viewer = self._viewer()
        if layer is None or viewer is None or layer not in viewer.layers:
            return None
        return layer
