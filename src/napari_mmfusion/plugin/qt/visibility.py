"""Notice when a part of a dock is hidden or closed."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QTimer, Signal  # type: ignore[attr-defined]  # qtpy makes it
from qtpy.QtWidgets import QDockWidget, QWidget


class VisibilityWatch(QObject):
    """Emits `hidden` when a widget was hidden, and `closed` when its dock was closed.

    Neither is emitted when the window is minimised, or when a dock is only moved or made to float.
    """

    hidden = Signal()
    closed = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        widget.installEventFilter(self)

    def eventFilter(self, _: QObject | None, event: QEvent | None) -> bool:  # noqa: D102, N802
        if event is not None and event.type() == QEvent.Type.Hide and not event.spontaneous():
            self._timer.start(0)  # a dock that is moved is hidden for a moment
        return False

    def _look(self) -> None:
        if self._widget.isVisible():
            return
        self.hidden.emit()
        if not _is_docked(self._widget):
            self.closed.emit()


def _is_docked(widget: QWidget) -> bool:
    """Whether a dock holds the widget; napari takes it out of a dock that is closed."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QDockWidget):
        parent = parent.parentWidget()
    return parent is not None
