"""Work that takes too long for the thread of the window and may not be broken off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]  # qtpy makes it


class Background(QObject):
    """Does one piece of work in a thread of its own.

    `done` comes in the thread of the window, with what the work returned or raised.

    Parameters
    ----------
    daemon : bool
        Whether the program may end before the work does. By default it waits: files are written
        to their end. What only reads can hang on a slow disk, and is not waited for.
    """

    done = Signal(object)

    def __init__(self, *, daemon: bool = False) -> None:
        super().__init__()
        self._daemon = daemon
        self._busy = False
        self.done.connect(self._on_done)

    @property
    def busy(self) -> bool:
        """Whether the work is under way, or its outcome not yet told."""
        return self._busy

    def start(self, work: Callable[[], Any]) -> None:
        """Do `work`; there must be none under way."""
        if self.busy:
            raise ValueError("there is work under way; wait for its end")
        self._busy = True
        threading.Thread(target=self._run, args=(work,), daemon=self._daemon).start()

    def _on_done(self) -> None:
        self._busy = False

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            outcome = work()
        except Exception as error:
            outcome = error
        with suppress(RuntimeError):  # the window was closed and took this object with it
            self.done.emit(outcome)


class Steps(Background):
    """Goes through an iterator in a thread; `stepped` comes in that of the window, before `done`.

    What an iterator raises ends it and comes with `done`.
    """

    stepped = Signal(object)

    def go(self, work: Callable[[], Iterator[Any]]) -> None:
        """Go through what `work` gives; there must be nothing under way."""
        self.start(partial(self._through, work))

    def _through(self, work: Callable[[], Iterator[Any]]) -> None:
        for step in work():
            with suppress(RuntimeError):  # the window was closed and took this object with it
                self.stepped.emit(step)
