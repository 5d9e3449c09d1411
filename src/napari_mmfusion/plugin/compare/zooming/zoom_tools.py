"""Zoom to a rectangle, drawn or given in numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from magicgui.widgets import Container, PushButton
from qtpy.QtCore import QTimer

from napari_mmfusion.core.parameter_info import ParameterInfo
from napari_mmfusion.plugin.compare.zooming.rectangle_picker import RectanglePicker
from napari_mmfusion.plugin.compare.zooming.zoom import Rectangle, zoom_to
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view
from napari_mmfusion.plugin.qt.numbers.magic_numbers import make_number_box

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

_ZOOM, _CANCEL = "Zoom to rectangle", "Cancel drawing"
_LARGEST = 10**6
_WIDTH = 40
"""Pixels of a number box; four of them stand side by side."""


class ZoomTools:
    """Two rows of controls: `buttons`, and `numbers` with the sides of the rectangle.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    layers : LayerSet
        The layers of the fusion.
    say : callable
        Shows a message to the user, or nothing for an empty one.
    """

    def __init__(self, viewer: ViewerModel, layers: LayerSet, say: Callable[[str], None]) -> None:
        self._viewer, self._layers, self._say = viewer, layers, say
        self._picker = RectanglePicker(viewer)
        self._rectangle = Rectangle(0, 0, 0, 0)
        self.draw = PushButton(
            text=_ZOOM, tooltip="Draw a rectangle on the image to fill the view."
        )
        self.whole = PushButton(text="Whole image", tooltip="Show all of the image again.")
        self.sides = {
            name: make_number_box(
                ParameterInfo(label=name, help=words, kind="integer", minimum=0, maximum=_LARGEST),
                value=0,
                width=_WIDTH,
            )
            for name, words in (
                ("x", "Left edge of the rectangle, in pixels."),
                ("y", "Upper edge of the rectangle, in pixels."),
                ("w", "Width of the rectangle, in pixels."),
                ("h", "Height of the rectangle, in pixels."),
            )
        }
        self.buttons = Container(widgets=[self.draw, self.whole], layout="horizontal", labels=False)
        self.numbers = Container(widgets=list(self.sides.values()), layout="horizontal")
        for row in (self.buttons, self.numbers):
            row.margins = (0, 0, 0, 0)
        for side in self.sides.values():
            side.native.refused.connect(self._say)
            side.changed.connect(self._zoom_to_numbers)
        self._deferred = QTimer(self.buttons.native)
        self._deferred.setSingleShot(True)
        self._deferred.timeout.connect(self._zoom_to_drawn)
        self.draw.changed.connect(self._ask)
        self.whole.changed.connect(self._zoom_out)

    def _image(self) -> Image | None:
        """The image rectangles lie on: a measured layer, or before the first run any image."""
        channels = (None, *self._layers.elements())
        measured = (self._layers.measured(channel) for channel in channels)
        images = (layer for layer in self._viewer.layers if layer._type_string == "image")
        return next((layer for layer in (*measured, *images) if layer is not None), None)

    def _ask(self) -> None:
        image = self._image()
        if image is None:
            self._say("There is no image to zoom into.")
        elif self._picker.is_waiting:
            self._picker.cancel()
            self._show_asked(False)
        else:
            self._picker.ask(image, self._on_drawn)
            self._show_asked(True)

    def _show_asked(self, asked: bool) -> None:
        """Say what to do on the button that was clicked and below it."""
        self.draw.text = _CANCEL if asked else _ZOOM
        self._say("Draw a rectangle on the image." if asked else "")

    def _on_drawn(self, rectangle: Rectangle) -> None:
        # Not at once: the rectangle's layer, which is removed then, is still in use.
        self._rectangle = rectangle
        self._deferred.start(0)

    def _zoom_to_drawn(self) -> None:
        self._picker.cancel()
        self._show_asked(False)
        for side, value in zip(self.sides.values(), self._rectangle, strict=True):
            with side.changed.blocked():
                side.value = value
        self._zoom_to_numbers()

    def _zoom_to_numbers(self) -> None:
        image = self._image()
        rectangle = Rectangle(*(round(side.value) for side in self.sides.values()))
        if image is not None and rectangle.width and rectangle.height:
            zoom_to(self._viewer, rectangle, image)

    def _zoom_out(self) -> None:
        fit_to_view(self._viewer)
