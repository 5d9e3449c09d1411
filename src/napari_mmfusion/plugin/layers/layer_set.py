"""The layers of one fusion: the measured ones it reads and the output layers it writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from napari_mmfusion.plugin.layers.held_layers import HeldLayers

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

_Key = tuple[Literal["measured", "fused"], str | None]


class LayerSet:
    """Measured and fused layers of the HAADF image and of every element.

    A layer that is no longer in the viewer counts as missing; see `HeldLayers`.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._layers = HeldLayers[_Key](viewer)

    def set_measured(self, element: str | None, layer: Image) -> None:
        """Note the measured layer of `element`, or of the HAADF image for None.

        From then on it is not that of any other element, as when the user corrects a symbol.
        """
        for key in self._layers:
            if key[0] == "measured" and key[1] != element and self._layers.get(key) is layer:
                del self._layers[key]
        self._layers["measured", element] = layer

    def set_fused(self, element: str | None, layer: Image) -> None:
        """Note the fused layer of `element`, or the layer of the HAADF model for None."""
        self._layers["fused", element] = layer

    def measured(self, element: str | None) -> Image | None:
        """The measured layer of `element` (None: HAADF), if it is still in the viewer."""
        return self._layers.get(("measured", element))

    def fused(self, element: str | None) -> Image | None:
        """The fused layer of `element` (None: HAADF model), if it is still in the viewer."""
        return self._layers.get(("fused", element))

    def elements(self) -> tuple[str, ...]:
        """Elements with a measured or fused layer in the viewer, in the order noted."""
        present = {element for _, element in self._layers.present()}
        noted = dict.fromkeys(element for _, element in self._layers)
        return tuple(element for element in noted if element is not None and element in present)

    def __iter__(self) -> Iterator[Image]:
        """All layers still in the viewer."""
        yield from self._layers.present().values()
