"""Record a view, and restore it."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from napari_mmfusion.plugin.layers.held_layers import find_layer
from napari_mmfusion.plugin.qt.napari_versions import camera_of

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Layer

CAMERA_FIELDS = ("center", "zoom", "angles")


class ViewState:
    """The view of a viewer at one moment, and a record of later changes to it.

    `restore` undoes only what was changed through `change` and `arrange`, and resets camera and
    selection; all other changes made by the user stay. Layers are held weakly: those deleted in
    between are skipped, those added in between stay.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = weakref.ref(viewer)
        self._changes: list[tuple[weakref.ref[Any], str, Any]] = []
        self._order: list[weakref.ref[Layer]] | None = None
        camera = camera_of(viewer)
        self._camera = {name: getattr(camera, name) for name in CAMERA_FIELDS}
        self._ndisplay = viewer.dims.ndisplay
        selection = viewer.layers.selection
        self._selected = [weakref.ref(layer) for layer in selection]
        self._active = weakref.ref(selection.active) if selection.active is not None else None

    def change(self, owner: Any, **values: Any) -> None:
        """Set attributes of a layer, an overlay or the grid, and record their old values."""
        for name, value in values.items():
            old = getattr(owner, name)
            if not any(ref() is owner and noted == name for ref, noted, _ in self._changes):
                self._changes.append((weakref.ref(owner), name, old))
            setattr(owner, name, value)

    def arrange(self, layers: Sequence[Layer]) -> None:
        """Move `layers` to the bottom of the list, the first one lowest."""
        viewer = self._viewer()
        if viewer is None:
            return
        if self._order is None:
            self._order = [weakref.ref(layer) for layer in viewer.layers]
        _reorder(viewer, layers)

    def restore(self) -> None:
        """Undo all recorded changes of objects that still exist."""
        viewer = self._viewer()
        if viewer is None:
            return
        for reference, name, old in reversed(self._changes):
            owner = reference()
            if owner is not None:
                setattr(owner, name, old)
        self._changes.clear()
        if self._order is not None:
            _reorder(viewer, self._present(self._order))
            self._order = None
        viewer.dims.ndisplay = self._ndisplay
        camera = camera_of(viewer)
        for name, value in self._camera.items():
            setattr(camera, name, value)
        selection = viewer.layers.selection
        chosen = self._present(self._selected)
        if chosen or not self._selected:
            selection.clear()
            selection.update(chosen)
        active = self._active() if self._active is not None else None
        if active in chosen:
            selection.active = active
            selection.update(chosen)

    def _present(self, references: Sequence[weakref.ref[Layer]]) -> list[Layer]:
        viewer = self._viewer()
        layers = (find_layer(viewer, reference) for reference in references)
        return [layer for layer in layers if layer is not None]


def _reorder(viewer: ViewerModel, lowest: Sequence[Layer]) -> None:
    """Put `lowest` first in the list, in this order; the others keep their own order above."""
    above = [layer for layer in viewer.layers if layer not in lowest]
    for place, layer in enumerate([*lowest, *above]):
        now = viewer.layers.index(layer)
        if now != place:
            viewer.layers.move(now, place)
