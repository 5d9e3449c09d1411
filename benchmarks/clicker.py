"""Clicks at any moment, as from a user."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from qtpy.QtCore import QObject, Signal


class Clicker(QObject):
    """Presses a button from another thread, at any moment."""

    pressed = Signal()

    def __init__(self, press: Callable[[], object]) -> None:
        super().__init__()
        self.at = 0.0
        self.pressed.connect(press)

    def press_after(self, seconds: float) -> None:
        """Press in so many seconds."""

        def press() -> None:
            self.at = time.perf_counter()
            self.pressed.emit()

        threading.Timer(seconds, press).start()
