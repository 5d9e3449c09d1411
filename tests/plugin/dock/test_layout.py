"""In a window of 1280 x 720 the dock fits in every state, and nothing in it is cut off."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.qt.section import Section
from person import type_over

pytestmark = pytest.mark.gui

ELEMENTS = "Sc Dy O Fe Co Ni Cu Zn Ga Ge Rb Se".split()
LONG = "a measurement of the specimen that has a very long name, as people give them"


@pytest.fixture
def open_dock(make_napari_viewer):
    """Open a dock in a window of 1280 x 720 that shows so many maps."""
    docks = []

    def open_dock(rows, name="{}"):
        viewer = make_napari_viewer(show=True)
        viewer.window.resize(1280, 720)
        dock = FusionWidget(viewer)
        viewer.window.add_dock_widget(dock, name="Multi-modal fusion")
        docks.append(dock)
        if rows:
            viewer.add_image(np.ones((16, 24), np.float32), name="HAADF")
        for element in ELEMENTS[:rows]:
            viewer.add_image(np.ones((16, 24), np.float32), name=name.format(element))
        settle(dock)
        return dock

    yield open_dock
    for dock in docks:
        dock.close_session()


def settle(dock):
    for _ in range(3):
        QTest.qWait(20)
        QApplication.processEvents()
    assert dock.native.window().height() <= 720


def visible(dock, kind=QWidget):
    return [widget for widget in dock.native.findChildren(kind) if widget.isVisible()]


def assert_whole(dock):
    """Every part has the room it asks for, and lies inside what holds it."""
    content = dock.guard._area.widget()
    for widget in visible(dock):
        hint = widget.minimumSizeHint()
        height = widget.minimumHeight() or hint.height()  # napari's styles set the former
        if widget.layout() is not None and widget.layout().hasHeightForWidth():
            height = widget.layout().minimumHeightForWidth(widget.width())
        assert widget.height() >= min(height, widget.maximumHeight()), widget
        if widget.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Ignored:
            width = widget.minimumWidth() or hint.width()
            assert widget.width() >= min(width, widget.maximumWidth()), widget
        parent = widget.parentWidget()
        if parent.layout() is not None and parent.layout().indexOf(widget) >= 0:
            assert parent.rect().contains(widget.geometry()), (widget, parent)
    for label in visible(dock, QLabel):
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
        elif label.text():
            assert label.width() >= label.sizeHint().width(), label.text()
    for button in visible(dock, QPushButton):
        if button.text():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.height() >= button.sizeHint().height(), button.text()
    for kind in (QComboBox, QAbstractSpinBox, QLineEdit):
        for widget in visible(dock, kind):
            assert widget.height() >= widget.fontMetrics().height(), widget
    assert content.width() <= dock.guard._area.viewport().width()


def assert_reachable(dock):
    """What a person always needs is seen as a whole, and the rest can be scrolled to."""
    panel = dock.run_panel
    for part in (panel.run_button, panel.stop_button, dock.save.button):
        native = part.native
        assert native.visibleRegion().boundingRect() == native.rect(), native
    assert panel.verdict.visibleRegion().boundingRect() == panel.verdict.rect()
    assert dock.guard._area.height() >= dock.guard._area.minimumHeight()
    assert dock.native.parentWidget().rect().contains(dock.native.geometry())


@pytest.mark.parametrize("rows", [0, 1, 4, 12])
@pytest.mark.parametrize("name", ["{}", "{} " + LONG, "{}" + "x" * 80])
def test_the_table_is_whole_for_any_number_of_rows(open_dock, rows, name):
    dock = open_dock(rows, name)
    assert len(dock.choice.rows) in (rows, 0)
    assert_whole(dock)
    assert_reachable(dock)


def test_layers_without_symbols_come_one_by_one(open_dock):
    dock = open_dock(0)
    for name in ("HAADF", "left", "right", LONG):
        dock._viewer.add_image(np.ones((16, 24), np.float32), name=name)
        settle(dock)
        assert_whole(dock)
    assert dock.choice.add_row()
    settle(dock)
    assert_whole(dock)
    assert_reachable(dock)


@pytest.mark.parametrize("rows", [0, 4, 12])
def test_sections_in_any_order_open_and_close(open_dock, rows):
    dock = open_dock(rows)
    sections = visible(dock, Section)
    assert len(sections) == 6
    for section in (*sections, *reversed(sections)):
        section.toggleButton().click()
        settle(dock)
        assert_whole(dock)
        assert_reachable(dock)


@pytest.mark.parametrize("mode", ["Overlay", "Blink", "Swipe", "Grid", "Difference"])
def test_the_settings_of_every_mode_are_whole(dock, run_and_wait, mode):
    dock._viewer.window.resize(1280, 720)
    dock.parameters.field("n_iter").value = 2
    run_and_wait(dock)
    dock.compare_section.expand()
    dock.compare.mode.value = mode
    settle(dock)
    assert dock.compare.mode.value == mode
    assert_whole(dock)
    assert_reachable(dock)


def test_all_warnings_at_once_are_whole(open_dock):
    dock = open_dock(4)
    for name in ("gamma", "lambda_tv", "n_iter", "tolerance"):
        type_over(dock.parameters.field(name).box, "99,999.9")
    for box in (*dock.table._numbers, *dock.table._weights):
        type_over(box, "much")
    for section in visible(dock, Section):
        section.expand()
    dock.compare.tools.zoom.sides["x"].native.refused.emit("x stays 0. " * 8)
    dock.auto.message.say("What speaks against the search stands here. " * 6)
    dock.trust.message.say("What was found stands here. " * 12)
    dock.run_panel.say("The costs oscillate: lower the chemistry weight. " * 6)
    dock.curves.message.say("Costs written to " + "/a/long/way" * 10)
    dock.run_panel.show_running(30)
    settle(dock)
    assert_whole(dock)
    assert_reachable(dock)
