"""The mouse wheel and the keyboard of a person, sent to widgets."""

from __future__ import annotations

from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

NOTCH = 120


def turn_wheel(widget, notches=-1, at=None):
    """Turn the wheel over the middle of a widget; the innermost part below the pointer gets it."""
    place = at or widget.rect().center()
    receiver = widget.childAt(place) or widget
    inside = QPointF(receiver.mapFrom(widget, place))
    event = QWheelEvent(
        inside,
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        QPoint(0, notches * NOTCH),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(receiver, event)


def type_over(widget, text, end=Qt.Key.Key_Return):
    """Replace the text of a widget by typing."""
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(widget, Qt.Key.Key_Delete)
    QTest.keyClicks(widget, text)
    QTest.keyClick(widget, end)
