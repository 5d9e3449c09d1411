"""Whatever a person can press, move or fill in says what it does."""

from __future__ import annotations

import re

import numpy as np
import pytest

pytest.importorskip("napari")

from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from napari_mmfusion.plugin.qt.texts.tooltips import plain, wrap

INTERACTIVE = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
SOURCE = re.compile(r"[<>`]|:\w+:|\b[a-z]+_\w+|\\|\$|=")
"""Markup, and names of parameters as programs write them."""


def interactive(dock):
    for widget in dock.native.findChildren(QWidget):
        if not isinstance(widget, INTERACTIVE) or isinstance(widget, QScrollBar):
            continue
        if isinstance(widget.parent(), (QAbstractSpinBox, QComboBox)):
            continue  # a part of it
        yield widget


@pytest.mark.gui
def test_every_widget_has_a_sentence_for_a_person(dock):
    dock._viewer.add_image(np.ones((64, 96), np.float32), name="left <b>over</b>")
    for section in (dock.compare_section, dock.trust_section):
        section.expand()
    QApplication.processEvents()
    widgets = list(interactive(dock))
    assert len(widgets) > 60
    for widget in widgets:
        tip = widget.toolTip()
        name = getattr(widget, "text", type(widget).__name__)
        who = (type(widget).__name__, name() if callable(name) else name)
        assert tip, who
        assert tip.lstrip("'")[0].isupper() or tip[0] == "'", (who, tip)
        assert tip.endswith("."), (who, tip)
        assert not SOURCE.search(tip), (who, tip)
        assert max(map(len, tip.splitlines())) <= 64, (who, tip)


def test_names_are_no_markup():
    assert "<" not in plain("<b>Fe</b>")


def test_long_words_and_lines_of_a_text_stay():
    assert wrap("one\ntwo") == "one\ntwo"
    assert wrap("") == ""
