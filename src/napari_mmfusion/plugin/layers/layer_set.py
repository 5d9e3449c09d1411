"""The layers of fusions: the measured ones they read and the output layers they write."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from napari_mmfusion.plugin.layers.held_layers import HeldLayers
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

_Key = tuple[Literal["measured", "fused"], str | None]


class LayerSet:
    """Measured and fused layers of the HAADF image and of every element, of one data set.

    A layer that is no longer in the viewer counts as missing; see `HeldLayers`. The layers of each
    data set are held apart; `choose` tells which are meant, and `of` returns those of another one.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = weakref.ref(viewer)
        self._sets: dict[str, HeldLayers[_Key]] = {}
        self.reading = ""
        """The data set that is meant; see `LayerNote.reading`."""
        self._against = ""

    def choose(self, reading: str) -> None:
        """Mean the layers of another data set from now on."""
        if reading != self.reading:
            self.reading, self._against = reading, ""

    @property
    def against(self) -> str:
        """The kept result to compare with; empty for the measured images."""
        return self._against if self._against in self.kept() else ""

    @against.setter
    def against(self, name: str) -> None:
        self._against = name

    def of(self, reading: str) -> LayerSet:
        """The layers of a data set, whichever is chosen later."""
        viewer = self._viewer()
        assert viewer is not None
        other = LayerSet(viewer)
        other._sets, other.reading = self._sets, reading
        return other

    def set_measured(self, element: str | None, layer: Image) -> None:
        """Note the measured layer of `element`, or of the HAADF image for None.

        From then on it is not that of any other element, as when the user corrects a symbol.
        """
        layers = self._layers
        for key in layers:
            if key[0] == "measured" and key[1] != element and layers.get(key) is layer:
                del layers[key]
        layers["measured", element] = layer

    def set_fused(self, element: str | None, layer: Image) -> None:
        """Note the fused layer of `element`, or the layer of the HAADF model for None."""
        self._layers["fused", element] = layer

    def forget_fused(self, element: str | None) -> None:
        """The fused layer of `element` is no longer that of the last run."""
        if ("fused", element) in list(self._layers):
            del self._layers["fused", element]

    def measured(self, element: str | None) -> Image | None:
        """The measured layer of `element` (None: HAADF), if it is still in the viewer."""
        return self._layers.get(("measured", element))

    def fused(self, element: str | None) -> Image | None:
        """The fused layer of `element` (None: HAADF model), if it is still in the viewer."""
        return self._layers.get(("fused", element))

    def fused_layers(self) -> dict[str | None, Image]:
        """All fused layers of the last run that are still in the viewer."""
        present = self._layers.present()
        return {element: layer for (kind, element), layer in present.items() if kind == "fused"}

    def reference(self, element: str | None) -> Image | None:
        """What the fused layer is compared with: the measured one, or that of a kept result."""
        against = self.against
        return self.kept()[against].get(element) if against else self.measured(element)

    def kept(self) -> dict[str, dict[str | None, Image]]:
        """The layers of the results that were put aside, by name of the result and element."""
        viewer = self._viewer()
        found: dict[str, dict[str | None, Image]] = {}
        for layer in [] if viewer is None else viewer.layers:
            note = LayerNote.of(layer)
            if note.role is Role.KEPT and note.kept and (note.reading or "") == self.reading:
                found.setdefault(note.kept, {})[note.element] = layer
        return found

    def elements(self) -> tuple[str, ...]:
        """Elements with a measured or fused layer in the viewer, in the order noted."""
        present = {element for _, element in self._layers.present()}
        noted = dict.fromkeys(element for _, element in self._layers)
        return tuple(element for element in noted if element is not None and element in present)

    def __iter__(self) -> Iterator[Image]:
        """All layers still in the viewer."""
        yield from self._layers.present().values()

    @property
    def _layers(self) -> HeldLayers[_Key]:
        if self.reading not in self._sets:
            viewer = self._viewer()
            assert viewer is not None
            self._sets[self.reading] = HeldLayers(viewer)
        return self._sets[self.reading]
