"""The progress bar in napari's activity dock."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from napari.utils import progress
from qtpy.QtCore import QTimer

from napari_mmfusion.plugin.qt.napari_versions import stop_spinner

if TYPE_CHECKING:
    from napari.components import ViewerModel

_PAUSE: Final = 500  # ms: napari paints the whole window at each step of the bar


class Activity:
    """A progress bar that counts iterations; that of napari's workers counts yields.

    It is updated by a timer and not in `advance`, because napari processes all pending events
    whenever it moves a bar. Work that ends within the first pause shows no bar.
    """

    def __init__(self, viewer: ViewerModel, text: str, total: int) -> None:
        self._viewer = viewer
        self._text = text
        self._total = total
        self._done = 0
        self._bar: progress | None = None
        self._timer = QTimer()
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._move)
        self._timer.start()

    def advance(self, steps: int) -> None:
        """Count further steps as done."""
        self._done += steps

    def close(self) -> None:
        """Remove the bar."""
        self._timer.stop()
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.close()

    def _move(self) -> None:
        if self._bar is None:
            # Without `file` the bar would be printed to the terminal as well.
            bar = progress(total=self._total, desc=self._text, file=io.StringIO())
            if not self._timer.isActive():  # closed while napari created the bar
                bar.close()
                return
            self._bar = bar
            stop_spinner(self._viewer)
        if self._done > self._bar.n:
            self._bar.update(self._done - self._bar.n)
