"""A slider with a number box beside it, linear or logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from napari_mmfusion.core.parameter_info import ParameterInfo
from napari_mmfusion.plugin.qt.numbers.number_box import NumberBox
from napari_mmfusion.plugin.qt.texts.message import Message

_POSITIONS = 1000
_DECADES_ABOVE_ZERO = 5  # of a logarithmic slider that starts at 0
_WIDE_RANGE = 500  # a slider of whole numbers beyond this is logarithmic too


@dataclass(frozen=True)
class SliderScale:
    """Maps values to positions of a slider with `_POSITIONS` steps."""

    info: ParameterInfo
    step: float = 0.001
    """What values of a linear slider are multiples of."""

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
            return self._limit(round(round(value / self.step) * self.step, 9))
        if position == 0:
            return self.info.minimum
        value = self._lowest * (self.info.maximum / self._lowest) ** share
        return self._limit(round(value, 2 - math.floor(math.log10(value))))

    def _limit(self, value: float) -> float:
        rounded = float(round(value)) if self.info.kind == "integer" else value
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
    """A number, set with a slider or typed; `changed` (value) is emitted in both cases.

    Below it stands what was typed and could not be used.
    """

    changed = Signal(float)

    def __init__(self, info: ParameterInfo, value: float, step: float = 0.001) -> None:
        super().__init__()
        self._scale = SliderScale(info, step)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _POSITIONS)
        self.slider.setMinimumWidth(60)
        self.slider.setAccessibleName(info.label)
        self.box = NumberBox(info.label, info.minimum, info.maximum, whole=info.kind == "integer")
        for part in (self.slider, self.box):
            part.setToolTip(info.help)
        self.message = Message()
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(row)
        column.addWidget(self.message)
        self.message.say("")
        self.value = value
        self.slider.valueChanged.connect(self._on_slider)
        self.box.valueChanged.connect(self._on_box)
        self.box.refused.connect(self.message.say)

    @property
    def value(self) -> float:
        """The number in use."""
        value = self.box.value()
        assert value is not None
        return value

    @value.setter
    def value(self, value: float) -> None:
        self._show_on_slider(value)
        self.box.setValue(value)

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
