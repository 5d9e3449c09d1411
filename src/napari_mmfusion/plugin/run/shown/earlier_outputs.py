"""What earlier runs left in the viewer: used again, kept, or hidden before new outputs come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from napari_mmfusion.plugin.layers.held_layers import HeldLayers
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.notes import ownership
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.layers.results.kept_results import (
    is_renamed,
    keep_layer,
    name_output,
    own_name,
)

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image


class EarlierOutputs:
    """Output layers of runs before the last one, and what belongs to them.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    name_of : callable, optional
        Returns the name of a data set.
    place : callable, optional
        Called with every layer that is added, and its data set.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        name_of: Callable[[str], str] = str,
        place: Callable[[Any, str], None] = lambda *_: None,
    ) -> None:
        self._viewer = viewer
        self._name_of = name_of
        self._place = place
        self._aside = HeldLayers[tuple[str, str | None]](viewer)

    def clear_view(
        self, layers: LayerSet, elements: Collection[str | None], owner: object
    ) -> Iterator[None]:
        """Leave only the layers that a run of these elements may write, one in each step.

        Those that a person renamed are kept, and hidden as those of other elements are. Pictures of
        the trust tools and stacks of iterations, which would cover the new outputs, are hidden.
        """
        for element, layer in layers.fused_layers().items():
            if not ownership.is_free(layer, owner):
                layers.forget_fused(element)
            elif is_renamed(layer):
                keep_layer(layer, layer.name)
                layers.forget_fused(element)
                layer.visible = False
            elif element not in elements:
                self._aside[layers.reading, element] = layer
                layers.forget_fused(element)
                layer.visible = False
            yield
        for element in elements:
            self._take_back(layers, element, owner)
        for layer in hide_pictures(self._viewer, layers.reading):
            fused = layers.fused(LayerNote.of(layer).element)
            if LayerNote.of(layer).role is Role.HISTORY and fused is not None:
                fused.visible = True  # the stack had taken its place
            yield

    def is_aside(self, layer: Image) -> bool:
        """Whether a layer was set aside because its element is switched off."""
        return any(other is layer for other in self._aside.present().values())

    def name_for(self, element: str | None, layers: LayerSet) -> str:
        """Name of a new output layer; with that of its data set where others have such a layer."""
        name = own_name(element)
        for layer in self._viewer.layers:
            note = LayerNote.of(layer)
            if layer.name == name and note.is_result and (note.reading or "") != layers.reading:
                return f"{name} ({self._name_of(layers.reading)})"
        return name

    def note_added(self, layer: Image, layers: LayerSet) -> None:
        """Note the name of a new output layer, and hide it where other data are shown."""
        name_output(layer, layer.name)
        self._place(layer, layers.reading)

    def _take_back(self, layers: LayerSet, element: str | None, owner: object) -> None:
        """Use the layer again that was set aside while its element was switched off."""
        layer = self._aside.get((layers.reading, element))
        if layer is None or layers.fused(element) is not None:
            return
        del self._aside[layers.reading, element]
        if not is_renamed(layer) and ownership.is_free(layer, owner):
            layers.set_fused(element, layer)
            layer.visible = element is not None


def hide_pictures(viewer: ViewerModel, reading: str) -> list[Any]:
    """Hide what was computed for an earlier run of a data set; returns what was visible."""
    hidden = []
    for layer in list(viewer.layers):
        note = LayerNote.of(layer)
        if note.role not in (Role.TRUST, Role.HISTORY) or (note.reading or "") != reading:
            continue
        if layer.visible:
            layer.visible = False
            hidden.append(layer)
    return hidden
