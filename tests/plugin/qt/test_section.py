"""Parts of the dock that can be folded away."""

from __future__ import annotations

import pytest

pytest.importorskip("pytestqt")

from qtpy.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from napari_mmfusion.plugin.qt.section import Section

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]


def test_the_arrow_says_whether_it_is_open(qtbot):
    section = Section("Data", QLabel("content"))
    qtbot.addWidget(section)
    assert section.isExpanded()
    assert section.text() == "\N{BLACK DOWN-POINTING TRIANGLE}  Data"
    section.toggleButton().click()
    assert not section.isExpanded()
    assert section.text() == "\N{BLACK RIGHT-POINTING TRIANGLE}  Data"


def test_what_is_opened_is_scrolled_into_sight(qtbot):
    area, inside = QScrollArea(), QWidget()
    column = QVBoxLayout(inside)
    tall, content = QLabel("tall"), QLabel("content")
    tall.setFixedHeight(500)
    content.setFixedHeight(120)
    section = Section("Compare", content, expanded=False, area=area)
    column.addWidget(tall)
    column.addWidget(section)
    column.addStretch(1)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.resize(300, 200)
    qtbot.addWidget(area)
    area.show()
    qtbot.waitExposed(area)
    section.toggleButton().click()

    def in_sight():
        return not content.visibleRegion().isEmpty() and content.visibleRegion().boundingRect() == (
            content.rect()
        )

    qtbot.waitUntil(in_sight)
