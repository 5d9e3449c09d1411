"""Input widgets of a dock react to the mouse wheel only where a person has clicked."""

from __future__ import annotations

import weakref
from typing import Final

from qtpy.QtCore import (  # type: ignore[attr-defined]  # qtpy makes Signal
    QChildEvent,
    QElapsedTimer,
    QEvent,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from qtpy.QtGui import QFocusEvent, QWheelEvent
from qtpy.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QWidget,
)

_INPUTS: Final = (QComboBox, QAbstractSpinBox, QAbstractSlider, QTabBar)
"""Widgets whose value the wheel changes."""

_ONE_TURN: Final = 400
"""Milliseconds within which another wheel event belongs to the same turn of the wheel."""


def is_input(widget: QWidget) -> bool:
    """Whether the wheel would change a value of the widget."""
    return isinstance(widget, _INPUTS) and not isinstance(widget, QScrollBar)


class InputGuard(QObject):
    """Leaves the wheel to the scroll area, except over an input that was clicked and has the focus.

    It follows all widgets below `root`, those added later as well. A turn of the wheel that began
    as scrolling goes on as scrolling, whatever comes below the pointer. Over parts of the dock that
    lie outside the area, the wheel scrolls the area too.

    Parameters
    ----------
    root : QWidget
        The dock.
    area : QScrollArea
        Its part that scrolls.
    """

    grown = Signal()
    """Emitted after widgets were added below `root`."""
    focused = Signal(object)
    """Emitted with the widget that got the keyboard, or None when one lost it."""

    def __init__(self, root: QWidget, area: QScrollArea) -> None:
        super().__init__(root)
        self._root = root
        self._area = area
        self._clicked: weakref.ref[QWidget] | None = None
        self._scrolled = QElapsedTimer()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.adopt)
        self.adopt()

    def adopt(self) -> None:
        """Follow all widgets there are; called by itself after widgets were added."""
        self._adopt(self._root)
        self.grown.emit()

    def _adopt(self, top: QWidget) -> None:
        for widget in (top, *top.findChildren(QWidget)):
            widget.removeEventFilter(self)  # else it would be called twice
            widget.installEventFilter(self)
            if is_input(widget):
                # The focus comes by click or by key; the wheel does not bring it.
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: D102, N802
        if event is None or not isinstance(watched, QWidget):
            return False
        kind = event.type()
        if kind in (QEvent.Type.ChildAdded, QEvent.Type.ChildPolished):
            if kind == QEvent.Type.ChildPolished and isinstance(event, QChildEvent):
                child = event.child()
                if isinstance(child, QWidget):
                    self._adopt(child)
            self._soon.start()  # a child that was just added may still be under construction
        elif kind == QEvent.Type.MouseButtonPress:
            self._note_click(watched)
        elif kind == QEvent.Type.FocusIn:
            self.focused.emit(watched)
        elif kind == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self.focused.emit(None)
            if event.reason() != Qt.FocusReason.PopupFocusReason and self._is_clicked(watched):
                self._clicked = None
        elif kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            return self._on_wheel(watched, event)
        return False

    def _note_click(self, widget: QWidget) -> None:
        """Remember the input that was clicked, or that has a clicked part."""
        clicked = _input_around(widget)
        if clicked is not None:
            self._clicked = weakref.ref(clicked)
            self._scrolled.invalidate()

    def _is_clicked(self, widget: QWidget) -> bool:
        return self._clicked is not None and self._clicked() is widget

    def _on_wheel(self, widget: QWidget, event: QWheelEvent) -> bool:
        """Whether the widget is kept from the event."""
        bar = self._area.verticalScrollBar()
        if bar is None or isinstance(widget, QScrollBar) or widget.window() != self._root.window():
            return False  # the list of a combo box is a window and scrolls itself
        below = _input_around(widget)
        turning = self._scrolled.isValid() and self._scrolled.elapsed() < _ONE_TURN
        if below is not None and below.hasFocus() and self._is_clicked(below) and not turning:
            if widget is below:
                return False
            QApplication.sendEvent(below, event)  # from the text in a number box
            return True
        self._scrolled.start()
        QApplication.sendEvent(bar, event)
        event.accept()
        return True


def _input_around(widget: QWidget) -> QWidget | None:
    """The input that `widget` is, or is a part of."""
    around: QWidget | None = widget
    while around is not None and not is_input(around):
        around = around.parentWidget()
    return around
