"""Work that takes too long for the thread of the window and may not be broken off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]  # qtpy makes it


class Background(QObject):
    """Does one piece of work in a thread of its own, to its end even when the window closes.

    `done` comes in the thread of the window, with what the work returned or raised.
    """

    done = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether the work is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[], Any]) -> None:
        """Do `work`; there must be none under way."""
        if self.busy:
            raise ValueError("there is work under way; wait for its end")
        self._thread = threading.Thread(target=self._run, args=(work,), name="mmfusion-save")
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            outcome = work()
        except Exception as error:
            outcome = error
        with suppress(RuntimeError):  # the window was closed and took this object with it
            self.done.emit(outcome)
