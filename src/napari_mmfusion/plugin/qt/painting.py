"""Notice when the canvas has been painted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QElapsedTimer, QTimer

from napari_mmfusion.plugin.qt.napari_versions import scene_canvas

if TYPE_CHECKING:
    from napari.components import ViewerModel

_NOT_PAINTED_AFTER = 250  # ms: a minimised or covered window is never painted


class CanvasWatch:
    """Calls a function once, after the canvas of a viewer has been painted.

    The call comes in the next turn of the event loop: by then the frame has been sent to the
    screen, and pending user input is processed before the next frame.
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

        With `rests`, the call is delayed once more by the time that took, which is left to the
        window and other threads.
        """
        self._callback = callback
        self._rests = rests
        self._waited.start()
        self._timer.start(_NOT_PAINTED_AFTER)
        if self._canvas is not None:
            self._canvas.update()  # paints even if no visible layer has changed

    def close(self) -> None:
        """Make no further calls."""
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
