"""Ends computations of the compiled core early: on Ctrl-C, and when the program ends.

Python handles Ctrl-C in the main thread, between two steps of its own: a call of the compiled core
there would hold it up until it returns. When the program ends, a thread that is still in the core
must not come back from it, because there is nothing to come back to.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Final, Generic, TypeVar
from weakref import WeakSet

from napari_mmfusion.core import native

Value = TypeVar("Value")

# A tenth of a second on a slow machine.
_SHORT_WORK: Final = 1e7
_POLL_SECONDS: Final = 0.1
_LONGEST_END_SECONDS: Final = 30.0

_local: Final = threading.local()
_running: Final[list[native.StopFlag]] = []
_lock = threading.Lock()
_is_ending = threading.Event()


class AbandonedGroup:
    """Abandons all computations of several threads at once."""

    def __init__(self) -> None:
        self._flags: WeakSet[Interruption] = WeakSet()
        self._is_abandoned = False

    def enter(self) -> None:
        """Let the computations that this thread begins belong to the group."""
        _local.group = self

    def add(self, interruption: Interruption) -> None:
        """Let a computation belong to the group."""
        with _lock:
            self._flags.add(interruption)
            if self._is_abandoned:
                interruption.flag.set()

    def abandon(self) -> None:
        """End all of them, and those that have yet to begin."""
        with _lock:
            self._is_abandoned = True
            for interruption in self._flags:
                interruption.flag.set()


class Interruption:
    """Lets the calls of one solver be interrupted.

    Attributes
    ----------
    flag : StopFlag
        Once set, calls end within a row of the image, with an error, and the solver is of no use.
    """

    def __init__(self) -> None:
        self.flag = native.StopFlag()
        group: AbandonedGroup | None = getattr(_local, "group", None)
        if group is not None:
            group.add(self)

    def call(self, compute: Callable[[], Value], work: float = inf) -> Value:
        """Return what `compute` returns, unless Ctrl-C is pressed or the program ends meanwhile.

        Parameters
        ----------
        compute : callable
            Calls the compiled core.
        work : float
            How many values it changes. What takes a moment only is not worth a thread.

        Raises
        ------
        KeyboardInterrupt
            In the main thread, at once.
        """
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or work < _SHORT_WORK or _is_ending.is_set():
            with in_core(self.flag):
                return compute()
        helper = _Helper(compute, self.flag)
        helper.start()
        try:
            while helper.is_alive():
                helper.join(_POLL_SECONDS)
        except BaseException:
            self.flag.set()
            helper.join()
            raise
        return helper.value()


class _Helper(threading.Thread, Generic[Value]):
    """Computes something for the main thread, which meanwhile handles signals."""

    def __init__(self, compute: Callable[[], Value], flag: native.StopFlag) -> None:
        super().__init__(name="mmfusion", daemon=True)
        self._compute = compute
        self._flag = flag
        self._values: list[Value] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            with in_core(self._flag):
                self._values.append(self._compute())
        except BaseException as error:
            self._error = error

    def value(self) -> Value:
        """What was computed, or the error of the computation."""
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # it refers to this thread
        return self._values.pop()


@contextmanager
def in_core(flag: native.StopFlag | None = None) -> Iterator[None]:
    """Mark that this thread is in the compiled core, for which the end of the program waits.

    Parameters
    ----------
    flag : StopFlag, optional
        Ends the computation once set.
    """
    kept = native.StopFlag() if flag is None else flag
    with _lock:
        _end_with_program()
        _running.append(kept)
    try:
        yield
    except Exception:
        _end_with_program()
        raise
    finally:
        with _lock:
            _running.remove(kept)


def _end_with_program() -> None:
    """If the program ends, end this thread without a message, unless it is the main thread."""
    if _is_ending.is_set() and threading.current_thread() is not threading.main_thread():
        raise SystemExit


@atexit.register
def _end_computations() -> None:
    """Wait until no thread is in the core, and let none enter it."""
    with _lock:
        _is_ending.set()
    latest = time.monotonic() + _LONGEST_END_SECONDS
    while _running and time.monotonic() < latest:
        with _lock:
            for flag in _running:
                flag.set()
        time.sleep(0.005)


def _forget_other_threads() -> None:
    """In a forked process, where the threads of its parent do not run."""
    global _lock
    _lock = threading.Lock()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_other_threads)
