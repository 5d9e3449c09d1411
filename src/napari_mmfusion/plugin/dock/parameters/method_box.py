"""The choice of a method, with a sentence on each: automatic, or one of the solvers."""

from __future__ import annotations

from typing import Final, NamedTuple

from psygnal import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.qt.texts.message import Message


class Method(NamedTuple):
    """A method as the box shows it.

    Attributes
    ----------
    key : str
        The solver, or ``"automatic"``.
    title : str
        Its line in the box.
    sentence : str
        What it does, and what it is for.
    """

    key: str
    title: str
    sentence: str


AUTOMATIC: Final = "automatic"
METHODS: Final = tuple(
    method
    for method in (
        Method(
            AUTOMATIC,
            "Automatic",
            "Compares the methods on hidden data and runs the one that predicts them best; says for"
            " each map whether fusing it helps.",
        ),
        Method(
            "guided",
            "Guided",
            "Takes edges from the HAADF and the noise from the counts. For particles, films and"
            " interfaces.",
        ),
        Method(
            "matched",
            "Matched",
            "Averages places that look alike in the HAADF. For lattices and whatever else repeats.",
        ),
        Method(
            "tutorial",
            "Published tutorial",
            "The published algorithm with its fixed steps. To repeat published work.",
        ),
        Method(
            "converged",
            "Published, converged",
            "The published costs, continued to their minimum.",
        ),
    )
    if method.key in (AUTOMATIC, *FusionParameters.info("solver").choices)
)
"""All methods, in the order of the box."""


class MethodBox(QWidget):
    """A box with all methods; `changed` follows any change, with the solver.

    The value is a solver. If the method is automatic, it is the one found last.
    """

    changed = Signal(object)

    def __init__(self, solver: str) -> None:
        super().__init__()
        self._solver = solver
        self.box = QComboBox()
        self.box.setAccessibleName("Method")
        for method in METHODS:
            self.box.addItem(method.title, method.key)
        self.box.setToolTip("\n".join(f"{each.title}: {each.sentence}" for each in METHODS))
        self.sentence = Message()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QLabel("Method"))
        row.addWidget(self.box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self.sentence)
        self.box.setCurrentIndex(self.box.findData(solver))
        self._say(solver)
        self.box.currentIndexChanged.connect(self._on_box)

    @property
    def automatic(self) -> bool:
        """Whether the method is found from the data."""
        return bool(self.box.currentData() == AUTOMATIC)

    @automatic.setter
    def automatic(self, automatic: bool) -> None:
        self.box.setCurrentIndex(self.box.findData(AUTOMATIC if automatic else self._solver))

    @property
    def value(self) -> str:
        """The solver."""
        return self._solver

    @value.setter
    def value(self, solver: str) -> None:
        self._solver = solver
        if self.box.currentData() == solver:
            self.changed.emit(solver)
        else:
            self.box.setCurrentIndex(self.box.findData(solver))

    def _on_box(self, _: int) -> None:
        key = self.box.currentData()
        if key != AUTOMATIC:
            self._solver = key
        self._say(key)
        self.changed.emit(self._solver)

    def _say(self, key: str) -> None:
        self.sentence.say(next(method.sentence for method in METHODS if method.key == key))
