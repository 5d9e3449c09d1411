"""When a frame is on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QElapsedTimer, QTimer

from napari_mmfusion.plugin.qt.napari_versions import scene_canvas

if TYPE_CHECKING:
    from napari.components import ViewerModel

_NOT_PAINTED_AFTER = 250  # ms: a window that is minimised or covered is never painted


class CanvasWatch:
    """Calls back, once, when the canvas of a viewer was painted next.

    The call comes in a turn of its own: the frame has left for the screen by then, and what the
    user did meanwhile comes before the next one.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._callback: Callable[[], None] | None = None
        self._rests = False
        self._waited = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._call)
        self._canvas = scene_canvas(viewer)
        if self._canvas is not None:
            self._canvas.events.draw.connect(self._on_draw, position="last")

    def when_painted(self, callback: Callable[[], None], *, rests: bool = False) -> None:
        """Call `callback` after the next painting, or after a while if there is none.

        With `rests`, the call leaves the window, and other threads, as long again as that took.
        """
        self._callback = callback
        self._rests = rests
        self._waited.start()
        self._timer.start(_NOT_PAINTED_AFTER)
        if self._canvas is not None:
            self._canvas.update()  # also where nothing that changed is visible

    def close(self) -> None:
        """Call nobody any more."""
        self._callback = None
        self._timer.stop()
        if self._canvas is not None:
            self._canvas.events.draw.disconnect(self._on_draw)
            self._canvas = None

    def _on_draw(self, _: Any = None) -> None:
        if self._callback is not None:
            self._timer.start(0)

    def _call(self) -> None:
        callback, self._callback = self._callback, None
        if callback is not None and self._rests:
            QTimer.singleShot(self._waited.elapsed(), callback)
        elif callback is not None:
            callback()
