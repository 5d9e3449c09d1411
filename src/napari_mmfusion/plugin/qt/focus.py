"""The keyboard in a dock: Tab goes as the eye goes, and one sees where the keyboard is."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from qtpy.QtCore import QEvent, QObject, Qt, QTimer
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QGridLayout, QLayout, QScrollArea, QWidget

from napari_mmfusion.plugin.qt.input_guard import InputGuard
from napari_mmfusion.plugin.qt.small_plots import ORANGE

_WIDTH: Final = 2
_MOVES: Final = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class FocusOrder(QObject):
    """Keeps the order of Tab that of the layouts, and frames the widget that has the keyboard.

    What is hidden, such as the content of a folded section, is skipped by Qt.

    Parameters
    ----------
    root : QWidget
        The dock.
    guard : InputGuard
        Says when widgets were added, and which has the keyboard.
    """

    def __init__(self, root: QWidget, guard: InputGuard) -> None:
        super().__init__(root)
        self._root = root
        self._frame: FocusFrame | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.order)
        self._focused: weakref.ref[QWidget] | None = None
        self._frame_soon = QTimer(self)
        self._frame_soon.setSingleShot(True)
        self._frame_soon.setInterval(0)
        self._frame_soon.timeout.connect(self._move_frame)
        guard.grown.connect(self._soon.start)
        guard.focused.connect(self._on_focused)
        self.order()

    def order(self) -> None:
        """Put all widgets into the order in which they lie."""
        widgets = focusable_widgets(self._root)
        for before, after in itertools.pairwise(widgets):
            QWidget.setTabOrder(before, after)

    def _on_focused(self, widget: QWidget | None) -> None:
        # Later: the guard is just filtering the event, and the frame puts a filter there too.
        self._focused = None if widget is None else weakref.ref(widget)
        self._frame_soon.start()

    def _move_frame(self) -> None:
        frame, self._frame = self._frame, None
        widget = None if self._focused is None else self._focused()
        with suppress(RuntimeError):  # they may be gone with the row of a table that was made anew
            if frame is not None:
                frame.hide()
                frame.deleteLater()
            if widget is not None and widget is not self._root and widget.hasFocus():
                self._frame = FocusFrame(widget)


class FocusFrame(QWidget):
    """A frame around the widget that has the keyboard; it lies where the widget lies."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget.parentWidget())
        self._widget = widget
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        widget.installEventFilter(self)
        self._follow()
        self.raise_()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: D102, N802
        if watched is self._widget and event is not None and event.type() in _MOVES:
            self._follow()
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002, D102, N802
        painter = QPainter(self)
        painter.setPen(QPen(QColor(ORANGE), _WIDTH))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _follow(self) -> None:
        self.setGeometry(self._widget.geometry().adjusted(-1, -1, 1, 1))
        self.setVisible(self._widget.isVisible())


def focusable_widgets(root: QWidget) -> list[QWidget]:
    """Widgets below `root` that Tab can reach, in the order in which they lie."""
    return [widget for widget in _below(root) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]


def _below(widget: QWidget) -> Iterator[QWidget]:
    if isinstance(widget, QScrollArea) and (content := widget.widget()) is not None:
        yield from _below(content)
    layout = widget.layout()
    if layout is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    places = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        places.sort(key=layout.getItemPosition)  # by row, then by column
    for place in places:
        item = layout.itemAt(place)
        if item is None:
            continue
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            yield from _in_layout(inner)
        elif widget is not None:
            yield widget
            yield from _below(widget)
