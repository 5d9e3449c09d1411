"""Where the parts of the dock lie: sections that scroll, and below them what stays in view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from napari_mmfusion.plugin.qt.section import Section

_WIDTH: Final = 388
_LEAST_SCROLLED: Final = 120
"""Height of the part that scrolls, in pixels, however much stands below it."""


def make_scrolled_sections(
    parts: Iterable[tuple[str, Sequence[QWidget], bool]],
) -> tuple[QScrollArea, dict[str, Section]]:
    """A scroll area with a section for each part, and the sections by their titles.

    Parameters
    ----------
    parts : iterable of (str, sequence of QWidget, bool)
        Title, content from top to bottom, and whether the section is open at first.
    """
    area, inside = QScrollArea(), QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 4, 0)
    column.setSpacing(2)
    sections = {}
    for title, widgets, expanded in parts:
        section = Section(title, _stack(widgets), expanded=expanded, area=area)
        sections[title] = section
        column.addWidget(section)
    column.addStretch(1)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
    area.setMinimumHeight(_LEAST_SCROLLED)
    area.setWidget(inside)
    return area, sections


def fill_dock(dock: QWidget, area: QScrollArea, below: Iterable[QWidget]) -> None:
    """Put the area into the dock, and other parts below it."""
    layout = dock.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.setContentsMargins(6, 4, 6, 6)
    layout.setSpacing(4)
    layout.addWidget(area, 1)
    for part in below:
        layout.addWidget(part)
    dock.setMinimumWidth(_WIDTH)


def _stack(widgets: Sequence[QWidget]) -> QWidget:
    """The widgets below one another; a single one as it is."""
    if len(widgets) == 1:
        return widgets[0]
    stack = QWidget()
    column = QVBoxLayout(stack)
    column.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        column.addWidget(widget)
    return stack
