"""Our number widgets as widgets of magicgui, for its containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from magicgui.backends._qtpy.widgets import QBaseWidget
from magicgui.widgets.bases import ValueWidget
from magicgui.widgets.protocols import ValueWidgetProtocol
from qtpy.QtWidgets import QWidget

from napari_mmfusion.core.parameter_info import ParameterInfo
from napari_mmfusion.plugin.qt.numbers.number_box import NumberBox
from napari_mmfusion.plugin.qt.numbers.number_field import NumberField


class _Field(QBaseWidget, ValueWidgetProtocol):
    """A slider with a number box."""

    _qwidget: NumberField

    def __init__(self, info: ParameterInfo, step: float, **arguments: Any) -> None:
        super().__init__(_with_parent(lambda: NumberField(info, info.minimum, step)), **arguments)

    def _mgui_get_value(self) -> float:
        return self._qwidget.value

    def _mgui_set_value(self, value: float) -> None:
        self._qwidget.value = value

    def _mgui_bind_change_callback(self, callback: Callable[[Any], Any]) -> None:
        self._qwidget.changed.connect(callback)


class _Box(QBaseWidget, ValueWidgetProtocol):
    """A number box."""

    _qwidget: NumberBox

    def __init__(self, info: ParameterInfo, width: int, **arguments: Any) -> None:
        whole = info.kind == "integer"
        super().__init__(
            _with_parent(
                lambda: NumberBox(info.label, info.minimum, info.maximum, whole=whole, width=width)
            ),
            **arguments,
        )

    def _mgui_get_value(self) -> float:
        value = self._qwidget.value()
        assert value is not None
        return value

    def _mgui_set_value(self, value: float) -> None:
        self._qwidget.setValue(value)

    def _mgui_bind_change_callback(self, callback: Callable[[Any], Any]) -> None:
        self._qwidget.valueChanged.connect(callback)


def make_number_slider(info: ParameterInfo, value: float, step: float) -> ValueWidget[float]:
    """A slider in steps with a number box, that shows `value`."""
    return _make(_Field, info, value, step=step)


def make_number_box(info: ParameterInfo, value: float, width: int) -> ValueWidget[float]:
    """A number box that shows `value`, so many pixels wide."""
    return _make(_Box, info, value, width=width)


def _make(
    kind: type[QBaseWidget], info: ParameterInfo, value: float, **options: Any
) -> ValueWidget[float]:
    made: ValueWidget[float] = ValueWidget(
        widget_type=kind,
        value=value,
        label=info.label,
        tooltip=info.help,
        backend_kwargs={"info": info, **options},
    )
    return made


def _with_parent(make: Callable[[], QWidget]) -> Any:
    """`make` as the class that magicgui calls with the parent of the new widget."""

    def create(parent: QWidget | None = None) -> QWidget:
        widget = make()
        if parent is not None:
            widget.setParent(parent)
        return widget

    return create
