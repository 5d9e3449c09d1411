"""The Auto button: lambdas chosen from the data, and their score curves."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from qtpy.QtCore import Signal  # type: ignore[attr-defined]  # qtpy makes it
from qtpy.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggest import THOROUGH, suggest_iter
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.plugin.dock.parameters.method_table import MethodTable
from napari_mmfusion.plugin.dock.parameters.score_plot import ScorePlot
from napari_mmfusion.plugin.layers.notes.source import Source
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.notices import report
from napari_mmfusion.plugin.qt.texts.wording import in_labels
from napari_mmfusion.plugin.qt.work.progress_line import ProgressLine
from napari_mmfusion.plugin.qt.work.task import Task

Request = tuple[Source, FusionParameters]

_AUTO, _CANCEL, _COMPARE = "Auto", "Cancel Auto", "Compare methods"
_AUTOMATIC: Final = "auto"
"""The solver that `suggest_iter` takes for any method."""


class AutoPanel(QWidget):
    """Searches the settings of the method, or the method as well; a second press cancels.

    `suggested` carries the suggestion; `taken` the values of a method that was clicked in the
    table, by the names of their parameters; `ended` follows every search, whatever its outcome.

    Parameters
    ----------
    request : callable
        Returns the images and the initial parameters, or raises an MMFusionError.
    automatic : callable
        Returns whether the method is to be found, too.
    """

    suggested = Signal(object)
    taken = Signal(dict)
    ended = Signal()

    def __init__(self, request: Callable[[], Request], automatic: Callable[[], bool]) -> None:
        super().__init__()
        self._request = request
        self._automatic = automatic
        self.task = Task(self, daemon=True)
        self.task.stepped.connect(self._on_trial)
        self.task.done.connect(self._on_done)
        self.button = QPushButton(_AUTO)
        self.button.setToolTip(
            "Set the weights from the data: hide some counts or pixels, and choose the values that"
            " predict them best, for the method that is set. If it is automatic, compare all"
            " methods."
        )
        self.button.clicked.connect(lambda: self.press())
        self.thorough = QCheckBox("thorough")
        names = " and ".join(FusionParameters.info(name).label for name in THOROUGH)
        self.thorough.setToolTip(
            f"Let Auto set {names} as well, which takes about eight times as long."
        )
        self.progress = ProgressLine()
        self.plot = ScorePlot()
        self.plot.setToolTip(
            "Prediction error at the held-out pixels: the lower the better."
            " The line marks the value that was set."
        )
        self.table = MethodTable()
        self.table.taken.connect(self.taken)
        self.message = Message()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.button)
        row.addWidget(self.thorough)
        row.addWidget(self.progress, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.plot)
        column.addWidget(self.table)
        column.addWidget(self.message)
        self.message.say("")

    @property
    def busy(self) -> bool:
        """Whether a search is under way."""
        return self.task.busy

    def press(self) -> None:
        """Start a search, or cancel the one under way."""
        if self.busy:
            self.cancel()
            return
        try:
            source, params = self._request()
        except MMFusionError as error:
            self.message.say(report(error))
            return
        automatic = self._automatic()
        choices = {} if automatic or not self.thorough.isChecked() else THOROUGH
        self.message.say("")
        self.button.setText(_CANCEL)
        self.task.start(partial(_search, source, params, choices, automatic))

    def follow_method(self) -> None:
        """Name the button for what it does with the method that is set."""
        automatic = self._automatic()
        self.thorough.setVisible(not automatic)
        if not self.busy:
            self.button.setText(_COMPARE if automatic else _AUTO)

    def cancel(self) -> None:
        """Cancel the search under way, if any."""
        self.task.stop()

    def _on_trial(self, trial: Trial) -> None:
        if self.busy:
            self.progress.show_steps(trial.done, trial.total)

    def _on_done(self, outcome: object) -> None:
        self.button.setText(_COMPARE if self._automatic() else _AUTO)
        self.progress.show_steps(0, 1)
        if isinstance(outcome, Exception):
            self.message.say(report(outcome, "The search for the weights"))
        elif isinstance(outcome, Suggestion):
            choice = outcome.choice
            self.plot.show_suggestion(outcome if choice is None else None)
            self.table.show_choice(choice)
            found = () if choice is None else (choice.text,)
            self.message.say(" ".join(map(in_labels, (*found, *outcome.warnings))))
            self.suggested.emit(outcome)
        self.ended.emit()


def _search(
    source: Source,
    params: FusionParameters,
    choices: Mapping[str, Sequence[Any]],
    automatic: bool,
    stop: StopFlag,
) -> Generator[Trial, None, Suggestion | None]:
    """Yield the trials of a search and return its suggestion, if it was not stopped."""
    solver = _AUTOMATIC if automatic else params.solver
    data = source.dataset()
    for step in suggest_iter(data, params, choices=choices, stop=stop, solver=solver):
        if isinstance(step, Suggestion):
            return step
        yield step
    return None
