"""What keeps the window's thread busy, measured in the running window."""

from __future__ import annotations

import functools
import gc
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QEvent, Qt, QTimer

_TICK = 2  # ms


class Span(NamedTuple):
    """A span of work; `wall` and `cpu` (seconds) exclude calls that are watched themselves."""

    owner: str
    end: float
    wall: float
    cpu: float


class Meter:
    """Records the times of chosen functions of the main thread, and the ticks of a timer."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.ticks: list[float] = []
        self.started = 0.0
        self._within: list[list[float]] = []
        self._entered: list[tuple[float, float]] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(lambda: self.ticks.append(time.perf_counter()))

    def start(self) -> None:
        """Start again."""
        self.spans.clear()
        self.ticks.clear()
        self.started = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.stop()

    def watch(self, owner: str, holder: type, *names: str) -> None:
        """Record the times of methods of a class; call it before any of them is connected."""
        for name in names:
            setattr(holder, name, self._timed(owner, getattr(holder, name)))

    def watch_painting(self, window: type) -> None:
        """Record the times of painting a window: widgets, OpenGL and their composition."""
        event = window.event
        paint = self._timed("painting", event)

        def sorted_out(self: Any, what: QEvent) -> bool:
            painting = what.type() == QEvent.Type.UpdateRequest
            return bool((paint if painting else event)(self, what))

        window.event = sorted_out

    def watch_collector(self) -> None:
        """Record the times of Python's garbage collector, which may start anywhere."""

        def note(phase: str, _: object) -> None:
            if threading.current_thread() is not threading.main_thread():
                return
            if phase == "start":
                self._enter()
            elif self._entered:
                self._leave("collector")

        gc.callbacks.append(note)

    def _timed(self, owner: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)  # vispy calls methods back by their name
        def timed(*arguments: Any, **named: Any) -> Any:
            self._enter()
            try:
                return function(*arguments, **named)
            finally:
                self._leave(owner)

        return timed

    def _enter(self) -> None:
        self._within.append([0.0, 0.0])
        self._entered.append((time.perf_counter(), time.thread_time()))

    def _leave(self, owner: str) -> None:
        end, cpu_end = time.perf_counter(), time.thread_time()
        wall, cpu = self._entered.pop()
        all_wall, all_cpu = end - wall, cpu_end - cpu
        inner_wall, inner_cpu = self._within.pop()
        if self._within:
            self._within[-1][0] += all_wall
            self._within[-1][1] += all_cpu
        self.spans.append(Span(owner, end, all_wall - inner_wall, all_cpu - inner_cpu))

    def gaps(self, without: Iterable[str] = ()) -> NDArray[np.float64]:
        """Milliseconds between ticks, without the work of some owners."""
        gaps = np.diff(self.ticks)
        for span in self.spans:
            if span.owner in without:
                after = int(np.searchsorted(self.ticks, span.end))
                if 0 < after < len(self.ticks):
                    gaps[after - 1] -= span.wall
        return gaps * 1e3

    def walls(self, owner: str) -> NDArray[np.float64]:
        """Milliseconds of each span of one owner's work."""
        return np.array([span.wall for span in self.spans if span.owner == owner] or [0.0]) * 1e3

    def cpus(self, owner: str) -> NDArray[np.float64]:
        """As `walls`, but only processor time of the thread, which other work cannot lengthen."""
        return np.array([span.cpu for span in self.spans if span.owner == owner] or [0.0]) * 1e3
