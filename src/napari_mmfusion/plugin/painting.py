"""When a frame is on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QTimer

from napari_mmfusion.plugin.compatibility import scene_canvas

if TYPE_CHECKING:
    from napari.components import ViewerModel

_NOT_PAINTED_AFTER = 250  # ms: a window that is minimised or covered is never painted


class CanvasWatch:
    """Calls back, once, when the canvas of a viewer was painted next."""

    def __init__(self, viewer: ViewerModel) -> None:
        self._callback: Callable[[], None] | None = None
        self._fallback = QTimer()
        self._fallback.setSingleShot(True)
        self._fallback.setInterval(_NOT_PAINTED_AFTER)
        self._fallback.timeout.connect(self._call)
        self._canvas = scene_canvas(viewer)
        if self._canvas is not None:
            self._canvas.events.draw.connect(self._on_draw, position="last")

    def when_painted(self, callback: Callable[[], None]) -> None:
        """Call `callback` after the next painting, or after a while if there is none."""
        self._callback = callback
        self._fallback.start()
        if self._canvas is not None:
            self._canvas.update()  # also where nothing that changed is visible

    def close(self) -> None:
        """Call nobody any more."""
        self._callback = None
        self._fallback.stop()
        if self._canvas is not None:
            self._canvas.events.draw.disconnect(self._on_draw)
            self._canvas = None

    def _on_draw(self, _: Any = None) -> None:
        self._call()

    def _call(self) -> None:
        callback, self._callback = self._callback, None
        self._fallback.stop()
        if callback is not None:
            callback()
