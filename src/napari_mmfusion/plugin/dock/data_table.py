"""The table of the images to fuse: the HAADF layer, and a row for each element."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from napari.layers import Image
from psygnal import Signal
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from napari_mmfusion.core.elements import SYMBOLS
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import element_weights
from napari_mmfusion.plugin.layers.data_choice import DataChoice, Row
from napari_mmfusion.plugin.layers.look import colour_of
from napari_mmfusion.plugin.layers.names import HAADF

_HEADS = ("", "El.", "Layer", "Z", "Weight", "")


class DataTable(QWidget):
    """Shows and edits a `DataChoice`; `recoloured` (element, colour) follows a new colour."""

    recoloured = Signal(str, str)

    def __init__(self, choice: DataChoice, params: FusionParameters) -> None:
        super().__init__()
        self._choice = choice
        self._params = params
        self._signature: object = None
        self._weights: list[QLineEdit] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(5)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        choice.changed.connect(self.refresh)
        self.refresh()

    def set_parameters(self, params: FusionParameters) -> None:
        """Show the weights that these parameters give."""
        self._params = params
        self._show_weights()

    def refresh(self) -> None:
        """Rebuild the table if its content has changed."""
        layers = self._choice.candidates()
        signature = (
            [(id(layer), layer.name) for layer in layers],
            id(self._choice.haadf),
            [(id(row), row.symbol, id(row.layer), row.enabled) for row in self._choice.rows],
        )
        if signature == self._signature:
            return
        self._signature = signature
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._weights = []
        self._build(layers)
        self._show_weights()

    def _build(self, layers: list[Image]) -> None:
        for column, head in enumerate(_HEADS):
            self._grid.addWidget(QLabel(head), 0, column)
        self._grid.addWidget(QLabel(HAADF), 1, 0, 1, 2)
        haadf = _layer_box(layers, self._choice.haadf, "(none: load or choose one)")
        haadf.activated.connect(partial(self._on_haadf, layers))
        self._grid.addWidget(haadf, 1, 2, 1, 4)
        for number, row in enumerate(self._choice.rows, start=2):
            self._build_row(number, row, layers)
        if len(layers) > len(self._choice.rows) + 1:
            add = QPushButton("Add element")
            add.setToolTip("Add a row for a layer whose name holds no element symbol")
            add.clicked.connect(self._choice.add_row)
            self._grid.addWidget(add, len(self._choice.rows) + 2, 2)

    def _build_row(self, number: int, row: Row, layers: list[Image]) -> None:
        on = QCheckBox()
        on.setChecked(row.enabled)
        on.setToolTip("Whether this element is fused")
        on.toggled.connect(partial(self._on_enabled, row))
        symbol = QLineEdit(row.symbol)
        symbol.setFixedWidth(34)
        symbol.setStyleSheet("padding: 1px 4px;")
        symbol.setToolTip("Element symbol")
        symbol.editingFinished.connect(lambda: self._on_symbol(row, symbol.text()))
        layer = _layer_box(layers, row.layer)
        layer.activated.connect(partial(self._on_layer, row, layers))
        z = QSpinBox()
        z.setRange(0, len(SYMBOLS))
        z.setSpecialValueText("?")
        z.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        z.setStyleSheet("min-width: 26px; max-width: 26px; padding: 1px 4px;")
        z.setValue(row.number or 0)
        z.setKeyboardTracking(False)
        z.setToolTip("Atomic number, which determines the weight; type another one to override it")
        z.valueChanged.connect(partial(self._on_number, row))
        weight = QLineEdit()
        weight.setFixedWidth(52)
        weight.setStyleSheet("padding: 1px 4px;")
        weight.setToolTip(
            "Weight of the element in the HAADF model; type another one to override it, or clear it"
            " to have it computed"
        )
        weight.editingFinished.connect(lambda: self._on_weight(row, weight))
        self._weights.append(weight)
        colour = _ColourButton(row, self.recoloured.emit)
        for column, widget in enumerate((on, symbol, layer, z, weight, colour)):
            self._grid.addWidget(widget, number, column)

    def _show_weights(self) -> None:
        chosen = [row for row in self._choice.chosen() if row.number is not None]
        numbers = [row.number or 0 for row in chosen]
        weights = (
            element_weights(numbers, self._params.weighting, self._params.gamma).tolist()
            if numbers
            else []
        )
        by_row = {id(row): weight for row, weight in zip(chosen, weights, strict=True)}
        for field, row in zip(self._weights, self._choice.rows, strict=False):
            weight = by_row.get(id(row)) if row.typed_weight is None else row.typed_weight
            field.setText("-" if weight is None else f"{weight:.3f}")
            field.setEnabled(weight is not None)
            font = field.font()
            font.setBold(row.typed_weight is not None)
            field.setFont(font)

    def _on_haadf(self, layers: list[Image], index: int) -> None:
        self._choice.haadf = layers[index]

    def _on_layer(self, row: Row, layers: list[Image], index: int) -> None:
        self._choice.assign(row, layers[index])

    def _on_enabled(self, row: Row, on: bool) -> None:
        row.enabled, row.typed_enabled = on, True
        self._choice.changed.emit()

    def _on_symbol(self, row: Row, symbol: str) -> None:
        if symbol.strip() != row.symbol:
            row.symbol, row.typed_symbol, row.typed_number = symbol.strip(), True, None
            self._choice.changed.emit()

    def _on_weight(self, row: Row, field: QLineEdit) -> None:
        if not field.isModified():
            return
        text, before = field.text(), row.typed_weight
        info = FusionParameters.info("weights")
        with suppress(ValueError):  # a text that is not a number is replaced by the old value
            typed = float(text.replace(",", ".")) if text.strip() else None
            row.typed_weight = typed and min(max(typed, info.minimum), info.maximum)
        self._show_weights()
        if row.typed_weight != before:
            self._choice.changed.emit()

    def _on_number(self, row: Row, number: int) -> None:
        row.typed_number = None
        if number not in (0, row.number):
            row.typed_number = number
        self._show_weights()
        self._choice.changed.emit()


class _ColourButton(QPushButton):
    """The colour of a layer; a click changes it."""

    def __init__(self, row: Row, changed: Callable[[str, str], None]) -> None:
        super().__init__()
        self._row = row
        self._changed = changed
        self.setFixedSize(QSize(22, 22))
        self.setToolTip("Colour of the element")
        self.clicked.connect(self._choose)
        if row.layer is not None:
            row.layer.events.colormap.connect(self._show)
        self._show()

    def _colour(self) -> QColor:
        layer = self._row.layer
        if layer is None:
            return QColor(Qt.GlobalColor.gray)
        return QColor(colour_of(layer))

    def _show(self, _: object = None) -> None:
        self.setStyleSheet(f"background-color: {self._colour().name()}; border-radius: 3px;")

    def _choose(self) -> None:
        colour = QColorDialog.getColor(self._colour(), self, "Colour of the element")
        if colour.isValid() and self._row.layer is not None:
            self._row.layer.colormap = colour.name()
            self._changed(self._row.symbol, colour.name())


def _layer_box(layers: list[Image], current: Image | None, empty: str = "") -> QComboBox:
    """A choice of layers by name; long names are cut so that the table keeps its width."""
    box = QComboBox()
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(70)
    box.addItems([layer.name for layer in layers])
    box.setPlaceholderText(empty)
    box.setCurrentIndex(next((i for i, layer in enumerate(layers) if layer is current), -1))
    return box
