"""A session of fusions in one viewer: starts them, shows them, keeps the last result."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal
from qtpy.QtCore import QTimer

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import FusionResult, FusionState
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.origin import fused_element
from napari_mmfusion.plugin.layers.preview_region import Region
from napari_mmfusion.plugin.qt.activity import Activity
from napari_mmfusion.plugin.qt.notices import report
from napari_mmfusion.plugin.qt.painting import CanvasWatch
from napari_mmfusion.plugin.qt.turns import Turns
from napari_mmfusion.plugin.run.history import add_history, require_room
from napari_mmfusion.plugin.run.job import Job
from napari_mmfusion.plugin.run.outputs import OutputLayers
from napari_mmfusion.plugin.run.runner import Runner
from napari_mmfusion.plugin.run.streaming import Pace, Stream

if TYPE_CHECKING:
    from napari.components import ViewerModel

_SOON: Final = 33
"""Milliseconds after which a person should see that a run started."""

_A_MOMENT: Final = 1
"""Milliseconds in which a thread that has told something gets back into the compiled core."""


class Session:
    """Runs fusions of the chosen layers, one at a time.

    Signals: `started` (iterations planned; soon after `run`), `iterated` (new costs, (n, 3)),
    `refreshed` (all costs of a live fusion at once), `ended` (nothing is computed any more;
    `result` has what was reached, the layers follow), `concluded` (verdict or message) and, last
    of each run, `finished`.
    """

    started = Signal(int)
    iterated = Signal(object)
    refreshed = Signal(object)
    ended = Signal()
    concluded = Signal(str)
    finished = Signal()

    def __init__(self, viewer: ViewerModel, layers: LayerSet, choice: DataChoice) -> None:
        self._viewer = viewer
        self._layers = layers
        self._choice = choice
        self._outputs: OutputLayers | None = None
        self._watch = CanvasWatch(viewer)
        self._activity: Activity | None = None
        self._failed = False  # something went wrong in this run, and it was said
        self._turns = Turns(self._fail)
        self._job: Job | None = None
        self._unannounced: Job | None = None
        self._next: Job | None = None
        self._unsettled: tuple[OutputLayers, FusionResult] | None = None
        self.result: FusionResult | None = None
        self.runner = Runner()
        self._note_layers()
        choice.changed.connect(self._note_layers)
        self.runner.progressed.connect(self._on_progress)
        self.runner.finished.connect(self._on_finished)

    @property
    def busy(self) -> bool:
        """Whether a fusion is under way, or its outcome on the way to the canvas."""
        return self._job is not None

    def run(
        self,
        params: FusionParameters,
        pace: Pace = Pace.EVERY_ITERATION,
        *,
        keep_history: bool = False,
    ) -> bool:
        """Fuse the chosen layers and show every iteration; False if it could not start."""
        job = Job(None, params, Stream(pace), keep_history)
        if self.supersede() or self._is_concluding():
            self._next = job
            return True
        return self.start(job)

    def start(self, job: Job, region: Region | None = None) -> bool:
        """Start a job on the chosen layers; False, with a notice, if that is not possible."""
        if self.busy:
            return False
        try:
            source = self._choice.source()
            if job.keep_history:
                require_room(source.haadf.size, len(source.maps), job.params.n_iter)
            job.source = dataclasses.replace(source, region=region)
            job.params = job.params.replace(**self._choice.overrides())
        except MMFusionError as error:
            report(error)
            return False
        haadf = self._choice.haadf
        assert haadf is not None
        self._note_layers()
        self._outputs = OutputLayers(self._viewer, self._layers, haadf, source.name)
        self._failed = False
        self._turns.drop()  # at most the settling of a result that is to be replaced
        self._job = job
        if job.stream is not None:
            self._unannounced = job
            QTimer.singleShot(_SOON, partial(self._announce, job))
            if job.stream.pace is Pace.FAST:
                job.stream.rest()  # a run that is over by then needs no picture but the last
                QTimer.singleShot(_SOON, job.stream.painted)
        self.runner.start(job)
        return True

    def _announce(self, job: Job) -> None:
        """Say, once, that a run started.

        Not at once: what is painted then would keep the thread that copies the images waiting
        for Python's lock. Once it computes, it needs none.
        """
        if job is self._unannounced:
            self._unannounced = None
            self._activity = Activity(self._viewer, "Fusing", job.params.n_iter)
            self.started.emit(job.params.n_iter)

    def supersede(self) -> bool:
        """Give up a live fusion under way and drop its outcome; False if there is none."""
        job = self._job
        if job is None or job.stream is not None:
            return False
        job.superseded = True
        job.cancel()
        return True

    def _is_concluding(self) -> bool:
        return self.busy and not self.runner.busy

    @property
    def unsettled(self) -> bool:
        """Whether the last result is on the canvas, but not yet in thumbnails and histograms."""
        return self._unsettled is not None

    def settle(self) -> None:
        """Let everything that follows the data of a layer know of the last result, soon."""
        self._turns.add(self._settling())

    def _settling(self) -> Iterator[None]:
        if self._unsettled is not None:
            outputs, result = self._unsettled
            try:
                yield from outputs.settle(result)
            except Exception as error:
                self._fail(error)
            self._unsettled = None

    def has_outputs(self) -> bool:
        """Whether all chosen elements have an output layer of the right shape."""
        haadf = self._choice.haadf
        fused = [self._layers.fused(row.symbol) for row in self._choice.chosen()]
        return haadf is not None and all(
            layer is not None and layer.data.shape == haadf.data.shape for layer in fused
        )

    def stop(self) -> None:
        """End the run after the iteration it is in; what was reached stays."""
        self.runner.stop()

    def pause(self, paused: bool) -> None:
        """Hold the run before its next iteration, or let it go on."""
        job = self.runner.job
        if job is not None and job.stream is not None:
            job.stream.pause(paused)

    def close(self) -> None:
        """End for good: the viewer goes."""
        self._turns.drop()
        self._watch.close()
        self._choice.changed.disconnect(self._note_layers)
        self.runner.progressed.disconnect(self._on_progress)
        self.runner.finished.disconnect(self._on_finished)
        self.runner.stop()
        self._job = self._unannounced = None
        self._close_activity()

    def _note_layers(self) -> None:
        """Keep the record of layers up to date; also of fused ones that came from a file."""
        haadf = self._choice.haadf
        for layer in list(self._viewer.layers):
            fused, element = fused_element(layer.metadata)
            if fused and self._layers.fused(element) is None:
                self._layers.set_fused(element, layer)
        if haadf is not None:
            self._layers.set_measured(None, haadf)
        for row in self._choice.chosen():
            if row.layer is not None:
                self._layers.set_measured(row.symbol, row.layer)

    def _on_progress(self, job: Job, costs: NDArray[np.float64], state: FusionState | None) -> None:
        if len(costs):
            self._announce(job)
            self._turns.add(self._frame(job, costs, state))
        else:
            QTimer.singleShot(_A_MOMENT, partial(self._announce, job))

    def _frame(
        self, job: Job, costs: NDArray[np.float64], state: FusionState | None
    ) -> Iterator[None]:
        assert job.stream is not None
        try:
            if state is not None and self._outputs is not None and not self._failed:
                yield from self._outputs.show(state)
            self.iterated.emit(costs)
            if self._activity is not None:
                self._activity.advance(len(costs))
        except Exception as error:
            job.stream.end()  # with nobody to look at it, the rest needs no pace
            self._fail(error)
        self._watch.when_painted(job.stream.painted, rests=job.stream.pace is Pace.FAST)

    def _on_finished(self, job: Job) -> None:
        self._announce(job)
        self._job = job = dataclasses.replace(job)  # the runner empties its own
        is_whole = job.source is not None and job.source.region is None
        if job.result is not None and is_whole and not job.superseded:
            self.result = job.result
        self.ended.emit()
        self._turns.add(self._conclude(job))

    def _conclude(self, job: Job) -> Iterator[None]:
        self._close_activity()
        try:
            if job.superseded:
                pass
            elif job.error is not None:
                self._fail(job.error)
                if job.result is not None:
                    yield from self._show_result(job, job.result)
            elif job.result is None:
                self.concluded.emit("Stopped before the first iteration.")
            elif not self._failed:
                yield from self._show_result(job, job.result)
        except Exception as error:
            self._fail(error)
        if self._failed and job.error is None and self.result is job.result is not None:
            self.concluded.emit("Drawing failed; the result is kept and can be saved.")
        self._outputs = None
        self._job = None
        waiting, self._next = self._next, None
        if waiting is None or not self.start(waiting):
            self.finished.emit()
            if job.stream is not None and not self.busy:
                self.settle()

    def _show_result(self, job: Job, result: FusionResult) -> Iterator[None]:
        assert self._outputs is not None
        assert job.source is not None
        if job.source.region is not None:
            self._outputs.show_region(job.source.region, result)
            return
        yield from self._outputs.show(result)
        self._outputs.describe(result)
        self._unsettled = self._outputs, result
        if job.stream is None:
            self.refreshed.emit(result.costs)
        if job.history:
            yield from add_history(self._viewer, self._layers, job.history)
        verdict = str(result.verdict)
        if result.stopped:
            done = len(result.costs)
            ended = "Stopped" if job.error is None else "Failed"
            verdict = f"{ended} after {done} of {result.params.n_iter} iterations (partial)."
        self.concluded.emit(verdict)

    def _fail(self, error: Exception) -> None:
        """Say what went wrong, once for each run."""
        if not self._failed:
            self._failed = True
            report(error)
            self.concluded.emit("The last run failed.")

    def _close_activity(self) -> None:
        if self._activity is not None:
            self._activity.close()
            self._activity = None
