"""A session of fusions in one viewer: starts them, shows them, keeps the last result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal
from qtpy.QtCore import QTimer

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import FusionResult, FusionState
from napari_mmfusion.core.result import no_costs
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.qt.painting import CanvasWatch
from napari_mmfusion.plugin.qt.texts.notices import report
from napari_mmfusion.plugin.qt.texts.wording import in_labels
from napari_mmfusion.plugin.qt.work.activity import Activity
from napari_mmfusion.plugin.qt.work.turns import Turns
from napari_mmfusion.plugin.run.job import Job, Outcome, Request
from napari_mmfusion.plugin.run.run import Run
from napari_mmfusion.plugin.run.runner import Runner
from napari_mmfusion.plugin.run.shown.history import require_room
from napari_mmfusion.plugin.run.shown.outputs import OutputLayers
from napari_mmfusion.plugin.run.shown.records import Record, Records
from napari_mmfusion.plugin.run.shown.session_layers import SessionLayers
from napari_mmfusion.plugin.run.states import State, StateMachine
from napari_mmfusion.plugin.run.streaming import Pace, Stream

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.layers import Image

_SOON: Final = 33
"""Milliseconds after which the user should see that a run has started."""

_A_MOMENT: Final = 1
"""Milliseconds in which a thread that has reported something gets back into the compiled core."""


class Session:
    """Runs fusions of the chosen layers, one at a time, and keeps the last result of each data set.

    Signals: `started` (iterations planned; soon after `run`), `iterated` (new costs, (n, 3)),
    `refreshed` (all costs of a live fusion at once), `failed` (the reason), `ended` (nothing is
    computed any more; `result` has what was reached, the layers follow), `concluded` (verdict or
    message) and, last of each run, `finished`. `began` comes at the start of any fusion, a live
    one too.
    """

    began = Signal()
    started = Signal(int)
    iterated = Signal(object)
    refreshed = Signal(object)
    ended = Signal()
    concluded = Signal(str)
    failed = Signal(str)
    finished = Signal()

    def __init__(self, viewer: ViewerModel, layers: LayerSet, choice: DataChoice) -> None:
        self._viewer = viewer
        self._choice = choice
        self.layers = SessionLayers(viewer, layers, choice)
        self._watch = CanvasWatch(viewer)
        self._turns = Turns(self._fail)
        self._states = StateMachine()
        self._run: Run | None = None  # under way, or the last one
        self._next: Request | None = None
        self._unsettled: tuple[OutputLayers, FusionResult] | None = None
        self.records = Records(choice)
        self.runner = Runner()
        choice.changed.connect(self.records.drop_lost)
        self.runner.progressed.connect(self._on_progress)
        self.runner.finished.connect(self._on_finished)

    @property
    def result(self) -> FusionResult | None:
        """The last result of the chosen data set."""
        record = self.records.now
        return None if record is None else record.result

    @result.setter
    def result(self, result: FusionResult | None) -> None:
        if result is None:
            self.records.clear()
            return
        name = self._choice.name or result.data.name
        words = in_labels(result.verdict)
        self.records.add(Record(result, self._choice.reading, None, name, words))

    @property
    def state(self) -> State:
        """What the session is doing."""
        return self._states.state

    @property
    def busy(self) -> bool:
        """Whether a fusion is under way, or its outcome on the way to the canvas."""
        return self._states.busy

    @property
    def costs_before(self) -> NDArray[np.float64]:
        """The costs that the run under way, or the last one, goes on from."""
        return no_costs() if self._run is None else self._run.job.costs_before

    @property
    def unsettled(self) -> bool:
        """Whether the last result is on the canvas, but not yet in thumbnails and histograms."""
        return self.state is State.UNSETTLED

    def run(self, request: Request) -> bool:
        """Fuse the chosen layers and show every iteration; False if it could not start."""
        if self.supersede() or self.state is State.CONCLUDING:
            self._next = request
            return True
        return self.start(request)

    def start(self, request: Request) -> bool:
        """Start a fusion of the chosen layers; False, with a notice, if that is not possible."""
        if self.busy:
            return False
        try:
            source = self._choice.source()
            if request.keep_history:
                to_come = request.params.iterations - len(request.costs_before)
                require_room(source.haadf.size, len(source.maps), to_come)
            params = request.params.replace(**self._choice.overrides())
        except MMFusionError as error:
            self.failed.emit(report(error))
            return False
        haadf = self._choice.haadf
        assert haadf is not None
        self.layers.note()
        stream = None if request.pace is None else Stream(request.pace)
        source = replace(source, region=request.region)
        job = Job(source, params, stream, request.keep_history, request.resume, request.choice)
        self._turns.drop()  # at most the settling of a result that is to be replaced
        self._states.enter(State.COMPUTING)
        self._run = run = self._make_run(job, haadf)
        self.began.emit()
        if stream is not None:
            QTimer.singleShot(_SOON, partial(self._announce, run))
            if stream.pace is Pace.FAST:
                stream.rest()  # a run that is over by then needs no picture but the last
                QTimer.singleShot(_SOON, stream.painted)
        self.runner.start(job)
        return True

    def _make_run(self, job: Job, haadf: Image) -> Run:
        source = job.source
        name = self._choice.mixture() or self._choice.name
        return Run(job, self.layers.outputs(source, haadf), self._choice.images(), name)

    def keep(self) -> str:
        """Put the last result aside; returns what it is called.

        Raises
        ------
        MMFusionError
            If there is none, or a fusion is under way.
        """
        if self.busy or self.unsettled:
            raise MMFusionError("wait for the run to end, then keep its result")
        return self.layers.keep(self.result)

    def _announce(self, run: Run) -> None:
        """Report, once, that a run started.

        Not at once: what is painted then would keep the thread that copies the images waiting
        for Python's lock. Once it computes, it needs none.
        """
        if run is self._run and self.busy and not run.announced and run.job.stream is not None:
            run.announced = True
            to_come = run.job.params.iterations - len(run.job.costs_before)
            run.activity = Activity(self._viewer, "Fusing", to_come)
            self.started.emit(run.job.params.iterations)

    def supersede(self) -> bool:
        """Give up a live fusion under way and drop its outcome; False if there is none."""
        if not self.busy or self._run is None or self._run.job.stream is not None:
            return False
        self._run.job.superseded = True
        self._run.job.cancel()
        return True

    def supersede_whole(self) -> None:
        """Give up a live fusion of whole images, but not one of a part of them."""
        if self._run is not None and self._run.job.source.region is None:
            self.supersede()

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
            self._states.enter(State.IDLE)

    def has_outputs(self) -> bool:
        """Whether a part of the images can be shown in the output layers that are there."""
        return self.layers.have_outputs()

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
        self._choice.changed.disconnect(self.records.drop_lost)
        self.layers.close()
        self.runner.progressed.disconnect(self._on_progress)
        self.runner.finished.disconnect(self._on_finished)
        self.runner.stop()
        self._close_activity()
        self._run = self._next = self._unsettled = None
        self._states.reset()

    def _on_progress(self, _: Job, costs: NDArray[np.float64], state: FusionState | None) -> None:
        run = self._run
        assert run is not None
        if len(costs):
            self._announce(run)
            self._turns.add(self._show_frame(run, costs, state))
        else:
            QTimer.singleShot(_A_MOMENT, partial(self._announce, run))

    def _show_frame(
        self, run: Run, costs: NDArray[np.float64], state: FusionState | None
    ) -> Iterator[None]:
        stream = run.job.stream
        assert stream is not None
        try:
            if state is not None and not run.failed:
                yield from run.outputs.show(state)
            self.iterated.emit(costs)
            if run.activity is not None:
                run.activity.advance(len(costs))
        except Exception as error:
            stream.end()  # the rest is not shown, so it need not wait
            self._fail(error)
        self._watch.when_painted(stream.painted, rests=stream.pace is Pace.FAST)

    def _on_finished(self, job: Job, outcome: Outcome) -> None:
        run = self._run
        assert run is not None
        self._announce(run)
        self._states.enter(State.CONCLUDING)
        if outcome.result is not None and job.source.region is None and not job.superseded:
            words = in_labels(outcome.result.verdict)
            self.records.add(
                Record(outcome.result, job.source.reading, run.images, run.name, words)
            )
        self.ended.emit()
        self._turns.add(self._conclude(run, outcome))

    def _conclude(self, run: Run, outcome: Outcome) -> Iterator[None]:
        self._close_activity()
        result, job = outcome.result, run.job
        try:
            if job.superseded:
                pass
            elif outcome.error is not None:
                self._fail(outcome.error)
                if result is not None:
                    yield from self._show_result(run, outcome, result)
            elif result is None:
                self.concluded.emit("Stopped before the first iteration.")
            elif not run.failed:
                yield from self._show_result(run, outcome, result)
        except Exception as error:
            self._fail(error)
        last = self.records.last
        if run.failed and outcome.error is None and last is not None and last.result is result:
            self.concluded.emit("Drawing failed; the result is kept and can be saved.")
        self._states.enter(State.IDLE if self._unsettled is None else State.UNSETTLED)
        request, self._next = self._next, None
        if request is None or not self.start(request):
            self.finished.emit()
            if job.stream is not None and not self.busy:
                self.settle()

    def _show_result(self, run: Run, outcome: Outcome, result: FusionResult) -> Iterator[None]:
        region = run.job.source.region
        if region is not None:
            run.outputs.show_region(region, result)
            return
        yield from run.outputs.show(result)
        run.outputs.describe(result)
        self._unsettled = run.outputs, result
        if run.job.stream is None:
            self.refreshed.emit(result.costs)
        if outcome.history:
            yield from self.layers.add_history(run.job.source, outcome.history)
        verdict = in_labels(result.verdict)
        if result.stopped:
            done = len(result.costs)
            ended = "Stopped" if outcome.error is None else "Failed"
            verdict = f"{ended} after {done} of {result.params.iterations} iterations (partial)."
        self.records.describe(result, verdict)
        self.concluded.emit(verdict)

    def _fail(self, error: Exception) -> None:
        """Report what went wrong, once for each run."""
        if self._run is not None and not self._run.failed:
            self._run.failed = True
            self.failed.emit(report(error))
            self.concluded.emit("The last run failed.")

    def _close_activity(self) -> None:
        if self._run is not None and self._run.activity is not None:
            self._run.activity.close()
            self._run.activity = None
