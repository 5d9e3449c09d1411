"""The parameters, each with the widget that fits its description in the dataclass."""

from __future__ import annotations

from typing import Any, Protocol

from magicgui.widgets import CheckBox, ComboBox
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from napari_mmfusion.core.parameter_info import ParameterInfo
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.dock.parameters.method_box import MethodBox
from napari_mmfusion.plugin.qt.numbers.number_field import NumberField

_ELSEWHERE = ("atomic_numbers", "weights", "solver")  # in the table of elements and the method box
_OF_DATA = ("normalisation",)
"""Parameters that concern the data, whatever the method."""
_START = {"lambda_haadf": 1 / 3, "threshold": 0.2}
"""Value of an optional parameter when it is switched on for the first time."""
_LEFT_OUT = "off"
"""What stands in the box of an optional parameter that is left out."""


_ROW = 22
"""Height of a slider with its number box, in pixels."""


class Field(Protocol):
    """The interface of all fields."""

    changed: Any

    @property
    def value(self) -> Any:
        """The value shown."""

    @value.setter
    def value(self, value: Any) -> None: ...


class ParameterPanel(QWidget):
    """The parameters of the method chosen, without those in the table of elements.

    `changed` follows any change. While the method is automatic, those of the method found last are
    kept but not shown.

    Attributes
    ----------
    method : MethodBox
        Chooses the method; it stands apart from the panel.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._rows: dict[str, tuple[QWidget, QWidget]] = {}
        self._setting = False
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        defaults = FusionParameters()
        self.method = MethodBox(defaults.solver)
        self._fields["solver"] = self.method
        self.method.changed.connect(self._on_method)
        for row, name in enumerate(name for name in defaults.names() if name not in _ELSEWHERE):
            info = FusionParameters.info(name)
            field, native = _field(info, getattr(defaults, name), _START.get(name))
            label = QLabel(info.label)
            tooltip = info.help
            label.setToolTip(tooltip)
            native.setToolTip(tooltip)
            if info.kind in ("number", "integer"):
                # Beside the number, also with a message below it.
                label.setFixedHeight(_ROW)
                grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            else:
                grid.addWidget(label, row, 0)
            grid.addWidget(native, row, 1)
            field.changed.connect(self._on_changed)
            self._fields[name] = field
            self._rows[name] = (label, native)
        self._show_used()

    def field(self, name: str) -> Field:
        """The field of one parameter."""
        return self._fields[name]

    def show_left_out(self, name: str, text: str) -> None:
        """Show what is in use while the parameter `name` is left out."""
        field = self._fields[name]
        if isinstance(field, OptionalNumber):
            field.show_left_out(text)

    @property
    def value(self) -> FusionParameters:
        """The parameters shown."""
        return FusionParameters(**{name: field.value for name, field in self._fields.items()})

    @value.setter
    def value(self, params: FusionParameters) -> None:
        self._set(params)
        self.changed.emit()

    def _set(self, params: FusionParameters) -> None:
        self._setting = True
        try:
            for name, field in self._fields.items():
                field.value = getattr(params, name)
        finally:
            self._setting = False

    def take_found(self, params: FusionParameters) -> None:
        """Take parameters that were found from the data; an automatic method stays so."""
        automatic = self.method.automatic
        self._set(params)
        if automatic:
            self._setting = True
            self.method.automatic = True
            self._setting = False
        self.changed.emit()

    def _on_method(self, _: object) -> None:
        self._show_used()
        self._on_changed()

    def _show_used(self) -> None:
        """Show the parameters that the method uses."""
        for name, row in self._rows.items():
            info = FusionParameters.info(name)
            used = info.is_used_by(self.method.value)
            if self.method.automatic:
                used = name in _OF_DATA
            for widget in row:
                widget.setVisible(used)

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
        self.check.setAccessibleName(f"Set {info.label}")
        self.check.setToolTip(f"Set {info.label} by hand; without the tick it is left out.")
        self._left_out = _LEFT_OUT
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setHorizontalSpacing(6)
        outer.addWidget(self.check, 0, 0, Qt.AlignmentFlag.AlignTop)
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
        self._show_use()

    def show_left_out(self, text: str) -> None:
        """Show `text` in the box while the number is switched off."""
        self._left_out = text
        self._show_use()

    def _show_use(self) -> None:
        on = self.check.isChecked()
        self.number.setEnabled(on)
        self.number.box.show_instead(None if on else self._left_out)

    def _on_toggled(self, _: bool) -> None:
        self._show_use()
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
