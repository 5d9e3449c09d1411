"""What happens when the dock or its viewer goes while a fusion runs."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from napari_mmfusion.plugin.run.runner import Runner


class Closer:
    """Ends the run of a dock whose Qt widget is destroyed.

    The widget may be destroyed by Python's garbage collector, and then everything that only the
    dock refers to is half gone when Qt tells about it. So this object is kept alive elsewhere and
    refers to the dock weakly.
    """

    _all: set[Closer] = set()  # noqa: RUF012 - shared on purpose

    def __init__(self, native: Any, runner: Runner, close: Callable[[], None]) -> None:
        self._runner = runner
        self._close = weakref.WeakMethod(close)
        self._all.add(self)
        native.destroyed.connect(self.on_destroyed)

    def on_destroyed(self) -> None:
        """The Qt widget is gone."""
        self._all.discard(self)
        self._runner.stop()
        close = self._close()
        if close is not None:
            with suppress(RuntimeError):  # at the program's end Qt may have deleted the timers too
                close()
