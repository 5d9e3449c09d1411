"""Runs jobs in napari's thread pool, one at a time."""

from __future__ import annotations

from functools import partial

from psygnal import Signal
from superqt.utils import GeneratorWorker

from napari_mmfusion.plugin.run.job import Job, steps


class Runner:
    """Starts jobs and says, in the main thread, what they reach.

    Signals: `started` (job), `progressed` (job, new costs (n, 3), latest state or None), with no
    costs once the images are copied, and `finished` (job), which comes for every job whatever
    happens, and last.
    """

    started = Signal(Job)
    progressed = Signal(Job, object, object)
    finished = Signal(Job)

    def __init__(self) -> None:
        self._job: Job | None = None

    @property
    def job(self) -> Job | None:
        """The job under way."""
        return self._job

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def start(self, job: Job) -> None:
        """Compute `job` in a thread; there must be none under way.

        Two workers at once would break the display of warnings for the session.
        """
        if self._job is not None:
            raise ValueError("a fusion is running; stop it first")
        self._job = job
        worker = GeneratorWorker(steps, job)
        job.given_up = lambda: worker.abort_requested
        worker.yielded.connect(partial(self._on_yielded, job))
        worker.errored.connect(partial(self._on_error, job))
        worker.finished.connect(partial(self._on_finished, job))
        self.started.emit(job)
        worker.start()

    def stop(self) -> None:
        """Ask the job under way, if any, to end; `finished` follows."""
        if self._job is not None:
            self._job.cancel()

    def _on_yielded(self, job: Job, _: object) -> None:
        if job is self._job:  # else a late frame of an earlier run
            self._hand_over(job)

    def _hand_over(self, job: Job) -> None:
        assert job.stream is not None
        self.progressed.emit(job, *job.stream.take())

    def _on_error(self, job: Job, error: Exception) -> None:
        job.error = error

    def _on_finished(self, job: Job) -> None:
        if job is not self._job:
            return
        try:
            if job.stream is not None:
                self._hand_over(job)
        finally:
            self._job = None
            try:
                self.finished.emit(job)
            finally:
                job.release()
