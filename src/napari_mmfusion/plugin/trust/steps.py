"""Work in a thread of its own that tells of every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from qtpy.QtCore import Signal  # type: ignore[attr-defined]  # qtpy makes it

from napari_mmfusion.plugin.background import Background


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
