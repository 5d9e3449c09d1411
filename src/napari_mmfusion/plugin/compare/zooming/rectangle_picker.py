"""A rectangle drawn by the user."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from napari_mmfusion.plugin.compare.view_state import ViewState
from napari_mmfusion.plugin.compare.zooming.zoom import Rectangle, rectangle_of
from napari_mmfusion.plugin.layers.calibration import place_of
from napari_mmfusion.plugin.layers.held_layers import find_layer
from napari_mmfusion.plugin.qt.napari_versions import grid_of

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image, Shapes

NAME = "Zoom region"


class RectanglePicker:
    """Lets the user draw one rectangle, on a layer added for that purpose."""

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._shapes: weakref.ref[Shapes] | None = None
        self._view: ViewState | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether a rectangle has been asked for and not drawn yet."""
        return self._layer() is not None

    def ask(self, image: Image, picked: Callable[[Rectangle], None]) -> None:
        """Let the user draw a rectangle on `image`; `picked` is called with it.

        A grid is switched off meanwhile, because the new layer would take a cell in it. The layer
        stays until `cancel` is called, which `picked` must not do: napari still uses it then.
        """
        self.cancel()
        self._view = ViewState(self._viewer)
        self._view.change(grid_of(self._viewer), enabled=False)
        look = {"edge_color": "white", "face_color": "transparent"}
        shapes = self._viewer.add_shapes(None, ndim=2, name=NAME, **look, **place_of(image))
        shapes.current_edge_width = max(image.data.shape[-2:]) / 150
        shapes.mode = "add_rectangle"
        self._shapes = weakref.ref(shapes)

        def take(event: object) -> None:
            # Napari emits this when a rectangle is begun ("adding") and when it is complete.
            if str(getattr(event, "action", "")) == "added" and len(shapes.data):
                picked(rectangle_of(shapes.data[-1]))

        shapes.events.data.connect(take)

    def cancel(self) -> None:
        """Remove the layer and restore the view."""
        shapes = self._layer()
        if shapes is not None:
            self._viewer.layers.remove(shapes)
        if self._view is not None:
            self._view.restore()
        self._shapes = self._view = None

    def _layer(self) -> Shapes | None:
        return find_layer(self._viewer, self._shapes)
