"""The table of the images to fuse: the HAADF layer, and a row for each element."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from napari.layers import Image
from psygnal import Signal
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_mmfusion.core.elements import SYMBOLS
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.dock.parameters.model_in_use import ModelInUse
from napari_mmfusion.plugin.layers.data_choice import DataChoice, Row
from napari_mmfusion.plugin.layers.looks.look import colour_of
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.qt.numbers.number_box import NumberBox
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.tooltips import plain

_HEADS = ("", "El.", "Layer", "Z", "Weight", "")
_NO_WEIGHT = "-"


class DataTable(QWidget):
    """Shows and edits a `DataChoice`; `recoloured` (element, colour) follows a new colour."""

    recoloured = Signal(str, str)

    def __init__(self, choice: DataChoice, model: ModelInUse) -> None:
        super().__init__()
        self._choice = choice
        self._model = model
        self._signature: object = None
        self._numbers: list[NumberBox] = []
        self._weights: list[NumberBox] = []
        self._message = Message()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(5)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(self._grid)
        column.addWidget(self._message)
        self._message.say("")
        choice.changed.connect(self.refresh)
        model.changed.connect(self._show_weights)
        self.refresh()

    def refresh(self) -> None:
        """Rebuild the table if its content has changed."""
        layers = self._choice.candidates()
        signature = (
            [(id(layer), layer.name) for layer in layers],
            id(self._choice.haadf),
            [
                (id(row), row.symbol, id(row.layer), row.enabled, self._choice.misfit(row))
                for row in self._choice.rows
            ],
        )
        if signature != self._signature:
            self._signature = signature
            cell = self._focused_cell()
            self._clear()
            self._build(layers)
            self._focus(cell)
        self._show_weights()

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._numbers, self._weights = [], []
        self._message.say("")

    def _focused_cell(self) -> tuple[int, int] | None:
        """Row and column of the cell that has the keyboard."""
        focused = QApplication.focusWidget()
        index = -1 if focused is None else self._grid.indexOf(focused)
        if index < 0:
            return None
        row, column, *_ = self._grid.getItemPosition(index)
        return row, column

    def _focus(self, cell: tuple[int, int] | None) -> None:
        item = None if cell is None else self._grid.itemAtPosition(*cell)
        widget = None if item is None else item.widget()
        if widget is not None:
            widget.setFocus()

    def _build(self, layers: list[Image]) -> None:
        for column, head in enumerate(_HEADS):
            self._grid.addWidget(QLabel(head), 0, column)
        self._grid.addWidget(QLabel(HAADF), 1, 0, 1, 2)
        haadf = _layer_box(
            "Layer of the HAADF image.",
            layers,
            self._choice.haadf,
            "(none: load or choose one)",
        )
        haadf.activated.connect(partial(self._on_haadf, layers))
        self._grid.addWidget(haadf, 1, 2, 1, 4)
        number = 2
        for row in self._choice.rows:
            self._build_row(number, row, layers)
            misfit = self._choice.misfit(row)
            if misfit:
                number += 1
                self._grid.addWidget(Message(f"{row.symbol}: {misfit}"), number, 1, 1, 5)
            number += 1
        if len(layers) > len(self._choice.rows) + 1:
            add = QPushButton("Add element")
            add.setToolTip("Add a row for a layer whose name holds no element symbol.")
            add.clicked.connect(self._choice.add_row)
            self._grid.addWidget(add, number, 2)

    def _build_row(self, number: int, row: Row, layers: list[Image]) -> None:
        on = QCheckBox()
        on.setChecked(row.enabled)
        on.setToolTip("Whether this element is fused.")
        on.toggled.connect(partial(self._on_enabled, row))
        symbol = QLineEdit(row.symbol)
        symbol.setFixedWidth(34)
        symbol.setStyleSheet("padding: 1px 4px;")
        symbol.setToolTip("Symbol of the element, such as Fe.")
        symbol.editingFinished.connect(lambda: self._on_symbol(row, symbol.text()))
        layer = _layer_box("Layer of the element map.", layers, row.layer)
        layer.activated.connect(partial(self._on_layer, row, layers))
        z = NumberBox(
            f"Z of {row.symbol or 'the element'}",
            1,
            len(SYMBOLS),
            whole=True,
            optional=True,
            width=26,
        )
        z.setToolTip(
            "Atomic number, which determines the weight. Type another one to override it, or clear"
            " it to have that of the element."
        )
        z.setValue(row.typed_number)
        z.valueChanged.connect(partial(self._on_number, row))
        limits = FusionParameters.info("weights")
        weight = NumberBox(
            f"Weight of {row.symbol or 'the element'}",
            limits.minimum,
            limits.maximum,
            optional=True,
            width=44,
        )
        weight.setToolTip(
            "Weight of the element in the HAADF model. Type another one to override it, or clear"
            " it to have it computed."
        )
        weight.setValue(row.typed_weight)
        weight.valueChanged.connect(partial(self._on_weight, row))
        for box in (z, weight):
            box.refused.connect(self._show_refused)
        self._numbers.append(z)
        self._weights.append(weight)
        colour = _ColourButton(row, self.recoloured.emit)
        for column, widget in enumerate((on, symbol, layer, z, weight, colour)):
            self._grid.addWidget(widget, number, column)

    def _show_weights(self) -> None:
        """Show the numbers in use: typed ones as they are, others greyed."""
        weights = self._model.weights()
        rows = self._choice.rows
        for z, weight, row in zip(self._numbers, self._weights, rows, strict=False):
            z.show_instead("?" if row.number is None else str(row.number), row.number)
            computed = weights.get(id(row))
            text = _NO_WEIGHT if computed is None else f"{computed:.3f}"
            weight.show_instead(text, computed)
            weight.setEnabled(row.enabled)
            for box, typed in ((z, row.typed_number), (weight, row.typed_weight)):
                box.set_bold(typed is not None)
                if typed != box.value():
                    box.setValue(typed)

    def _show_refused(self, _: str) -> None:
        boxes = (*self._numbers, *self._weights)
        self._message.say("\n".join(box.message for box in boxes if box.message))

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

    def _on_weight(self, row: Row, weight: float | None) -> None:
        if weight != row.typed_weight:
            row.typed_weight = weight
            self._choice.changed.emit()

    def _on_number(self, row: Row, number: int | None) -> None:
        if number == row.typed_number:
            return
        row.typed_number = None
        if number != row.number:
            row.typed_number = number
        self._choice.changed.emit()


class _ColourButton(QPushButton):
    """The colour of a layer; a click changes it."""

    def __init__(self, row: Row, changed: Callable[[str, str], None]) -> None:
        super().__init__()
        self._row = row
        self._changed = changed
        self.setFixedSize(QSize(22, 22))
        self.setToolTip("Colour of the element; a click changes it.")
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


def _layer_box(what: str, layers: list[Image], current: Image | None, empty: str = "") -> QComboBox:
    """A choice of layers by name; long names are cut so that the table keeps its width."""
    box = QComboBox()
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(70)
    box.addItems([layer.name for layer in layers])
    for index, layer in enumerate(layers):
        box.setItemData(index, plain(layer.name), Qt.ItemDataRole.ToolTipRole)
    name = "none yet" if current is None else plain(current.name)
    box.setToolTip(f"{what} At present: {name}.")
    box.setPlaceholderText(empty)
    box.setCurrentIndex(next((i for i, layer in enumerate(layers) if layer is current), -1))
    return box
