"""The dock without a mouse."""

from __future__ import annotations

import itertools

import pytest

pytest.importorskip("napari")

from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QPushButton

from napari_mmfusion.plugin.qt.focus import FocusFrame
from person import type_over

pytestmark = pytest.mark.gui

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def active(dock, qtbot):
    """The dock in the active window, with the keyboard in it."""
    dock._viewer.window.resize(1280, 720)
    dock._viewer.window._qt_window.activateWindow()
    dock.load_button.native.setFocus()
    qtbot.waitUntil(dock.load_button.native.hasFocus)
    QApplication.processEvents()
    return dock


def press_tab_around(dock):
    """The widgets that Tab reaches, from the first on, until it leaves the dock."""
    reached = []
    for _ in range(200):
        now = QApplication.focusWidget()
        if now in reached or not dock.native.isAncestorOf(now):
            break
        reached.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    return reached


def test_tab_goes_as_the_eye_goes(active):
    active.guard._area.widget().findChild(QPushButton).setFocus()
    reached = press_tab_around(active)
    assert len(reached) > 40
    for widget in reached:
        assert widget.isVisible()
    content = active.guard._area.widget()
    inside = [widget for widget in reached if content.isAncestorOf(widget)]
    below = [widget for widget in reached if not content.isAncestorOf(widget)]
    assert reached in (inside + below, below + inside)
    for part, widgets in ((content, inside), (active.native, below)):
        places = [widget.mapTo(part, widget.rect().center()) for widget in widgets]
        for at, then in itertools.pairwise(places):
            same_row = abs(at.y() - then.y()) < 12
            assert then.x() > at.x() if same_row else then.y() > at.y()


def test_rows_that_come_later_take_their_place(active):
    table = active.table
    active.choice.rows[0].enabled = False
    active.choice.changed.emit()  # the table is made anew
    QApplication.processEvents()
    active.load_button.native.setFocus()
    reached = press_tab_around(active)
    rows = [i for i, widget in enumerate(reached) if table.isAncestorOf(widget)]
    assert rows == list(range(1, 1 + len(rows)))
    assert len(rows) > 12


def test_folded_sections_are_skipped_and_their_titles_are_not(active):
    reached = press_tab_around(active)
    assert active.compare_section.toggleButton() in reached
    assert not [widget for widget in reached if active.compare.native.isAncestorOf(widget)]
    title = active.compare_section.toggleButton()
    title.setFocus()
    QTest.keyClick(title, Qt.Key.Key_Space)
    assert active.compare_section.isExpanded()
    QApplication.processEvents()
    QTest.keyClick(title, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is active.compare.mode.native


def test_one_sees_where_the_keyboard_is(active, qtbot):
    def framed():
        frames = [f for f in active.native.findChildren(FocusFrame) if f.isVisible()]
        return [frame.geometry().adjusted(1, 1, -1, -1) for frame in frames]

    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        qtbot.waitUntil(lambda widget=widget: framed() == [widget.geometry()])
        assert not widget.visibleRegion().isEmpty()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_control_enter_runs_with_what_is_being_typed(active, run_and_wait, key):
    box = active.parameters.field("n_iter").box
    box.setFocus()
    type_over(box, "4", end=Qt.Key.Key_Shift)
    run_and_wait(active, lambda: QTest.keyClick(box, key, CONTROL))
    assert len(active.session.result.costs) == 4
    assert box.hasFocus()


def test_escape_stops_a_run(active, run_and_wait):
    active.parameters.field("n_iter").value = 5000

    def start():
        button = active.run_panel.run_button.native
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Return, CONTROL)
        active.session.started.connect(lambda _: QTest.keyClick(active.native, Qt.Key.Key_Escape))

    run_and_wait(active, start)
    assert active.session.result.stopped or len(active.session.result.costs) < 5000


def test_escape_first_gives_up_what_is_typed(active):
    stopped = []
    active.run_panel.stop_asked.connect(lambda: stopped.append(True))
    active.run_panel.show_running(10)
    box = active.parameters.field("gamma").box
    box.setFocus()
    type_over(box, "much")
    assert box.message
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), stopped) == ("1.6", [])
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert stopped == [True]


def test_escape_cancels_a_search(active, qtbot):
    active.parameters.value = active.parameters.value.replace(n_iter=2000)
    with qtbot.waitSignal(active.auto.ended, timeout=60_000):
        active.auto.press()
        QTest.keyClick(active.load_button.native, Qt.Key.Key_Escape)
    assert not active.auto.busy


def test_control_z_takes_back_a_change(active):
    box = active.parameters.field("gamma").box
    box.setFocus()
    type_over(box, "1.8")
    assert active.parameters.value.gamma == 1.8
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert active.parameters.value.gamma == 1.6
    assert box.text() == "1.6"
