"""The dock widget: data, parameters, run, curves, comparison and saving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from magicgui.widgets import Container, PushButton
from napari.utils.notifications import show_info
from numpy.typing import NDArray
from qtpy.QtWidgets import QWidget

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.compare.panel import ComparePanel
from napari_mmfusion.plugin.dock.data.data_findings import DataFindings
from napari_mmfusion.plugin.dock.data.data_lines import DataLines
from napari_mmfusion.plugin.dock.data.data_table import DataTable
from napari_mmfusion.plugin.dock.data.file_loader import FileLoader
from napari_mmfusion.plugin.dock.dock_layout import fill_dock, make_scrolled_sections
from napari_mmfusion.plugin.dock.keyboard import add_keys
from napari_mmfusion.plugin.dock.open_docks import forget_dock, note_dock
from napari_mmfusion.plugin.dock.parameters.automatic import Automatic
from napari_mmfusion.plugin.dock.parameters.model_in_use import ModelInUse
from napari_mmfusion.plugin.dock.parameters.parameter_history import (
    ParameterHistory,
    compare_settings,
    read_settings,
    restore_settings,
)
from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.dock.parameters.parameter_tools import ParameterTools
from napari_mmfusion.plugin.dock.parameters.script import script
from napari_mmfusion.plugin.dock.results.continuation import Continuation
from napari_mmfusion.plugin.dock.results.curves_panel import CurvesPanel
from napari_mmfusion.plugin.dock.results.save_panel import SavePanel
from napari_mmfusion.plugin.dock.results.shown_result import ShownResult
from napari_mmfusion.plugin.dock.run_panel import RunPanel
from napari_mmfusion.plugin.dock.settings import load_automatic, load_parameters, save_parameters
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.focus import FocusOrder
from napari_mmfusion.plugin.qt.input_guard import InputGuard
from napari_mmfusion.plugin.qt.napari_versions import unwrap
from napari_mmfusion.plugin.qt.section import Section, scroll_to
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.notices import report
from napari_mmfusion.plugin.qt.texts.tooltips import wrap_tooltips
from napari_mmfusion.plugin.qt.work.closing import Closer
from napari_mmfusion.plugin.run.job import Request
from napari_mmfusion.plugin.run.live import Live
from napari_mmfusion.plugin.run.session import Session
from napari_mmfusion.plugin.trust.panel import TrustPanel

if TYPE_CHECKING:
    import napari.viewer

_LOAD = "Load..."


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
        self.parameters.method.automatic = load_automatic()
        self.live = Live(self.session, self.choice, lambda: self.parameters.value)
        self.history = ParameterHistory(
            partial(read_settings, self.parameters, self.choice),
            partial(restore_settings, self.parameters, self.choice),
            compare_settings,
        )
        self.automatic = Automatic(self.parameters, self.choice, self.history.one_step)
        self.auto = self.automatic.auto
        self.tools = ParameterTools(
            self._viewer,
            self.parameters,
            self.auto,
            self.script,
            self.choice.restore,
            self.history.one_step,
        )
        self.loader = FileLoader(self._viewer)
        self.load_message = Message()
        self.load_message.say("")
        self.load_button = PushButton(
            text=_LOAD, tooltip="Open a .npz or .h5 file with a HAADF image and element maps."
        )
        self.model = ModelInUse(self.choice, self.parameters.value)
        self.table = DataTable(self.choice, self.model)
        self.findings = DataFindings(self.choice)
        self.lines = DataLines(
            self._viewer,
            self.choice,
            self.findings,
            self._lower_spikes,
            lambda: self.parameters.value.normalisation == "robust",
        )
        self.curves = CurvesPanel()
        self.run_panel = RunPanel()
        self.continuation = Continuation(
            self.session, self.parameters, self.run_panel, self.history.one_step
        )
        self.compare = ComparePanel(self._viewer, self.layers, self._explorer_job)
        self.trust = TrustPanel(self._viewer, self.layers, lambda: self.session.result)
        self.save = SavePanel(
            self._viewer,
            self.layers,
            lambda: self.session.result,
            lambda: self.compare.legend,
            lambda: self.shown_result.what_is_saved(),
        )
        self.shown_result = ShownResult(
            self.session,
            self.choice,
            self.parameters,
            self.curves,
            self.run_panel,
            self.continuation,
            self.save,
            self.layers,
        )
        self._build()
        self._connect()
        note_dock(self._viewer, self)
        self.shown_result.show()

    def run(self) -> None:
        """Fuse the chosen layers with the parameters shown, as the Run button does.

        An automatic method is found first, if it was not found for the present data yet.
        """
        if self.automatic.is_to_be_found:
            self.run_panel.say("Looking for the best method...")
            self.automatic.find_for_run()
            return
        panel = self.run_panel
        params = self.parameters.value
        choice = self.automatic.choice_of(params)
        history = bool(panel.history_box.value)
        self.session.run(Request(params, panel.pace_box.value, history, choice=choice))

    def script(self) -> str:
        """Python code that does what Run does.

        Raises
        ------
        MMFusionError
            If there is nothing to run.
        """
        source = self.choice.source()
        return script(self._full_parameters(), source, automatic=self.automatic.is_to_be_found)

    def close_session(self) -> None:
        """Stop all tasks and follow the viewer no longer; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        forget_dock(self._viewer, self)
        self.lines.close_session()
        self.findings.close()
        self.loader.started.disconnect(self._show_loading)
        self.loader.finished.disconnect(self._show_loaded)
        self.choice.leaving.disconnect(self._on_leaving)
        self.choice.changed.disconnect(self.shown_result.show)
        self.choice.changed.disconnect(self.compare.refresh_soon)
        self.choice.changed.disconnect(self.history.note)
        self.auto.cancel()
        self.compare.tools.task.close()
        self.trust.close_session()
        self.live.close()
        self.session.close()
        self.model.close()
        self.choice.close()

    def _build(self) -> None:
        data = [self.load_button.native, self.load_message, self.table, self.lines]
        streaming = self.run_panel.streaming.native
        scrolled = (
            ("Data", data, True),
            ("Parameters", [self.tools], True),
            ("Streaming", [streaming], False),
            ("Compare", [self.compare.native], False),
            ("Trust", [self.trust], False),
        )
        self.area, sections = make_scrolled_sections(scrolled)
        self.compare_section, self.trust_section = sections["Compare"], sections["Trust"]
        self.auto.ended.connect(lambda: scroll_to(self.area, self.auto))
        for row in (self.run_panel.buttons, self.save):
            row.native.layout().setSpacing(4)
        below = [Section("Costs", self.curves), self.run_panel.native]
        below += [self.save.native, self.save.message]
        fill_dock(self.native, self.area, below)
        self.guard = InputGuard(self.native, self.area)
        self.focus_order = FocusOrder(self.native, self.guard)
        self.guard.grown.connect(lambda: wrap_tooltips(self.native))
        wrap_tooltips(self.native)
        add_keys(self.native, self._press_run, self._stop_all, self.history.undo)

    def _connect(self) -> None:
        self.load_button.changed.connect(lambda: self.loader.ask(self.native))
        self.loader.started.connect(self._show_loading)
        self.loader.finished.connect(self._show_loaded)
        self.loader.failed.connect(self.load_message.say)
        self.run_panel.run_asked.connect(self.run)
        self.run_panel.continue_asked.connect(self.continuation.press)
        self.run_panel.stop_asked.connect(self.session.stop)
        self.run_panel.pause_asked.connect(self.session.pause)
        self.run_panel.live_asked.connect(self.live.enable)
        self.session.started.connect(self.run_panel.show_running)
        self.session.started.connect(lambda n: self.curves.begin(n, self.session.costs_before))
        self.session.failed.connect(self.run_panel.problem.say)
        self.session.iterated.connect(self._on_iterated)
        self.session.refreshed.connect(self.curves.replace)
        self.session.concluded.connect(self.run_panel.say)
        self.session.ended.connect(self.run_panel.show_idle)
        self.session.started.connect(self._keep_parameters)
        self.choice.leaving.connect(self._on_leaving)
        self.choice.changed.connect(self.compare.refresh_soon)
        self.choice.changed.connect(self.shown_result.show)
        self.session.began.connect(self.trust.hide_pictures)
        self.session.began.connect(self.shown_result.begin)
        for signal in (self.session.started, self.session.ended, self.session.refreshed):
            signal.connect(self.shown_result.mark)
        self.session.finished.connect(self.shown_result.show)
        self.save.keep_asked.connect(self.keep_result)
        self.model.changed.connect(self._show_left_out)
        self._show_left_out()
        self.table.recoloured.connect(self._recolour)
        self.parameters.changed.connect(self._on_parameters)
        self.parameters.changed.connect(self.history.note)
        self.choice.changed.connect(self.history.note)
        self.history.changed.connect(self._show_undo)
        self.tools.undo_button.clicked.connect(lambda: self.history.undo())
        self.auto.suggested.connect(lambda _: self.trust.hide_pictures())
        self.automatic.found_for_run.connect(self.run)
        self.compare.tools.weight_chosen.connect(self._take_tv_weight)
        self.native_parent_changed.connect(self._on_parent)
        Closer(self.native, self.session.runner.task, self.close_session)

    def _on_parent(self, parent: QWidget | None) -> None:
        if parent is None:  # removed from the window
            self.close_session()
            self.native.deleteLater()  # else it may stay in memory for a long time

    def _press_run(self) -> None:
        if self.run_panel.run_button.enabled:
            self.run()

    def _stop_all(self) -> None:
        """Stop what is under way, as its own button would: a run, a search, an examination."""
        if self.run_panel.stop_button.enabled:
            self.run_panel.stop_button.native.click()
        self.auto.cancel()
        self.trust.cancel()

    def _show_undo(self) -> None:
        self.tools.undo_button.setEnabled(self.history.can_undo)

    def _show_loading(self) -> None:
        self.load_message.say("")
        self.load_button.text, self.load_button.enabled = "Loading...", False

    def _show_loaded(self) -> None:
        self.load_button.text, self.load_button.enabled = _LOAD, True

    def _full_parameters(self) -> FusionParameters:
        return self.parameters.value.replace(**self.choice.overrides())

    def _explorer_job(self) -> tuple[FusionDataset, FusionParameters]:
        return self.choice.source().dataset(), self._full_parameters()

    def _take_tv_weight(self, weight: float) -> None:
        with self.history.one_step():
            self.parameters.value = self.parameters.value.replace(lambda_tv=weight, regularize=True)

    def _lower_spikes(self) -> None:
        with self.history.one_step():
            self.parameters.value = self.parameters.value.replace(normalisation="robust")

    def keep_result(self) -> None:
        """Put the result aside, as the Keep button does."""
        self.compare.suspend()
        try:
            show_info(f"Kept as: {self.session.keep()}")
        except MMFusionError as error:
            self.save.message.say(report(error))
        self.compare.refresh_soon()
        self.shown_result.mark()

    def _on_leaving(self, left: str, chosen: str) -> None:
        """Another data set is about to be chosen: put its layers in the place of the present."""
        self.compare.suspend()
        self.session.layers.change_data(left, chosen)

    def _recolour(self, element: str, colour: str) -> None:
        fused = self.layers.fused(element)
        if fused is not None:
            fused.colormap = colour

    def _keep_parameters(self) -> None:
        try:
            save_parameters(self.parameters.value, automatic=self.parameters.method.automatic)
        except MMFusionError as error:
            self.tools.message.say(report(error))

    def _on_iterated(self, costs: NDArray[np.float64]) -> None:
        self.curves.append(costs)
        self.run_panel.show_progress(len(self.curves.costs))

    def _show_left_out(self) -> None:
        """Show the HAADF weight in use while it is left out."""
        weight = self.model.lambda_haadf()
        fitted = self.parameters.value.weighting == "z/fitted"
        unknown = "fitted" if fitted else "1/n"
        text = unknown if weight is None else f"{weight:.4g}"
        self.parameters.show_left_out("lambda_haadf", text)

    def _on_parameters(self) -> None:
        self.model.set_parameters(self.parameters.value)
        self.live.ask()
        self.lines.follow()
        self.shown_result.mark()
