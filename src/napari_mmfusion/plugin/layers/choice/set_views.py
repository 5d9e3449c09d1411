"""Which layers of a data set were visible when it was left for another one."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from napari.layers import Image

from napari_mmfusion.plugin.layers.choice.data_sets import DataSets
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

if TYPE_CHECKING:
    from napari.components import ViewerModel


class SetViews:
    """Hides the layers of a data set that is left, and shows those again that were visible."""

    def __init__(self, viewer: ViewerModel, data_sets: DataSets) -> None:
        self._viewer = viewer
        self._data_sets = data_sets
        self._hidden: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()

    def leave(self, reading: str) -> None:
        """Hide all layers of a data set."""
        for layer in self._layers_of(reading):
            self._hide(layer, reading)

    def enter(self, reading: str) -> None:
        """Show the layers of a data set that were visible when it was left."""
        for layer in self._layers_of(reading):
            if self._hidden.pop(layer, None) is not None:
                layer.visible = True

    def show_only(self, reading: str) -> None:
        """Hide the layers of all other data sets, such as those that were opened meanwhile."""
        for each in self._data_sets:
            if each.reading != reading:
                self.leave(each.reading)

    def place(self, layer: Any, reading: str, chosen: str) -> None:
        """Hide a new layer unless its data set is the chosen one."""
        if reading != chosen:
            self._hide(layer, reading)

    def _hide(self, layer: Any, reading: str) -> None:
        if layer.visible:
            layer.visible = False
            self._hidden[layer] = reading

    def _layers_of(self, reading: str) -> Iterator[Any]:
        for layer in list(self._viewer.layers):
            if isinstance(layer, Image) and self._reading_of(layer) == reading:
                yield layer

    def _reading_of(self, layer: Image) -> str | None:
        note = LayerNote.of(layer)
        if note.is_output:
            return None if note.role is Role.COMPARISON else self._data_sets.reading_of_output(note)
        found = self._data_sets.of(layer)
        return None if found is None else found.reading
