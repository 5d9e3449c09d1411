"""A number box, typed into with real keys, in several locales."""

from __future__ import annotations

import pytest

pytest.importorskip("pytestqt")

from qtpy.QtCore import QLocale, Qt
from qtpy.QtTest import QTest

from napari_mmfusion.plugin.qt.numbers.number_box import NumberBox
from person import type_over

pytestmark = pytest.mark.gui


@pytest.fixture(params=["C", "de_DE", "fr_FR", "ar_EG"])
def locale(request):
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def box(qtbot):
    made = NumberBox("Gamma", 0.0, 10.0)
    qtbot.addWidget(made)
    made.setValue(0.15)
    made.show()
    return made


@pytest.mark.usefixtures("locale")
@pytest.mark.parametrize(
    ("text", "value"), [("0.5", 0.5), ("0,5", 0.5), (" 1e-3 ", 1e-3), ("1e-7", 1e-7), ("5E0", 5)]
)
def test_it_takes_points_commas_and_exponents_in_every_locale(box, text, value):
    emitted = []
    box.valueChanged.connect(emitted.append)
    type_over(box, text)
    assert box.value() == value
    assert emitted == [value]
    assert float(box.text()) == value
    assert not box.message


@pytest.mark.usefixtures("locale")
def test_the_last_digit_is_edited(box):
    assert box.text() == "0.15"
    QTest.keyClick(box, Qt.Key.Key_End)
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClicks(box, "6")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 0.16


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("99", "is outside the range 0 to 10"),
        ("-1", "is outside the range 0 to 10"),
        ("abc", "is not a number"),
        ("1,234.5", "groups its digits"),
        ("", "is not a number"),
    ],
)
def test_it_shows_what_it_refuses_and_keeps_the_value(box, text, reason):
    said = []
    box.refused.connect(said.append)
    style = box.styleSheet()
    type_over(box, text)
    assert box.value() == 0.15
    assert box.text() == text
    assert box.styleSheet() != style
    assert said == [box.message]
    assert box.message.startswith("Gamma stays 0.15: ")
    assert reason in box.message
    type_over(box, "0.3")
    assert (box.value(), box.message, said[-1]) == (0.3, "", "")
    assert box.styleSheet() == style


def test_escape_gives_up_what_was_typed(box):
    type_over(box, "abc")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert (box.text(), box.message, box.value()) == ("0.15", "", 0.15)


def test_a_value_from_elsewhere_replaces_a_refused_text(box):
    type_over(box, "abc")
    box.setValue(0.15)
    assert (box.text(), box.message) == ("0.15", "")


def test_looking_at_a_number_changes_nothing(box):
    box.setValue(1 / 3)
    emitted = []
    box.valueChanged.connect(emitted.append)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Return)
    box.clearFocus()
    assert (box.value(), emitted) == (1 / 3, [])


@pytest.mark.parametrize(("start", "up"), [(0.15, 0.16), (1.6, 1.7), (3e-4, 3.1e-4)])
def test_the_arrow_keys_step_by_a_tenth_of_the_power(box, start, up):
    box.setValue(start)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == up
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.value() == start


def test_an_arrow_key_first_takes_what_was_typed(box):
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, "2,5")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 2.6


def test_whole_numbers(qtbot):
    box = NumberBox("Iterations", 1, 10_000, whole=True)
    qtbot.addWidget(box)
    box.setValue(30)
    type_over(box, "1.000")
    assert (box.value(), box.text()) == (30, "1.000")
    assert "groups its digits" in box.message
    type_over(box, "5E2")
    assert (box.value(), box.text(), type(box.value())) == (500, "500", int)


def test_an_optional_number_is_cleared_and_shows_what_is_in_use(qtbot):
    box = NumberBox("Weight of Fe", 0, 1000, optional=True)
    qtbot.addWidget(box)
    box.show_instead("0.663", 0.6631)
    assert (box.value(), box.text()) == (None, "0.663")
    type_over(box, "x")
    assert box.message.startswith("Weight of Fe stays 0.663: ")
    type_over(box, "0,7")
    assert (box.value(), box.text()) == (0.7, "0.7")
    type_over(box, "")
    assert (box.value(), box.text(), box.message) == (None, "0.663", "")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 0.67
