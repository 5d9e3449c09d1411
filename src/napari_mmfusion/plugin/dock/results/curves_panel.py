"""The cost curves with their controls."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from qtpy.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_mmfusion.io.naming import printable
from napari_mmfusion.plugin.dock.results.curves import CostCurves
from napari_mmfusion.plugin.qt.texts.message import Message

_ENDING: Final = ".csv"


class CurvesPanel(QWidget):
    """Cost curves, a switch between linear and logarithmic, and the export as a table."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = CostCurves()
        self.plot.setToolTip(
            "Each part of the cost after every iteration; the dashed line is the run before."
            " Point at a curve to read its value."
        )
        self.log_box = QCheckBox("Logarithmic")
        self.log_box.setToolTip("Draw the costs on logarithmic scales.")
        self.log_box.toggled.connect(self.plot.set_log)
        self.export_button = QPushButton("Export costs (CSV)...")
        self.export_button.setToolTip("Write the costs of all iterations as a table.")
        self.export_button.setEnabled(False)
        self.export_button.clicked.connect(self._ask_and_export)
        self.message = Message()
        self.message.say("")
        row = QHBoxLayout()
        row.addWidget(self.log_box)
        row.addStretch(1)
        row.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.plot)
        layout.addLayout(row)
        layout.addWidget(self.message)

    @property
    def costs(self) -> NDArray[np.float64]:
        """The costs shown, (n, 3)."""
        return self.plot.costs

    def begin(self, planned: int, before: NDArray[np.float64] | None = None) -> None:
        """Start new curves of `planned` iterations, or go on from the costs `before`."""
        self.message.say("")
        if before is not None and len(before):
            self.plot.go_on(before, planned)
        else:
            self.plot.begin(planned)

    def append(self, costs: NDArray[np.float64]) -> None:
        """Append values to the curves."""
        self.plot.append(costs)
        self.export_button.setEnabled(True)

    def replace(self, costs: NDArray[np.float64]) -> None:
        """Show other curves at once."""
        self.plot.replace(costs)
        self.export_button.setEnabled(True)

    def show_alone(self, costs: NDArray[np.float64]) -> None:
        """Show the curves of other data at once."""
        self.plot.show_alone(costs)
        self.export_button.setEnabled(len(costs) > 0)

    def _ask_and_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Export costs", "costs.csv", "Comma-separated values (*.csv)"
        )
        if not name:
            return
        file = Path(name)
        if file.suffix.lower() != _ENDING:
            file = file.with_name(file.name + _ENDING)
            if os.path.lexists(file) and not self._may_replace(file):
                return  # the dialog asked about the name without the ending
        try:
            self.plot.export(file)
        except OSError as error:
            reason = printable(error.strerror or str(error), 100)
            self.message.say(f"The costs were not written: {reason}. Choose another file.")
        else:
            self.message.say(f"Costs written to {printable(str(file), 200)}")

    def _may_replace(self, file: Path) -> bool:
        answer = QMessageBox.question(
            self, "Replace?", f"{printable(str(file), 200)} exists already. Replace it?"
        )
        return bool(answer == QMessageBox.StandardButton.Yes)
