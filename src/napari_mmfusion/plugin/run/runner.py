"""Computes jobs in a thread, one at a time."""

from __future__ import annotations

from psygnal import Signal

from napari_mmfusion.plugin.qt.work.task import Task
from napari_mmfusion.plugin.run.job import Job, Outcome, compute


class Runner:
    """Starts jobs and reports, in the main thread, what they reach.

    Signals: `started` (job), `progressed` (job, new costs (n, 3), latest state or None), with no
    costs once the images are copied, and `finished` (job, outcome), which comes for every job
    whatever happens, and last.
    """

    started = Signal(Job)
    progressed = Signal(Job, object, object)
    finished = Signal(Job, Outcome)

    def __init__(self) -> None:
        self._job: Job | None = None
        self.task = Task()
        self.task.stepped.connect(self._on_step)
        self.task.done.connect(self._on_done)

    @property
    def job(self) -> Job | None:
        """The job under way."""
        return self._job

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def start(self, job: Job) -> None:
        """Compute `job` in a thread; there must be none under way."""
        if self._job is not None:
            raise ValueError("a fusion is running; stop it first")
        self._job = job
        self.started.emit(job)
        self.task.start(lambda _: compute(job), job.stop)

    def stop(self) -> None:
        """Ask the job under way, if any, to end; `finished` follows."""
        if self._job is not None:
            self._job.cancel()

    def _on_step(self) -> None:
        if self._job is not None and self._job.stream is not None:
            self.progressed.emit(self._job, *self._job.stream.take())

    def _on_done(self, outcome: Outcome | Exception) -> None:
        job = self._job
        assert job is not None
        if isinstance(outcome, Exception):
            outcome = Outcome(error=outcome)
        try:
            self._on_step()
        finally:
            self._job = None
            self.finished.emit(job, outcome)
