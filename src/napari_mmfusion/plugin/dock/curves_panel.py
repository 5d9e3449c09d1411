"""The cost curves with their controls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from qtpy.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_mmfusion.plugin.dock.curves import CostCurves
from napari_mmfusion.plugin.qt.notices import report


class CurvesPanel(QWidget):
    """Cost curves, a switch between linear and logarithmic, and the export as a table."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = CostCurves()
        self.log_box = QCheckBox("Logarithmic")
        self.log_box.toggled.connect(self.plot.set_log)
        self.export_button = QPushButton("Export costs (CSV)...")
        self.export_button.setEnabled(False)
        self.export_button.clicked.connect(self._ask_and_export)
        row = QHBoxLayout()
        row.addWidget(self.log_box)
        row.addStretch(1)
        row.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.plot)
        layout.addLayout(row)

    @property
    def costs(self) -> NDArray[np.float64]:
        """The costs shown, (n, 3)."""
        return self.plot.costs

    def begin(self, planned: int) -> None:
        """Start new curves of `planned` iterations."""
        self.plot.begin(planned)

    def append(self, costs: NDArray[np.float64]) -> None:
        """Append values to the curves."""
        self.plot.append(costs)
        self.export_button.setEnabled(True)

    def replace(self, costs: NDArray[np.float64]) -> None:
        """Show other curves at once."""
        self.plot.replace(costs)
        self.export_button.setEnabled(True)

    def _ask_and_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Export costs", "costs.csv", "Comma-separated values (*.csv)"
        )
        if name:
            try:
                self.plot.export(Path(name))
            except OSError as error:
                report(error)
