"""The wheel scrolls the dock and changes nothing, except over an input that was clicked."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_mmfusion.plugin.qt import input_guard
from napari_mmfusion.plugin.qt.input_guard import InputGuard, is_input
from person import turn_wheel

pytestmark = pytest.mark.gui


@pytest.fixture
def small(dock, qtbot):
    """The dock in a small window, with all its sections unfolded."""
    dock._viewer.window.resize(1280, 720)
    for section in (dock.compare_section, dock.trust_section):
        section.expand()
    for field in ("lambda_haadf", "threshold"):
        dock.parameters.field(field).check.setChecked(True)
    dock._viewer.window._qt_window.activateWindow()
    area = dock.guard._area
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 300)
    return dock


def value_of(widget):
    if isinstance(widget, QComboBox):
        return widget.currentIndex(), widget.currentText()
    return widget.value() if hasattr(widget, "value") else widget.text()


def values(dock):
    inputs = [widget for widget in dock.native.findChildren(QWidget) if is_input(widget)]
    return [(widget, value_of(widget)) for widget in inputs]


def bring_into_view(dock, widget, place=0.5):
    area = dock.guard._area
    bar = area.verticalScrollBar()
    bar.setValue(round(bar.maximum() * place))
    area.ensureWidgetVisible(widget, 0, 40)
    QApplication.processEvents()
    return bar


@pytest.mark.parametrize("mode", ["None", "Overlay", "Blink", "Swipe", "Difference"])
def test_no_input_reacts_without_a_click(small, mode):
    small.compare.mode.value = mode
    QApplication.processEvents()
    before = values(small)
    inputs = [widget for widget, _ in before if widget.isVisible()]
    assert len(inputs) > 20
    for widget in inputs:
        for notches in (-1, 1):
            bar = bring_into_view(small, widget)
            bar.setValue(min(max(bar.value(), 30), bar.maximum() - 30))
            at = bar.value()
            turn_wheel(widget, notches)
            assert (bar.value() - at) * notches < 0, widget
            assert not widget.hasFocus()
    assert values(small) == before


def test_the_keyboard_alone_does_not_free_the_wheel(small):
    for widget, value in values(small):
        if widget.isVisible() and widget.isEnabled():
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            turn_wheel(widget)
            assert value_of(widget) == value


def test_a_clicked_input_takes_the_wheel_until_it_loses_the_focus(small, qtbot, monkeypatch):
    monkeypatch.setattr(input_guard, "_ONE_TURN", 0)
    field = small.parameters.field("lambda_tv")
    for widget in (field.box, field.slider):
        bring_into_view(small, widget)
        middle = widget.rect().center()
        QTest.mouseClick(widget.childAt(middle) or widget, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(widget.hasFocus)
        before = value_of(widget)
        turn_wheel(widget, 1)
        assert value_of(widget) > before
        small.parameters.field("gamma").box.setFocus()
        now = value_of(widget)
        turn_wheel(widget, 1)
        assert value_of(widget) == now


def test_a_turn_that_began_as_scrolling_goes_on_over_a_clicked_input(small, qtbot):
    box = small.parameters.field("lambda_tv").box
    bring_into_view(small, box)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(box.hasFocus)
    before = box.value()
    turn_wheel(small.tools.copy_button)
    turn_wheel(box)
    assert box.value() == before


def test_the_dock_scrolls_from_its_fixed_parts_too(small):
    bar = small.guard._area.verticalScrollBar()
    for part in (small.curves.plot, small.run_panel.verdict, small.save.button.native):
        bar.setValue(100)
        turn_wheel(part)
        assert bar.value() > 100
    bar.setValue(bar.maximum())
    turn_wheel(small.curves.plot)
    assert bar.value() == bar.maximum()


def test_rows_that_come_later_are_guarded(small):
    small._viewer.add_image(np.ones((64, 96), np.float32), name="Ti")
    small._viewer.add_image(np.ones((64, 96), np.float32), name="other")
    QApplication.processEvents()
    before = [(row.symbol, row.layer) for row in small.choice.rows]
    assert "Ti" in [symbol for symbol, _ in before]
    for widget, _ in values(small):
        if small.table.isAncestorOf(widget) and widget.isVisible():
            bring_into_view(small, widget)
            turn_wheel(widget)
    assert [(row.symbol, row.layer) for row in small.choice.rows] == before
    assert small.choice.haadf.name == "HAADF"


def test_an_input_shown_just_now_is_guarded(qtbot):
    root, inside, area = QWidget(), QWidget(), QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inside)
    QVBoxLayout(root).addWidget(area)
    column = QVBoxLayout(inside)
    qtbot.addWidget(root)
    InputGuard(root, area)
    root.show()
    box = QSpinBox()
    column.addWidget(box)
    box.show()  # and no turn of the event loop
    turn_wheel(box, 1)
    assert box.value() == 0
    assert box.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_the_list_of_a_combo_box_scrolls(small, qtbot):
    box = small.parameters.field("weighting").native
    bring_into_view(small, box)
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    scrolled = small.guard._area.verticalScrollBar().value()
    before = value_of(box)
    turn_wheel(box.view().viewport())
    assert small.guard._area.verticalScrollBar().value() == scrolled
    box.hidePopup()
    assert value_of(box) == before
