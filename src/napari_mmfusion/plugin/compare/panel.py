"""The part of the dock that compares raw and fused layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from magicgui.widgets import CheckBox, ComboBox, Container
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QSizePolicy

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.plugin.compare.channels import Channel
from napari_mmfusion.plugin.compare.contrast import LinkedContrast
from napari_mmfusion.plugin.compare.explorer import ExplorerInput, read_input
from napari_mmfusion.plugin.compare.figure.legend import legend_of
from napari_mmfusion.plugin.compare.modes.comparison import Comparison
from napari_mmfusion.plugin.compare.modes.kind import ModeKind, Setting
from napari_mmfusion.plugin.compare.modes.mode import Mode
from napari_mmfusion.plugin.compare.modes.table import MODES
from napari_mmfusion.plugin.compare.setting_widgets import SettingWidgets
from napari_mmfusion.plugin.compare.tools import CompareTools
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.qt.texts.wording import in_labels
from napari_mmfusion.plugin.qt.visibility import VisibilityWatch

if TYPE_CHECKING:
    from napari.components import ViewerModel

NO_MODE: Final = "None"
ALL: Final = "All elements"
RAW: Final = "Raw"

_KINDS: Final = {kind.title: kind for kind in MODES}


class ComparePanel(Container[Any]):
    """Choice and settings of the ways to compare raw and fused layers.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        The viewer.
    layers : LayerSet
        The layers of the fusion; call `refresh` after changing it.
    job : callable, optional
        Returns the data and the parameters for the TV explorer, or raises an MMFusionError whose
        message is shown. By default they are read from the layers.

    Attributes
    ----------
    settings : SettingWidgets
        The settings of all modes, by their keys.
    """

    def __init__(
        self, viewer: ViewerModel, layers: LayerSet, job: Callable[[], ExplorerInput] | None = None
    ) -> None:
        self._viewer = viewer
        self._layers = layers
        self._comparison = Comparison(viewer)
        self._contrast = LinkedContrast(layers)
        self._seen = self._signature()

        self.mode = ComboBox(
            choices=(NO_MODE, *_KINDS),
            label="Compare",
            tooltip="How raw and fused layers are compared.",
        )
        self.channel = ComboBox(
            choices=self._channels, label="Show", tooltip="Which maps are compared: all, or one."
        )
        self.against = ComboBox(
            choices=self._references,
            label="Against",
            tooltip="What the fused layers are compared with: the measured ones, or a kept result.",
        )
        # Names of kept results are long; the dock must not grow with them.
        self.against.native.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.settings = SettingWidgets(self._set)
        self.link = CheckBox(
            text="Link contrast raw \N{LEFT RIGHT ARROW} fused",
            tooltip="Show raw and fused with the same limits, in measured units.",
        )
        self.tools = CompareTools(
            viewer, layers, self._comparison, job or partial(read_input, layers)
        )
        super().__init__(
            widgets=[
                self.mode,
                self.channel,
                self.against,
                *self.settings.widgets,
                self.link,
                self.tools,
            ]
        )
        self.margins = (0, 0, 0, 0)
        self._timer = QTimer(self.native)
        self._timer.timeout.connect(self._tick)
        self._deferred = QTimer(self.native)
        self._deferred.setSingleShot(True)
        self._deferred.timeout.connect(self.refresh)
        self._visibility = VisibilityWatch(self.native)
        self._connect()
        self._reset_choices()
        self._show_settings()

    @property
    def legend(self) -> dict[str, str]:
        """Names and colours of the images that are visible: for a legend."""
        mode = self._comparison.mode
        named = mode.channels if mode is not None and mode.names_colours else ()
        return legend_of(self._viewer.layers, [self._layers.fused(channel) for channel in named])

    def refresh(self) -> None:
        """Update the panel and the mode after layers were added or removed."""
        mode = self._comparison.mode
        signature = self._signature()
        lost = mode is not None and not mode.is_intact
        if signature == self._seen and not lost:
            return
        self._seen = signature
        self._reset_choices()
        if self.link.value:
            self._contrast.link()
        if lost:
            self.leave()
        elif self._kind is not None:
            self._enter()

    def refresh_soon(self) -> None:
        """Call `refresh` once napari has finished changing its layers."""
        self._deferred.start(0)

    def suspend(self) -> None:
        """Restore the view for now, as before other data are shown; `refresh` comes back."""
        self._comparison.choose(None)
        self.tools.follow()

    def leave(self) -> None:
        """Leave the mode and restore the view from before."""
        self._comparison.choose(None)
        self._forget_mode()

    @property
    def _kind(self) -> ModeKind | None:
        """The mode chosen."""
        return _KINDS.get(self.mode.value)

    def _connect(self) -> None:
        self.mode.changed.connect(self._enter)
        self.channel.changed.connect(self._enter)
        self.against.changed.connect(self._set_reference)
        self.link.changed.connect(self._set_link)
        self.tools.entered.connect(self._forget_mode)
        for event in ("inserted", "removed"):
            getattr(self._viewer.layers.events, event).connect(self.refresh_soon)
        self._visibility.hidden.connect(self._leave_if_moving)
        self._visibility.closed.connect(self.leave)

    def _signature(self) -> list[tuple[Channel, int, int]]:
        kept = [(name, 0, 0) for name in self._layers.kept()]
        return kept + [
            (channel, id(self._layers.reference(channel)), id(self._layers.fused(channel)))
            for channel in (None, *self._layers.elements())
        ]

    def _channels(self, _widget: object = None) -> list[str]:
        return [ALL, *self._layers.elements(), HAADF]

    def _references(self, _widget: object = None) -> list[str]:
        return [RAW, *self._layers.kept()]

    def _reset_choices(self) -> None:
        with self.channel.changed.blocked(), self.against.changed.blocked():
            self.channel.reset_choices()
            self.against.reset_choices()
            self.against.value = self._layers.against or RAW
        self.against.visible = len(self.against.choices) > 1

    def _set_reference(self, name: str) -> None:
        self._layers.against = "" if name == RAW else name
        self._enter()
        if self.link.value:
            self._contrast.link()

    def _enter(self) -> None:
        self.tools.say("")
        self._reset_choices()
        kind = self._kind
        try:
            self._comparison.choose(None if kind is None else self._make(kind))
        except MMFusionError as error:
            self._forget_mode()
            self.tools.say(in_labels(error))
        self._show_settings()

    def _make(self, kind: ModeKind) -> Mode:
        values = self.settings.values_for(kind)
        mode = kind.make(self._viewer, self._layers, self._chosen_channels(kind), **values)
        mode.adjusted.connect(self.settings.show)
        return mode

    def _chosen_channels(self, kind: ModeKind) -> tuple[Channel, ...]:
        shown = self.channel.value
        if shown == ALL or not kind.takes_channel:
            return self._layers.elements()
        return (None,) if shown == HAADF else (shown,)

    def _forget_mode(self) -> None:
        with self.mode.changed.blocked():
            self.mode.value = NO_MODE
        self._show_settings()

    def _show_settings(self) -> None:
        """Show only the settings of the mode that is on."""
        chosen = self._kind
        self.channel.visible = chosen is not None and chosen.takes_channel
        self.settings.show_only(chosen)
        self.tools.follow()
        self._set_timer()

    def _set(self, kind: ModeKind, setting: Setting, value: Any) -> None:
        mode = self._comparison.mode
        if kind is not self._kind or mode is None:
            return  # the value is used when the mode is entered
        if setting.apply is None:
            self._enter()
        else:
            setting.apply(mode, value)
            self._set_timer()

    def _set_timer(self) -> None:
        mode = self._comparison.mode
        if mode is None or mode.interval is None:
            self._timer.stop()
        else:
            self._timer.start(mode.interval)

    def _tick(self) -> None:
        mode = self._comparison.mode
        if mode is not None and mode.interval is not None:
            mode.tick()

    def _leave_if_moving(self) -> None:
        """Leave a blinking mode when its controls are hidden and it could not be stopped."""
        if self._comparison.mode is not None and self._comparison.mode.interval is not None:
            self.leave()

    def _set_link(self, linked: bool) -> None:
        if linked:
            self._contrast.link()
        else:
            self._contrast.unlink()
