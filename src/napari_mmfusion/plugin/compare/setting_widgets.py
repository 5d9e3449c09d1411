"""The widgets for the settings of all modes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from magicgui.widgets import CheckBox
from magicgui.widgets.bases import ValueWidget

from napari_mmfusion.core.parameter_info import ParameterInfo
from napari_mmfusion.plugin.compare.modes.kind import ModeKind, Setting
from napari_mmfusion.plugin.compare.modes.table import MODES
from napari_mmfusion.plugin.qt.numbers.magic_numbers import make_number_slider


class SettingWidgets:
    """A widget for each setting, by its key.

    Parameters
    ----------
    changed : callable (kind, setting, value)
        Called when the user changes a setting of a mode.
    """

    def __init__(self, changed: Callable[[ModeKind, Setting, Any], None]) -> None:
        self._widgets: dict[str, ValueWidget[Any]] = {}
        for kind in MODES:
            for setting in kind.settings:
                widget = self._widgets[setting.key] = _make_widget(setting)
                widget.changed.connect(partial(changed, kind, setting))

    def __getitem__(self, key: str) -> ValueWidget[Any]:
        return self._widgets[key]

    @property
    def widgets(self) -> list[ValueWidget[Any]]:
        """All widgets, in the order in which they are shown."""
        return list(self._widgets.values())

    def show_only(self, shown: ModeKind | None) -> None:
        """Show the settings of one mode, or of none."""
        for kind in MODES:
            for setting in kind.settings:
                self[setting.key].visible = kind is shown

    def show(self, key: str, value: Any) -> None:
        """Show a value that was changed elsewhere, without applying it again."""
        with self[key].changed.blocked():
            self[key].value = value

    def values_for(self, kind: ModeKind) -> dict[str, Any]:
        """The settings of a mode, as arguments of `ModeKind.make`."""
        return {setting.key: self[setting.key].value for setting in kind.settings}


def _make_widget(setting: Setting) -> ValueWidget[Any]:
    if isinstance(setting.default, bool):
        return CheckBox(text=setting.label, value=setting.default, tooltip=setting.tooltip)
    info = ParameterInfo(
        label=setting.label,
        help=setting.tooltip,
        kind="number",
        minimum=setting.minimum,
        maximum=setting.maximum,
    )
    return make_number_slider(info, setting.default, setting.step)
