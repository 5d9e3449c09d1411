"""What happens when a widget or its viewer goes while a task is under way."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from napari_mmfusion.plugin.qt.work.task import Task


class Closer:
    """Stops the task of a widget whose Qt part is destroyed, and calls `close`.

    The widget may be destroyed by Python's garbage collector, and then everything that only it
    refers to is half gone when Qt reports it. So this object is kept alive elsewhere and refers to
    the widget weakly.
    """

    _all: set[Closer] = set()  # noqa: RUF012 - shared on purpose

    def __init__(self, native: Any, task: Task, close: Callable[[], None]) -> None:
        self._task = task
        self._close = weakref.WeakMethod(close)
        self._all.add(self)
        native.destroyed.connect(self.on_destroyed)

    def on_destroyed(self) -> None:
        """The Qt widget is gone."""
        self._all.discard(self)
        self._task.stop()
        close = self._close()
        if close is not None:
            with suppress(RuntimeError):  # at the program's end Qt may have deleted the timers too
                close()
