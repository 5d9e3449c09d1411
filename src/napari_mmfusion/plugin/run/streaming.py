"""The way of each iteration from the computing thread to the window. Knows no Qt.

The whole fusion takes tens of milliseconds, so the canvas sets the pace and not the solver. There
is never a queue of frames: one slot holds the latest, the cost values wait beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.fusion import FusionState, StopFlag

MOST_FRAMES_PER_SECOND: Final = 30.0

_LOOK_AGAIN = 0.05  # seconds between two looks at whether napari wants to quit
_MOST_LOOKS = 200  # at a frame: a window that is blocked for longer, 10 s, misses it


class Pace(Enum):
    """What the computation waits for after each iteration."""

    EVERY_ITERATION = "every iteration"
    FAST = "as fast as possible"


class Stream:
    """Hands iterations from the thread that computes to the thread that draws.

    The computing thread calls `put` and `wait` in turn. `put` says whether the window has to be
    woken: it has not while it is still busy with an earlier frame. The window calls `take`, draws,
    and calls `painted` once it is free for another frame.

    Attributes
    ----------
    pace : Pace
        What the computing thread waits for.
    observe : StopFlag
        Set while the window is ready for an iteration; those in between can be skipped.
    """

    def __init__(self, pace: Pace, most_frames_per_second: float = MOST_FRAMES_PER_SECOND) -> None:
        self.pace = pace
        self._shortest = 1 / most_frames_per_second
        self._condition = threading.Condition()
        self._costs: list[NDArray[np.float64]] = []
        self._latest: FusionState | None = None
        self._window_is_free = True
        self._paused = False
        self._ended = False
        self._next_frame_at = 0.0
        self.observe = StopFlag()
        self.observe.set()

    def put(self, state: FusionState) -> bool:
        """Leave an iteration; returns whether the window must be told that there is one."""
        with self._condition:
            self._costs += [*state.skipped_costs, state.costs]
            self._latest = state
            self._next_frame_at = time.monotonic() + self._shortest
            wake = self._window_is_free
            self._window_is_free = False
            self._on_change()
            return wake

    def wait(self, given_up: Callable[[], bool]) -> bool:
        """Return when the next iteration may start: at once, or after the frame was painted.

        Also returns, with True, when the window must be woken and `wait` called again: while
        paused, for an iteration that came when the window was busy. `given_up` is called from time
        to time; once it is true, nothing will be painted any more.
        """
        looks = 0
        with self._condition:
            while not self._ended and not given_up():
                if self._paused:
                    looks = 0
                    if self._window_is_free and self._latest is not None:
                        self._window_is_free = False
                        return True
                elif self.pace is Pace.FAST:
                    return False
                elif self._window_is_free or looks > _MOST_LOOKS:
                    break
                self._condition.wait(_LOOK_AGAIN)
                looks += 1
            if self.pace is Pace.EVERY_ITERATION and not self._ended:
                self._condition.wait(max(0.0, self._next_frame_at - time.monotonic()))
        return False

    def take(self) -> tuple[NDArray[np.float64], FusionState | None]:
        """The costs (n, 3) not taken yet, and the latest iteration if it was not taken yet."""
        with self._condition:
            costs = np.array(self._costs, dtype=np.float64).reshape(-1, 3)
            self._costs.clear()
            latest, self._latest = self._latest, None
            return costs, latest

    def rest(self) -> None:
        """Say that the window takes nothing before it calls `painted`."""
        with self._condition:
            self._window_is_free = False
            self._on_change()

    def painted(self) -> None:
        """Say that the frame taken last is on the canvas, and that there may be another."""
        with self._condition:
            self._window_is_free = True
            self._on_change()

    @property
    def paused(self) -> bool:
        """Whether iterations are held back."""
        return self._paused

    def pause(self, paused: bool = True) -> None:
        """Hold back the next iteration, or let it go on."""
        with self._condition:
            self._paused = paused
            self._on_change()

    def end(self) -> None:
        """Never make the computing thread wait again."""
        with self._condition:
            self._ended = True
            self._on_change()

    def _on_change(self) -> None:
        if self._window_is_free or self._paused or self._ended:
            self.observe.set()
        else:
            self.observe.clear()
        self._condition.notify_all()
