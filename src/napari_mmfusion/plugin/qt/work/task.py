"""Work in a thread: it yields steps, can be stopped, and ends with an outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from qtpy.QtCore import QCoreApplication, QObject, Signal  # type: ignore[attr-defined]  # qtpy's

from napari_mmfusion.core.fusion import StopFlag


class Task(QObject):
    """Does one piece of work at a time in a thread.

    `stepped` comes in the thread of the window with everything the work yields; `done` comes last,
    with what the work returned or raised. Work ends early only if it looks at its stop flag, which
    is set by `stop`, by `close` and when the program quits.

    Parameters
    ----------
    owner : QObject, optional
        Its end closes the task.
    daemon : bool
        Whether the program may end before the work does. By default it waits: files are written
        to their end. Reading can hang on a slow disk and is not waited for.
    """

    stepped = Signal(object)
    done = Signal(object)
    _told = Signal(bool, object)  # from the thread: whether it has ended, and with what

    def __init__(self, owner: QObject | None = None, *, daemon: bool = False) -> None:
        super().__init__()
        self._daemon = daemon
        self._busy = self._closed = False
        self._stop = StopFlag()
        self._told.connect(self._on_told)
        if owner is not None:
            owner.destroyed.connect(self.close)
        program = QCoreApplication.instance()
        if program is not None:
            program.aboutToQuit.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether work is under way, or its outcome not yet told."""
        return self._busy

    @property
    def stopping(self) -> bool:
        """Whether the work under way was asked to end."""
        return self._busy and self._stop.is_set()

    def start(self, work: Callable[[StopFlag], Any], stop: StopFlag | None = None) -> None:
        """Call `work` with a stop flag and go through the generator it returns, if it does.

        Parameters
        ----------
        work : callable of (StopFlag)
            Returns the outcome, or a generator that yields steps and returns the outcome.
        stop : StopFlag, optional
            The flag, where others need it as well.

        Raises
        ------
        ValueError
            If work is under way.
        """
        if self._busy:
            raise ValueError("there is work under way; wait for its end")
        self._busy = True
        self._stop = stop or StopFlag()
        threading.Thread(target=self._run, args=(work, self._stop), daemon=self._daemon).start()

    def stop(self) -> None:
        """Ask the work under way, if any, to end soon; `done` follows."""
        self._stop.set()

    def close(self) -> None:
        """Stop, and emit nothing any more: those who listen are going."""
        self._closed = True
        self.stop()

    def _run(self, work: Callable[[StopFlag], Any], stop: StopFlag) -> None:
        try:
            outcome = work(stop)
            if isinstance(outcome, Generator):
                outcome = self._go_through(outcome)
        except Exception as error:
            outcome = error
        self._tell(True, outcome)

    def _go_through(self, steps: Generator[Any, None, Any]) -> Any:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            self._tell(False, step)

    def _tell(self, ended: bool, what: Any) -> None:
        with suppress(RuntimeError):  # Qt ended first and took this object with it
            self._told.emit(ended, what)

    def _on_told(self, ended: bool, what: Any) -> None:
        if ended:
            self._busy = False
        if not self._closed:
            (self.done if ended else self.stepped).emit(what)
