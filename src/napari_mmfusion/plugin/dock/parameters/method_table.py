"""The table of methods with their scores for each map; a click takes a method."""

from __future__ import annotations

from typing import Final

from qtpy.QtCore import Qt, Signal  # type: ignore[attr-defined]  # qtpy makes it
from qtpy.QtGui import QFont
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from napari_mmfusion.core.choice import GAUSSIAN, PLAIN_TV, RAW, Choice, MethodScore

_ROW: Final = 20
_TITLES: Final = {RAW: "measured"}
"""Names of methods that the table calls otherwise."""


class MethodTable(QTableWidget):
    """The loss of every method for each map, the lowest of each column in bold.

    `taken` carries the settings of the method that was clicked, with its solver. The measured map
    and the Gaussian are no fusions and cannot be taken.
    """

    taken = Signal(dict)

    def __init__(self) -> None:
        super().__init__()
        self._scores: tuple[MethodScore, ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows, self._header = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert self._header is not None
        rows.setVisible(False)
        rows.setDefaultSectionSize(_ROW)
        self._header.setFixedHeight(_ROW)
        self._header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setToolTip(
            "The part of the variance of hidden data that each method does not predict: the lower"
            " the better, the lowest in bold. Click a method to take it with its settings."
        )
        corner = self.findChild(QAbstractButton)
        if corner is not None:  # it has no part in the table, but a mouse can be over it
            corner.setToolTip(self.toolTip())
        self.cellClicked.connect(lambda row, _: self.take(row))
        self.setVisible(False)

    def show_choice(self, choice: Choice | None) -> None:
        """Show what a comparison found, or nothing."""
        self.clear()
        self._scores = () if choice is None else choice.scores
        self.setVisible(choice is not None)
        if choice is None:
            return
        elements = [gate.element for gate in choice.gates]
        self.setRowCount(len(self._scores))
        self.setColumnCount(1 + len(elements))
        self.setHorizontalHeaderLabels(["Method", *elements])
        lowest = {name: min(each.losses[name] for each in self._scores) for name in elements}
        for row, score in enumerate(self._scores):
            title = _TITLES.get(score.name, score.name)
            mark = " \N{LEFTWARDS ARROW}" if score.name == choice.method else ""
            self.setItem(row, 0, _item(title + mark, bold=score.name == choice.method))
            for column, name in enumerate(elements, 1):
                loss = score.losses[name]
                self.setItem(row, column, _item(f"{loss:.4f}", bold=loss == lowest[name]))
        self.setFixedHeight(_ROW * (1 + len(self._scores)) + 4)

    def take(self, row: int) -> None:
        """Take the method in a row, as a click does."""
        score = self._scores[row]
        if score.name in (RAW, GAUSSIAN):
            return
        self.taken.emit(settings_of(score))


def settings_of(score: MethodScore) -> dict[str, object]:
    """The parameters of a method that was compared."""
    solver = "guided" if score.name == PLAIN_TV else score.name
    return {"solver": solver, **score.settings}


def _item(text: str, *, bold: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    font = QFont(item.font())
    font.setBold(bold)
    item.setFont(font)
    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
    return item
