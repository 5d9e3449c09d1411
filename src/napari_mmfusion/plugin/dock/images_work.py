"""Work on the chosen images, done in a thread once nothing has changed for a moment."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import QObject, QTimer, Signal  # type: ignore[attr-defined]  # qtpy makes it

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.notes.source import Source
from napari_mmfusion.plugin.qt.work.task import Task


class ImagesWork(QObject):
    """Follows the chosen images; only the outcome of work on the newest key is taken.

    A subclass sets `_key` and starts `_timer` in `follow`, says what to do in `_work`, and keeps
    what came of it in `_take`.

    Parameters
    ----------
    choice : DataChoice
        The layers.
    pause : int
        Milliseconds without a change before the work begins.
    """

    changed = Signal()

    def __init__(self, choice: DataChoice, pause: int) -> None:
        super().__init__()
        self._choice = choice
        self._key: object = None
        self._working: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(pause)
        self._timer.timeout.connect(self._begin)
        self.task = Task(self, daemon=True)
        self.task.done.connect(self._on_done)
        choice.changed.connect(self.follow)

    def close(self) -> None:
        """Follow nothing any more."""
        self._choice.changed.disconnect(self.follow)
        self._timer.stop()
        self.task.close()

    def follow(self) -> None:
        """Look whether there is something to do."""
        raise NotImplementedError

    def _is_needed(self) -> bool:
        return True

    def _work(self, source: Source) -> Callable[[StopFlag], object]:
        """What to do in the thread with the images."""
        raise NotImplementedError

    def _take(self, outcome: object) -> None:
        """Keep what came of it, which may be an exception."""
        raise NotImplementedError

    def _begin(self) -> None:
        if not self._is_needed():
            return
        if self.task.busy:  # what it works on is out of date
            self._timer.start()
            return
        try:
            source = self._choice.source()
        except MMFusionError:
            return  # there is nothing to fuse yet
        self._working = self._key
        self.task.start(self._work(source))

    def _on_done(self, outcome: object) -> None:
        if self._working == self._key:
            self._take(outcome)
