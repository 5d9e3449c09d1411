"""The part of the dock that compares raw and fused layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from magicgui.widgets import (
    CheckBox,
    ComboBox,
    Container,
    FloatSlider,
)
from qtpy.QtCore import QTimer

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.plugin.compare.channels import Channel
from napari_mmfusion.plugin.compare.contrast import LinkedContrast
from napari_mmfusion.plugin.compare.explorer import Job, job_of
from napari_mmfusion.plugin.compare.modes.blink import Blink
from napari_mmfusion.plugin.compare.modes.comparison import Comparison
from napari_mmfusion.plugin.compare.modes.difference import Difference
from napari_mmfusion.plugin.compare.modes.grid import Grid
from napari_mmfusion.plugin.compare.modes.mode import Mode
from napari_mmfusion.plugin.compare.modes.overlay import (
    DEFAULT_OPACITY,
    LuminanceOverlay,
    Overlay,
)
from napari_mmfusion.plugin.compare.modes.swipe import Swipe
from napari_mmfusion.plugin.compare.tools import CompareTools
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.visibility import Vanishing

if TYPE_CHECKING:
    from napari.components import ViewerModel

NO_MODE = "None"
GRID = "Grid"
BLINK = "Blink"
MODES = (NO_MODE, "Overlay", GRID, BLINK, "Swipe", "Difference")
ALL, HAADF = "All elements", "HAADF"
_WITH_CHOICE = (BLINK, "Swipe", "Difference")


class ComparePanel(Container[Any]):
    """Choice and settings of the ways to compare raw and fused layers.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    layers : LayerSet
        The layers of the fusion; `refresh` follows when others are noted in it.
    job : callable, optional
        Gives the data and the parameters for the TV explorer, or raises an MMFusionError whose
        message is shown. By default they are read from the layers.
    """

    def __init__(
        self, viewer: ViewerModel, layers: LayerSet, job: Callable[[], Job] | None = None
    ) -> None:
        self._viewer = viewer
        self._layers = layers
        self._comparison = Comparison(viewer)
        self._contrast = LinkedContrast(layers)
        self._seen = self._signature()

        self.mode = ComboBox(
            choices=MODES, label="Compare", tooltip="How raw and fused layers are compared."
        )
        self.channel = ComboBox(choices=self._channels, label="Show", tooltip="What is compared.")
        self.luminance = CheckBox(
            text="HAADF as luminance",
            tooltip="Brightness from the HAADF image, hue from the fused maps.",
        )
        self.opacity = FloatSlider(
            value=DEFAULT_OPACITY,
            max=1,
            step=0.01,
            label="Chemistry",
            tooltip="Opacity of the fused maps over the HAADF image.",
        )
        self.rate = FloatSlider(
            value=2, min=0.5, max=10, step=0.5, label="Rate", tooltip="Changes a second."
        )
        self.divider = FloatSlider(
            value=0.5, max=1, step=0.005, label="Divider", tooltip="Raw to its left, fused right."
        )
        self.link = CheckBox(
            text="Link contrast raw \N{LEFT RIGHT ARROW} fused",
            tooltip="Show raw and fused with the same limits, in measured units.",
        )
        self.tools = CompareTools(viewer, layers, self._comparison, job or partial(job_of, layers))
        super().__init__(
            widgets=[
                self.mode,
                self.channel,
                self.luminance,
                self.opacity,
                self.rate,
                self.divider,
                self.link,
                self.tools,
            ],
        )
        self.margins = (0, 0, 0, 0)
        self._timer = QTimer(self.native)
        self._timer.timeout.connect(self._blink)
        self._deferred = QTimer(self.native)
        self._deferred.setSingleShot(True)
        self._deferred.timeout.connect(self.refresh)
        self._vanishing = Vanishing(self.native)
        self._connect()
        self._show_settings()

    @property
    def overlay_look(self) -> dict[str, Any]:
        """How the overlay is shown, as arguments of `overlay_figure.draw_overlay`."""
        return {
            "opacity": float(self.opacity.value),
            "style": "luminance" if self.luminance.value else "light",
        }

    def refresh(self) -> None:
        """Follow layers that came or went."""
        mode = self._comparison.mode
        signature = self._signature()
        lost = mode is not None and not mode.is_intact
        if signature == self._seen and not lost:
            return
        self._seen = signature
        with self.channel.changed.blocked():
            self.channel.reset_choices()
        if self.link.value:
            self._contrast.link()
        if lost or self.mode.value == NO_MODE:
            self._leave_if(lost)
        else:
            self._enter()

    def refresh_soon(self) -> None:
        """As `refresh`, but not while napari is still in the middle of changing its layers."""
        self._deferred.start(0)

    def leave(self) -> None:
        """Bring back the view as it was before any mode."""
        self._comparison.choose(None)
        self._forget_mode()

    def _connect(self) -> None:
        self.mode.changed.connect(self._enter)
        self.channel.changed.connect(self._enter)
        self.luminance.changed.connect(self._enter)
        self.opacity.changed.connect(self._set_opacity)
        self.rate.changed.connect(self._set_rate)
        self.divider.changed.connect(self._set_divider)
        self.link.changed.connect(self._set_link)
        self.tools.entered.connect(self._forget_mode)
        for event in ("inserted", "removed"):
            getattr(self._viewer.layers.events, event).connect(self.refresh_soon)
        self._vanishing.hidden.connect(self._leave_blink)
        self._vanishing.closed.connect(self.leave)

    def _signature(self) -> list[tuple[Channel, int, int]]:
        return [
            (channel, id(self._layers.measured(channel)), id(self._layers.fused(channel)))
            for channel in (None, *self._layers.elements())
        ]

    def _channels(self, _widget: object = None) -> list[str]:
        return [ALL, *self._layers.elements(), HAADF]

    def _enter(self) -> None:
        self.tools.say("")
        with self.channel.changed.blocked():
            self.channel.reset_choices()
        try:
            self._comparison.choose(self._chosen_mode())
        except MMFusionError as error:
            self._forget_mode()
            self.tools.say(str(error))
        self._show_settings()

    def _leave_if(self, lost: bool) -> None:
        if lost:
            self.leave()

    def _forget_mode(self) -> None:
        with self.mode.changed.blocked():
            self.mode.value = NO_MODE
        self._show_settings()

    def _chosen_mode(self) -> Mode | None:
        viewer, layers = self._viewer, self._layers
        elements: tuple[Channel, ...] = layers.elements()
        shown = self.channel.value
        channels = elements if shown == ALL else (None,) if shown == HAADF else (shown,)
        match self.mode.value:
            case "Overlay" if self.luminance.value:
                return LuminanceOverlay(viewer, layers, elements, opacity=self.opacity.value)
            case "Overlay":
                return Overlay(viewer, layers, elements, opacity=self.opacity.value)
            case "Grid":
                return Grid(viewer, layers, elements)
            case "Blink":
                return Blink(viewer, layers, channels)
            case "Swipe":
                return Swipe(viewer, layers, channels, position=self.divider.value)
            case "Difference":
                return Difference(viewer, layers, channels)
        return None

    def _show_settings(self) -> None:
        """Show only the settings of the mode that is on."""
        name = self.mode.value
        self.channel.visible = name in _WITH_CHOICE
        self.luminance.visible = self.opacity.visible = name == "Overlay"
        self.rate.visible = name == BLINK
        self.divider.visible = name == "Swipe"
        self.tools.follow()
        if name == BLINK:
            self._set_rate(self.rate.value)
        else:
            self._timer.stop()

    def _blink(self) -> None:
        if isinstance(self._comparison.mode, Blink):
            self._comparison.mode.toggle()

    def _leave_blink(self) -> None:
        """Stop what nobody could stop any more: its controls are out of sight."""
        if isinstance(self._comparison.mode, Blink):
            self.leave()

    def _set_opacity(self, opacity: float) -> None:
        if isinstance(self._comparison.mode, Overlay | LuminanceOverlay):
            self._comparison.mode.set_opacity(opacity)

    def _set_rate(self, rate: float) -> None:
        self._timer.start(round(1000 / rate))

    def _set_divider(self, position: float) -> None:
        if isinstance(self._comparison.mode, Swipe):
            self._comparison.mode.set_position(position)

    def _set_link(self, linked: bool) -> None:
        if linked:
            self._contrast.link()
        else:
            self._contrast.unlink()
