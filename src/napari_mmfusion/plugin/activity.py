"""The progress bar in napari's activity dock."""

from __future__ import annotations

import io
import time
from typing import Final

from napari.utils import progress

_PAUSE: Final = 0.5  # seconds: each step of the bar paints the whole window at once


class Activity:
    """A bar of our own: that of napari's workers counts yields, not iterations."""

    def __init__(self, text: str, total: int) -> None:
        # Without a file of its own the bar would be printed to the terminal as well.
        self._bar = progress(total=total, desc=text, file=io.StringIO())
        self._waiting = 0
        self._next = time.monotonic() + _PAUSE

    def advance(self, steps: int) -> None:
        """Note that so many steps more are done."""
        self._waiting += steps
        if time.monotonic() >= self._next:
            self._bar.update(self._waiting)
            self._waiting = 0
            self._next = time.monotonic() + _PAUSE

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()
