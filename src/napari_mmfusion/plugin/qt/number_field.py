"""A slider with a number box beside it, linear or logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from napari_mmfusion.core.parameters import ParameterInfo

_POSITIONS = 1000
_DECADES_ABOVE_ZERO = 5  # of a logarithmic slider that starts at 0
_WIDE_RANGE = 500  # a slider of whole numbers beyond this is logarithmic too


@dataclass(frozen=True)
class SliderScale:
    """Maps values to positions of a slider with `_POSITIONS` steps."""

    info: ParameterInfo

    @property
    def is_log(self) -> bool:
        """Whether the slider is logarithmic."""
        return self.info.scale == "log" or (
            self.info.kind == "integer" and self.info.maximum - self.info.minimum > _WIDE_RANGE
        )

    @property
    def _lowest(self) -> float:
        """Value at position 1 of a logarithmic slider; position 0 is the minimum."""
        if self.info.minimum > 0:
            return self.info.minimum
        return self.info.maximum / 10.0**_DECADES_ABOVE_ZERO

    def value(self, position: int) -> float:
        """Value at a position, rounded to a few digits."""
        share = position / _POSITIONS
        if not self.is_log:
            value = self.info.minimum + share * (self.info.maximum - self.info.minimum)
            digits = 3
        elif position == 0:
            return self.info.minimum
        else:
            value = self._lowest * (self.info.maximum / self._lowest) ** share
            digits = 2 - math.floor(math.log10(value))
        rounded = float(round(value) if self.info.kind == "integer" else round(value, digits))
        return min(max(rounded, self.info.minimum), self.info.maximum)

    def position(self, value: float) -> int:
        """Position nearest to a value."""
        if not self.is_log:
            span = self.info.maximum - self.info.minimum
            return round(_POSITIONS * (value - self.info.minimum) / span)
        if value <= self._lowest:
            return 0 if value <= self.info.minimum else 1
        ratio = math.log(value / self._lowest) / math.log(self.info.maximum / self._lowest)
        return round(_POSITIONS * ratio)


class NumberField(QWidget):
    """A number, set with a slider or typed; `changed` (value) is emitted in both cases."""

    changed = Signal(float)

    def __init__(self, info: ParameterInfo, value: float) -> None:
        super().__init__()
        self._scale = SliderScale(info)
        self._whole = info.kind == "integer"
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _POSITIONS)
        self.slider.setMinimumWidth(60)
        self.box = _NumberBox(0 if self._whole else 6)
        self.box.setRange(info.minimum, info.maximum)
        self.box.setStyleSheet("min-width: 58px; max-width: 58px; padding: 1px 4px;")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.box)
        self.value = value
        self.slider.valueChanged.connect(self._on_slider)
        self.box.valueChanged.connect(self._on_box)

    @property
    def value(self) -> float:
        """The number shown in the box."""
        value = self.box.value()
        return round(value) if self._whole else value

    @value.setter
    def value(self, value: float) -> None:
        self._show_on_slider(value)
        self.box.setValue(value)

    def set_in_use(self, in_use: bool) -> None:
        """Enable the number, or disable and hide it; its value is kept."""
        self.setEnabled(in_use)
        self.box.show_number(in_use)

    def _on_slider(self, position: int) -> None:
        self.box.setValue(self._scale.value(position))

    def _on_box(self, value: float) -> None:
        if self._scale.value(self.slider.value()) != value:
            self._show_on_slider(value)
        self.changed.emit(self.value)

    def _show_on_slider(self, value: float) -> None:
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(self._scale.position(value))
        self.slider.blockSignals(blocked)


class _Slider(QSlider):
    """A slider that leaves the mouse wheel to the scroll area around it."""

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None:
            event.ignore()


class _NumberBox(QDoubleSpinBox):
    """A number box without trailing zeros that leaves the wheel to the scroll area."""

    def __init__(self, decimals: int) -> None:
        self._shown = True  # first: Qt asks for the text while it builds the box
        super().__init__()
        self.setDecimals(decimals)
        self.setKeyboardTracking(False)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)

    def show_number(self, shown: bool) -> None:
        """Show the number, or a dash."""
        self._shown = shown
        line = self.lineEdit()
        assert line is not None
        line.setText(self.textFromValue(self.value()))

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        return f"{value:.7g}" if self._shown else "\N{EN DASH}"

    def wheelEvent(self, event: QWheelEvent | None) -> None:  # noqa: N802 - Qt's name
        if event is not None:
            event.ignore()
