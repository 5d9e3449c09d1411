"""The dock widget: data, parameters, run, curves, comparison and saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from magicgui.widgets import Container, PushButton
from numpy.typing import NDArray
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.compare.panel import ComparePanel
from napari_mmfusion.plugin.dock.auto_panel import AutoPanel
from napari_mmfusion.plugin.dock.auto_panel import Request as AutoRequest
from napari_mmfusion.plugin.dock.curves_panel import CurvesPanel
from napari_mmfusion.plugin.dock.data_table import DataTable
from napari_mmfusion.plugin.dock.file_loader import FileLoader
from napari_mmfusion.plugin.dock.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.dock.parameter_tools import ParameterTools
from napari_mmfusion.plugin.dock.run_panel import RunPanel
from napari_mmfusion.plugin.dock.save_panel import SavePanel
from napari_mmfusion.plugin.dock.script import script
from napari_mmfusion.plugin.dock.settings import load_parameters, save_parameters
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.closing import Closer
from napari_mmfusion.plugin.qt.napari_versions import unwrap
from napari_mmfusion.plugin.qt.notices import report
from napari_mmfusion.plugin.qt.section import Section, scroll_to
from napari_mmfusion.plugin.run.job import Request
from napari_mmfusion.plugin.run.live import Live
from napari_mmfusion.plugin.run.session import Session
from napari_mmfusion.plugin.trust.panel import TrustPanel

if TYPE_CHECKING:
    import napari.viewer

_LOAD = "Load..."
_WIDTH = 388


class FusionWidget(Container):  # type: ignore[type-arg]
    """Multi-modal fusion, in a dock beside the canvas of a viewer.

    Attributes
    ----------
    layers : LayerSet
        The measured and fused layers.
    session : Session
        Runs the fusions; its signals report their progress.
    """

    def __init__(self, napari_viewer: napari.viewer.Viewer) -> None:
        super().__init__(labels=False, name="Multi-modal fusion")
        self._viewer = unwrap(napari_viewer)
        self._closed = False
        self.layers = LayerSet(self._viewer)
        self.choice = DataChoice(self._viewer)
        self.session = Session(self._viewer, self.layers, self.choice)
        self.parameters = ParameterPanel()
        self.parameters.value = load_parameters()
        self.live = Live(self.session, self.choice, lambda: self.parameters.value)
        self.auto = AutoPanel(self._auto_request)
        self.tools = ParameterTools(self._viewer, self.parameters, self.auto, self.script)
        self.loader = FileLoader(self._viewer)
        self.load_button = PushButton(
            text=_LOAD, tooltip="Open a .npz or .h5 file with a HAADF image and element maps"
        )
        self.table = DataTable(self.choice, self.parameters.value)
        self.curves = CurvesPanel()
        self.run_panel = RunPanel()
        self.compare = ComparePanel(self._viewer, self.layers, self._explorer_job)
        self.trust = TrustPanel(self._viewer, self.layers, lambda: self.session.result)
        self.save = SavePanel(
            self._viewer,
            self.layers,
            lambda: self.session.result,
            lambda: self.compare.overlay_look,
        )
        self._build()
        self._connect()

    def run(self) -> None:
        """Fuse the chosen layers with the parameters shown, as the Run button does."""
        panel = self.run_panel
        keep_history = bool(panel.history_box.value)
        self.session.run(Request(self.parameters.value, panel.pace_box.value, keep_history))

    def script(self) -> str:
        """Python code that does what Run does.

        Raises
        ------
        MMFusionError
            If there is nothing to run.
        """
        source = self.choice.source()
        return script(self._full_parameters(), source.name, list(source.maps))

    def close_session(self) -> None:
        """Stop all tasks and follow the viewer no longer; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.loader.started.disconnect(self._show_loading)
        self.loader.finished.disconnect(self._show_loaded)
        self.choice.changed.disconnect(self.compare.refresh_soon)
        self.auto.cancel()
        self.compare.tools.task.close()
        self.trust.close_session()
        self.live.close()
        self.session.close()
        self.choice.close()

    def _build(self) -> None:
        area = QScrollArea()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(2)
        data = QWidget()
        rows = QVBoxLayout(data)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.load_button.native)
        rows.addWidget(self.table)
        column.addWidget(Section("Data", data))
        column.addWidget(Section("Parameters", self.tools, area=area))
        self.auto.ended.connect(lambda: scroll_to(area, self.auto))
        streaming = self.run_panel.streaming.native
        column.addWidget(Section("Streaming", streaming, expanded=False, area=area))
        self.compare_section = Section("Compare", self.compare.native, expanded=False, area=area)
        column.addWidget(self.compare_section)
        self.trust_section = Section("Trust", self.trust, expanded=False, area=area)
        column.addWidget(self.trust_section)
        column.addStretch(1)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(120)
        area.setWidget(inside)
        layout = self.native.layout()
        layout.setContentsMargins(6, 4, 6, 6)
        layout.setSpacing(4)
        layout.addWidget(area, 1)
        layout.addWidget(Section("Costs", self.curves))
        layout.addWidget(self.run_panel.native)
        for row in (self.run_panel.buttons, self.save):
            row.native.layout().setSpacing(4)
        layout.addWidget(self.save.native)
        self.native.setMinimumWidth(_WIDTH)

    def _connect(self) -> None:
        self.load_button.changed.connect(lambda: self.loader.ask(self.native))
        self.loader.started.connect(self._show_loading)
        self.loader.finished.connect(self._show_loaded)
        self.run_panel.run_asked.connect(self.run)
        self.run_panel.stop_asked.connect(self.session.stop)
        self.run_panel.pause_asked.connect(self.session.pause)
        self.run_panel.live_asked.connect(self.live.enable)
        self.session.started.connect(self.run_panel.show_running)
        self.session.started.connect(self.curves.begin)
        self.session.iterated.connect(self._on_iterated)
        self.session.refreshed.connect(self.curves.replace)
        self.session.concluded.connect(self.run_panel.say)
        self.session.ended.connect(self.run_panel.show_idle)
        self.session.started.connect(self._keep_parameters)
        self.choice.changed.connect(self.compare.refresh_soon)
        self.table.recoloured.connect(self._recolour)
        self.parameters.changed.connect(self._on_parameters)
        self.auto.suggested.connect(self._take_values)
        self.native_parent_changed.connect(self._on_parent)
        Closer(self.native, self.session.runner.task, self.close_session)

    def _on_parent(self, parent: QWidget | None) -> None:
        if parent is None:  # removed from the window; it may stay in memory for a long time
            self.close_session()

    def _show_loading(self) -> None:
        self.load_button.text, self.load_button.enabled = "Loading...", False

    def _show_loaded(self) -> None:
        self.load_button.text, self.load_button.enabled = _LOAD, True

    def _full_parameters(self) -> FusionParameters:
        return self.parameters.value.replace(**self.choice.overrides())

    def _explorer_job(self) -> tuple[FusionDataset, FusionParameters]:
        return self.choice.source().dataset(), self._full_parameters()

    def _auto_request(self) -> AutoRequest:
        return self.choice.source(), self._full_parameters()

    def _take_values(self, found: dict[str, Any]) -> None:
        self.parameters.value = self.parameters.value.replace(**found)

    def _recolour(self, element: str, colour: str) -> None:
        fused = self.layers.fused(element)
        if fused is not None:
            fused.colormap = colour

    def _keep_parameters(self) -> None:
        try:
            save_parameters(self.parameters.value)
        except MMFusionError as error:
            report(error)

    def _on_iterated(self, costs: NDArray[np.float64]) -> None:
        self.curves.append(costs)
        self.run_panel.show_progress(len(self.curves.costs))

    def _on_parameters(self) -> None:
        self.table.set_parameters(self.parameters.value)
        self.live.ask()
