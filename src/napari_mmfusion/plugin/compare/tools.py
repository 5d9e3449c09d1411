"""Zoom to a rectangle, and the TV explorer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from magicgui.widgets import Container, Label, PushButton, SpinBox
from psygnal import Signal
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QAbstractSpinBox, QSizePolicy

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.plugin.compare import explorer
from napari_mmfusion.plugin.compare.modes.comparison import Comparison
from napari_mmfusion.plugin.compare.modes.tv_stack import TvStack
from napari_mmfusion.plugin.compare.region_picker import RegionPicker
from napari_mmfusion.plugin.compare.zoom import Region, zoom_to
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view
from napari_mmfusion.plugin.qt.task import Task

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

_EXPLORE, _LEAVE, _BUSY = "TV explorer", "Leave TV explorer", "Exploring\N{HORIZONTAL ELLIPSIS}"
_LARGEST = 10**6
_NARROW = "QAbstractSpinBox { min-width: 30px; }"
"""Over napari's own style, which gives number boxes room for two buttons."""


class CompareTools(Container[Any]):
    """Buttons that go with any mode."""

    entered = Signal()
    """The explorer took the place of the mode that was on."""

    def __init__(
        self,
        viewer: ViewerModel,
        layers: LayerSet,
        comparison: Comparison,
        job: Callable[[], explorer.Job],
    ) -> None:
        self._viewer, self._layers, self._comparison, self._job = viewer, layers, comparison, job
        self._picker = RegionPicker(viewer)
        self.draw = PushButton(
            text="Zoom to rectangle", tooltip="Draw a rectangle on the image to fill the view."
        )
        self.whole = PushButton(text="Whole image", tooltip="Show all of the image again.")
        self.sides = {
            name: SpinBox(max=_LARGEST, label=name, tooltip=words)
            for name, words in (
                ("x", "Left edge of the rectangle, in pixels."),
                ("y", "Upper edge of the rectangle, in pixels."),
                ("w", "Width of the rectangle, in pixels."),
                ("h", "Height of the rectangle, in pixels."),
            )
        }
        self.explore = PushButton(
            text=_EXPLORE,
            tooltip="Fuse with a lower, the chosen and a higher TV weight, and compare the three.",
        )
        buttons = Container(widgets=[self.draw, self.whole], layout="horizontal", labels=False)
        numbers = Container(widgets=list(self.sides.values()), layout="horizontal")
        self.message = Label()
        super().__init__(widgets=[buttons, numbers, self.explore, self.message], labels=False)
        for row in (self, buttons, numbers):
            row.margins = (0, 0, 0, 0)
        for side in self.sides.values():
            # Four of them stand side by side.
            side.native.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            side.native.setStyleSheet(_NARROW)
        self.task = Task(self.native)
        self.task.done.connect(self._on_explored)
        self.message.native.setWordWrap(True)
        self.message.native.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.say("")
        self._region = Region(0, 0, 0, 0)
        self._deferred = QTimer(self.native)
        self._deferred.setSingleShot(True)
        self._deferred.timeout.connect(self._zoom_to_drawn)
        self.draw.changed.connect(self._ask)
        self.whole.changed.connect(self._zoom_out)
        for side in self.sides.values():
            side.changed.connect(self._zoom_to_numbers)
        self.explore.changed.connect(self._explore)

    def say(self, words: str) -> None:
        """Tell the user something, or nothing any more."""
        self.message.value = words
        self.message.visible = bool(words)

    def follow(self) -> None:
        """Let the explorer's button say what it does now."""
        self.explore.enabled = not self.task.busy
        on = isinstance(self._comparison.mode, TvStack)
        self.explore.text = _BUSY if self.task.busy else _LEAVE if on else _EXPLORE

    def _image(self) -> Image | None:
        """What rectangles lie on: a measured layer, or before the first run any image."""
        channels = (None, *self._layers.elements())
        measured = (self._layers.measured(channel) for channel in channels)
        images = (layer for layer in self._viewer.layers if layer._type_string == "image")
        return next((layer for layer in (*measured, *images) if layer is not None), None)

    def _ask(self) -> None:
        image = self._image()
        if image is None:
            self.say("There is no image to zoom into.")
        elif self._picker.is_waiting:
            self._picker.cancel()
            self.say("")
        else:
            self._picker.ask(image, self._drawn)
            self.say("Draw a rectangle on the image.")

    def _drawn(self, region: Region) -> None:
        # Not at once: the rectangle's layer, which goes then, is still in use.
        self._region = region
        self._deferred.start(0)

    def _zoom_to_drawn(self) -> None:
        self._picker.cancel()
        self.say("")
        for side, value in zip(self.sides.values(), self._region, strict=True):
            with side.changed.blocked():
                side.value = value
        self._zoom_to_numbers()

    def _zoom_to_numbers(self) -> None:
        image = self._image()
        region = Region(*(side.value for side in self.sides.values()))
        if image is not None and region.width and region.height:
            zoom_to(self._viewer, region, image)

    def _zoom_out(self) -> None:
        fit_to_view(self._viewer)

    def _explore(self) -> None:
        self.say("")
        if isinstance(self._comparison.mode, TvStack):
            self._comparison.choose(None)
            self.follow()
            return
        try:
            data, params = self._job()
        except MMFusionError as error:
            self.say(str(error))
            return
        self.task.start(lambda stop: explorer.exploration(data, params, stop=stop))
        self.follow()

    def _on_explored(self, outcome: explorer.Exploration | Exception) -> None:
        try:
            if isinstance(outcome, Exception):
                raise outcome
            self._comparison.choose(TvStack(self._viewer, self._layers, outcome))
            self.entered.emit()
        except MMFusionError as error:
            self.say(str(error))
        finally:
            self.follow()
