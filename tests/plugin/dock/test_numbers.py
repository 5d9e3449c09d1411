"""Every number box of the dock, found by its type, in several locales."""

from __future__ import annotations

import pytest

pytest.importorskip("napari")

from qtpy.QtCore import QLocale
from qtpy.QtWidgets import QAbstractSpinBox, QLabel

from napari_mmfusion.plugin.qt.numbers.number_box import NumberBox
from napari_mmfusion.plugin.qt.numbers.number_text import format_number
from person import type_over

pytestmark = pytest.mark.gui


@pytest.fixture(params=["C", "de_DE", "fr_FR"])
def dock(request):
    """A dock that was made in another locale."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.getfixturevalue("dock")
    QLocale.setDefault(before)


def boxes(dock):
    for name in ("lambda_haadf", "threshold"):
        dock.parameters.field(name).check.setChecked(True)
    return dock.native.findChildren(QAbstractSpinBox)


def middle(box):
    """A number well inside the range of a box, whose text has decimals where possible."""
    if box._whole:
        return max(box._minimum, min(box._maximum, 50))
    return box._minimum + 0.25 if box._maximum >= box._minimum + 0.5 else 0.25


def test_every_box_takes_every_spelling(dock):
    found = boxes(dock)
    assert len(found) > 20
    for box in found:
        assert isinstance(box, NumberBox)
        value = middle(box)
        text = format_number(value)
        for typed in (
            text.replace(".", ","),
            f"  {text}\t",
            f"{value:e}",
            f"{value:E}".replace(".", ","),
        ):
            box.setValue(box._maximum)
            type_over(box, typed)
            assert box.value() == value, (box.accessibleName(), typed)
            assert not box.message


def test_every_box_refuses_what_is_not_clear_and_says_so_in_the_dock(dock):
    dock.compare_section.expand()
    for mode in ("Overlay", "Blink", "Swipe"):
        dock.compare.mode.value = mode
    for box in boxes(dock):
        box.setValue(middle(box))
        value = box.value()
        for typed in ("1.234,5", "1,234.5", "1 234", "1'234", "abc", "1e9", "-1e9"):
            type_over(box, typed)
            assert (box.value(), box.text()) == (value, typed)
            shown = [label.text() for label in dock.native.findChildren(QLabel)]
            assert any(box.message in text for text in shown), box.accessibleName()
            assert f" stays {format_number(value)}: " in box.message
        type_over(box, format_number(value))
        assert not box.message
