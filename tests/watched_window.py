"""A napari window for many tests, with a record of what ran, what failed and what was refused."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np

import napari_mmfusion as mmf
from failing_run import fail_after
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.run import job as job_module
from napari_mmfusion.plugin.run.session import Session

SHAPE = (40, 56)


def other_data(kind: str, like: np.ndarray) -> np.ndarray:
    """Values that a layer may hold while a run reads or writes it."""
    rng = np.random.default_rng(0)
    if kind == "of another shape":
        return rng.random((30, 20), dtype=np.float32)
    if kind == "constant":
        return np.zeros_like(like)
    if kind == "not finite":
        return np.full_like(like, np.nan, dtype=np.float32)
    if kind == "of another type":
        return rng.integers(0, 100, like.shape).astype(np.uint16)
    copy = like.copy()
    copy.flags.writeable = False
    return copy


class Window:
    """A viewer for many sequences of actions, and what happened in it."""

    def __init__(self, make_viewer, qtbot, notices, monkeypatch):
        self.make_viewer = make_viewer
        self.qtbot = qtbot
        self.notices = notices
        self.viewer = None
        self.data = mmf.simulate("lattice", shape=SHAPE, counts=20, seed=1)
        self.armed = None
        self.counts = dict.fromkeys(("sequences", "actions", "runs", "failures", "windows"), 0)
        self.failed = self.refusals = 0
        self.story = []
        self.first_failure = None
        self._watch(monkeypatch)

    def open_viewer(self):
        self.viewer = self.make_viewer(show=True)
        self.counts["windows"] += 1
        add_layers(self.viewer, self.data)

    def fresh(self):
        if self.viewer is None:
            self.open_viewer()
        self.viewer.layers.clear()
        add_layers(self.viewer, self.data)
        self.armed = None
        self.notices.clear()
        self.story.clear()
        self.failed = self.refusals = 0
        self.counts["sequences"] += 1

    @contextmanager
    def recording(self, what):
        """Record an action, and the first error in it with all actions before."""
        self.story.append(what)
        try:
            yield
        except Exception as error:
            if self.first_failure is None:
                error.add_note("\n".join(["What was done:", *self.story]))
                self.first_failure = error
            raise

    def failures(self):
        """Number of notices due: failed runs that were not superseded, and refusals."""
        return self.failed + self.refusals

    def _watch(self, monkeypatch):
        conclude, start = Session._conclude, Session.start

        def concluding(session, run, outcome):
            """Count in a turn of its own, which never comes if the dock was closed meanwhile."""
            self.failed += outcome.error is not None and not run.job.superseded
            self.counts["runs"] += 1
            yield from conclude(session, run, outcome)

        def starting(session, *arguments):
            was_busy = session.busy
            started = start(session, *arguments)
            self.refusals += not started and not was_busy
            return started

        def failing_iterations(*arguments, **options):
            armed, self.armed = self.armed, None
            if not armed:
                return mmf.fuse_iter(*arguments, **options)
            error, after = armed
            return fail_after(after, error("as the test wants"))(*arguments, **options)

        def failing(*arguments, **options):
            armed, self.armed = self.armed, None
            if armed:
                raise armed[0]("as the test wants")
            return mmf.fuse(*arguments, **options)

        monkeypatch.setattr(Session, "_conclude", concluding)
        monkeypatch.setattr(Session, "start", starting)
        monkeypatch.setattr(job_module, "fuse_iter", failing_iterations)
        monkeypatch.setattr(job_module, "fuse", failing)
