"""Fill in the parameters from a preset or a layer, and copy them as a script."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final

from napari.utils.notifications import show_info
from qtpy.QtCore import Qt
from qtpy.QtGui import QGuiApplication
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.notices import report

if TYPE_CHECKING:
    from napari.components import ViewerModel

PRESETS: Final = {
    "Tutorial 1 (EDX, DyScO3)": FusionParameters(
        lambda_chem=0.08, lambda_tv=0.15, n_iter=30, n_iter_tv=3, background=0.24
    ),
    "Tutorial 2 (EELS, Co3O4)": FusionParameters(
        lambda_chem=0.006, lambda_tv=0.022, n_iter=30, n_iter_tv=6, background=0.01, threshold=0.2
    ),
    "Published, few counts (then Auto)": FusionParameters(
        weighting="z/fitted", lambda_chem=0.01, lambda_tv=0.1, n_iter_tv=2, background=0.01
    ),
}
"""Name of each preset and its parameters."""

_SHORTEST: Final = 10
"""Characters of a preset's name that the box has room for at least."""
_NOTES: Final = {
    "Tutorial 2 (EELS, Co3O4)": "As published, this preset stops after 30 iterations, before"
    " the costs have settled. On its own data the HAADF term takes about 90, and the total"
    " variation then keeps swinging by less than 0.5 %."
}
"""What to know of a preset before it is run."""


class ParameterTools(QWidget):
    """Method, presets and Auto above the parameters; below them a button to load those of a layer.

    Parameters
    ----------
    viewer : napari.components.ViewerModel
        Parameters are loaded from its selected layer.
    panel : ParameterPanel
        The parameters.
    auto : QWidget
        Chooses parameters from the data.
    make_script : callable
        Returns the script to copy, or raises an MMFusionError.
    restore : callable, optional
        Sets the data table as it was for the layer with a note; returns elements without a row.
    one_step : callable, optional
        Returns a context in which all changes are taken back as one.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        panel: ParameterPanel,
        auto: QWidget,
        make_script: Callable[[], str],
        restore: Callable[[LayerNote], list[str]] = lambda _: [],
        one_step: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        super().__init__()
        self._viewer = viewer
        self._panel = panel
        self._make_script = make_script
        self._restore = restore
        self._one_step = one_step
        self.presets = QComboBox()
        self.presets.addItems(["Presets...", "Defaults", *PRESETS])
        self.presets.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.presets.setMinimumContentsLength(_SHORTEST)
        self.presets.setToolTip(
            "Fill in the parameters of one of the tutorial's examples, or the defaults."
        )
        for name, note in _NOTES.items():
            index = self.presets.findText(name)
            self.presets.setItemData(index, note, Qt.ItemDataRole.ToolTipRole)
        self.presets.activated.connect(self._on_preset)
        self.message = Message()
        self.message.say("")
        self.undo_button = QPushButton("Undo")
        self.undo_button.setToolTip("Take back the last change of the parameters (Ctrl+Z).")
        self.undo_button.setEnabled(False)
        self.load_button = QPushButton("Load parameters from layer")
        self.load_button.setToolTip(
            "Take the parameters that made the selected layer, with the elements, atomic numbers"
            " and weights of the table."
        )
        self.load_button.clicked.connect(lambda: self.load_from_layer())
        self.copy_button = QPushButton("Copy as Python")
        self.copy_button.setToolTip("Copy a script that does the same without napari.")
        self.copy_button.clicked.connect(lambda: self.copy_script())
        first_row = QHBoxLayout()
        first_row.setSpacing(4)
        first_row.addWidget(self.presets, 1)
        first_row.addWidget(self.undo_button)
        first_row.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(panel.method)
        column.addLayout(first_row)
        column.addWidget(self.message)
        column.addWidget(auto)
        column.addWidget(panel)
        column.addWidget(self.load_button)

    def load_from_layer(self) -> None:
        """Show the parameters that made the selected layer, and the table as it was then."""
        layer = self._viewer.layers.selection.active
        try:
            if layer is None:
                raise MMFusionError("select one layer in the layer list first")
            note = LayerNote.of(layer)
            params = note.fusion_parameters()
        except MMFusionError as error:
            self.message.say(report(error))
            return
        self.message.say("")
        with self._one_step():
            missing = self._restore(note)
            self._panel.value = params
        lost = f"; there is no map of {', '.join(missing)} here" if missing else ""
        show_info(f"Parameters taken from {layer.name}{lost}")

    def copy_script(self) -> None:
        """Copy the script to the clipboard."""
        try:
            text = self._make_script()
        except MMFusionError as error:
            self.message.say(report(error))
            return
        self.message.say("")
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
            show_info("The script is in the clipboard")

    def _on_preset(self, index: int) -> None:
        if index > 0:
            name = self.presets.itemText(index)
            self.message.say(_NOTES.get(name, ""))
            with self._one_step():
                self._panel.value = PRESETS.get(name, FusionParameters())
        self.presets.setCurrentIndex(0)
