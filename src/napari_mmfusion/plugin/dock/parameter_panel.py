"""The parameters, each with the widget that fits its description in the dataclass."""

from __future__ import annotations

from typing import Any, Protocol

from magicgui.widgets import CheckBox, ComboBox
from psygnal import Signal
from qtpy.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from napari_mmfusion.core.parameters import FusionParameters, ParameterInfo
from napari_mmfusion.plugin.qt.number_field import NumberField

_NOT_SHOWN = ("atomic_numbers", "weights")  # set in the table of elements
_START = {"lambda_haadf": 1 / 3, "threshold": 0.2}
"""Value of an optional parameter when it is switched on for the first time."""


class Field(Protocol):
    """The interface of all fields."""

    changed: Any

    @property
    def value(self) -> Any:
        """The value shown."""

    @value.setter
    def value(self, value: Any) -> None: ...


class ParameterPanel(QWidget):
    """All parameters except those in the table of elements; `changed` follows any change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._setting = False
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        defaults = FusionParameters()
        for row, name in enumerate(name for name in defaults.names() if name not in _NOT_SHOWN):
            info = FusionParameters.info(name)
            field, native = _field(info, getattr(defaults, name), _START.get(name))
            label = QLabel(info.label)
            tooltip = f"<p>{info.help}</p>"
            label.setToolTip(tooltip)
            native.setToolTip(tooltip)
            grid.addWidget(label, row, 0)
            grid.addWidget(native, row, 1)
            field.changed.connect(self._on_changed)
            self._fields[name] = field

    def field(self, name: str) -> Field:
        """The field of one parameter."""
        return self._fields[name]

    @property
    def value(self) -> FusionParameters:
        """The parameters shown."""
        return FusionParameters(**{name: field.value for name, field in self._fields.items()})

    @value.setter
    def value(self, params: FusionParameters) -> None:
        self._setting = True
        try:
            for name, field in self._fields.items():
                field.value = getattr(params, name)
        finally:
            self._setting = False
        self.changed.emit()

    def _on_changed(self, _: object = None) -> None:
        if not self._setting:
            self.changed.emit()


class OptionalNumber(QWidget):
    """A number with a check box that switches it on."""

    changed = Signal(object)

    def __init__(self, info: ParameterInfo, value: float | None, start: float | None) -> None:
        super().__init__()
        first = info.minimum if start is None else start
        self.number = NumberField(info, first if value is None else value)
        self.check = QCheckBox()
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setHorizontalSpacing(6)
        outer.addWidget(self.check, 0, 0)
        outer.addWidget(self.number, 0, 1)
        outer.setColumnStretch(1, 1)
        self.value = value
        self.number.changed.connect(self._on_changed)
        self.check.toggled.connect(self._on_toggled)

    @property
    def value(self) -> float | None:
        """The number, or None if it is switched off."""
        return self.number.value if self.check.isChecked() else None

    @value.setter
    def value(self, value: float | None) -> None:
        if value is not None:
            self.number.value = value
        self.check.setChecked(value is not None)
        self.number.set_in_use(value is not None)

    def _on_toggled(self, on: bool) -> None:
        self.number.set_in_use(on)
        self.changed.emit(self.value)

    def _on_changed(self, _: float) -> None:
        if self.check.isChecked():
            self.changed.emit(self.value)


def _field(info: ParameterInfo, value: Any, start: float | None) -> tuple[Field, QWidget]:
    """The field for a parameter, and its Qt widget."""
    match info.kind:
        case "choice":
            choice = ComboBox(choices=info.choices, value=value)
            return choice, choice.native
        case "flag":
            flag = CheckBox(value=value)
            return flag, flag.native
    number = OptionalNumber(info, value, start) if info.optional else NumberField(info, value)
    return number, number
