"""Curves and verdict of the chosen data set, and in which way they are out of date."""

from __future__ import annotations

import numpy as np

from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.dock.results.continuation import Continuation
from napari_mmfusion.plugin.dock.results.curves_panel import CurvesPanel
from napari_mmfusion.plugin.dock.results.save_panel import SavePanel, WhatIsSaved
from napari_mmfusion.plugin.dock.run_panel import RunPanel
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.run.session import Session


class ShownResult:
    """Shows the result of the chosen data set, and what can be done with it.

    Parameters
    ----------
    session : Session
        Holds the results.
    choice : DataChoice
        The chosen data set.
    parameters : ParameterPanel
        The parameters in the dock, which may be others than the result was made with.
    curves : CurvesPanel
        Shows its costs.
    run_panel : RunPanel
        Shows its verdict.
    continuation : Continuation
        Offers to go on from it.
    save : SavePanel
        Offers to keep it.
    layers : LayerSet
        Its layers.
    """

    def __init__(
        self,
        session: Session,
        choice: DataChoice,
        parameters: ParameterPanel,
        curves: CurvesPanel,
        run_panel: RunPanel,
        continuation: Continuation,
        save: SavePanel,
        layers: LayerSet,
    ) -> None:
        self._session, self._choice, self._parameters = session, choice, parameters
        self._curves, self._run_panel = curves, run_panel
        self._continuation, self._save, self._layers = continuation, save, layers
        self._curves_of: object = None

    def begin(self) -> None:
        """A run has started; the curves before it may be of other data."""
        self._run_panel.problem.say("")
        self._continuation.follow()
        if self._curves_of != self._choice.reading:
            self._curves.show_alone(np.empty((0, 3)))
        self._curves_of = self._choice.reading

    def show(self) -> None:
        """Show curves and verdict of the chosen data set, if they are not those shown."""
        record = self._session.records.now
        if record is not None and record.reading != self._curves_of and not self._session.busy:
            self._curves_of = record.reading
            self._curves.show_alone(record.result.costs)
            self._run_panel.say(record.words)
        self.mark()

    def mark(self, _: object = None) -> None:
        """Say in which way curves, verdict and layers are out of date."""
        session = self._session
        stale = "" if session.busy else session.records.why_stale(self._parameters.value)
        self._run_panel.mark(f"Out of date: {stale}." if stale else "")
        self._curves.plot.set_stale(bool(stale))
        self._continuation.follow()
        has_layers = bool(self._layers.fused_layers())
        self._save.follow(not session.busy and has_layers and session.result is not None)

    def what_is_saved(self) -> WhatIsSaved:
        """The name of the result to save, and what one should know of it first."""
        record = self._session.records.now
        stale = self._session.records.why_stale(self._parameters.value)
        if record is None:
            return WhatIsSaved(self._choice.name)
        lost = self._choice.data_sets.get(record.reading) is None
        return WhatIsSaved(record.name, stale, lost or record.reading != self._choice.reading)
