"""Work of the window's thread in short steps, so that it answers the user between any two."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from qtpy.QtCore import QTimer


class Turns:
    """Goes through generators, one step in each turn of the event loop.

    Parameters
    ----------
    failed : callable
        Called with what a step raised; the rest of its generator is left out.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._work: deque[Iterator[None]] = deque()
        self._next = QTimer()
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._step)

    def add(self, work: Iterator[None]) -> None:
        """Do `work` after what is there already; its first step at once if there is nothing."""
        self._work.append(work)
        if len(self._work) == 1:
            self._step()

    def drop(self) -> None:
        """Leave out all steps that remain."""
        self._work.clear()
        self._next.stop()

    def _step(self) -> None:
        work = self._work[0]
        try:
            next(work)
            ended = False
        except StopIteration:
            ended = True
        except Exception as error:
            ended = True
            self._failed(error)
        if ended and self._work and self._work[0] is work:  # else dropped by its own last step
            self._work.popleft()
        if self._work:
            self._next.start()
