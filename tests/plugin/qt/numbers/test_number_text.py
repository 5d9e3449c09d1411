"""Numbers as people type them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_mmfusion.plugin.qt.numbers.number_text import format_number, parse_number

TAKEN = {
    "0.5": 0.5,
    "0,5": 0.5,
    " 0.16 ": 0.16,
    "\N{NO-BREAK SPACE}0,16\t": 0.16,
    "1e-3": 1e-3,
    "1E-3": 1e-3,
    "5E2": 500,
    "5e+2": 500,
    "2,5e-1": 0.25,
    ".5": 0.5,
    ",5": 0.5,
    "5.": 5,
    "1.625": 1.625,
    "1,625": 1.625,
    "\N{MINUS SIGN}2": -2,
    "1e\N{MINUS SIGN}3": 1e-3,
    "+2": 2,
    "\N{ARABIC-INDIC DIGIT FIVE}\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC-INDIC DIGIT TWO}": 5.2,
}
REFUSED = (
    "", " ", "-", ".", ",", "e5", "1e", "abc", "0x10", "1_000", "nan", "inf", "1..2", "1.2.3",
    "1,234.5", "1.234,5", "1 234", "1'234", "1\N{RIGHT SINGLE QUOTATION MARK}234.5",
    "1\N{NARROW NO-BREAK SPACE}234", "1,234,567", "1/2", "50 %", "0.1 0.2", "5\N{SUPERSCRIPT TWO}",
)  # fmt: skip


@pytest.mark.parametrize("text", TAKEN)
def test_what_is_meant_is_understood(text):
    assert parse_number(text) == TAKEN[text]


@pytest.mark.parametrize("text", REFUSED)
def test_nothing_is_guessed(text):
    with pytest.raises(ValueError, match=r"^(is not a number|groups its digits)"):
        parse_number(text)


@pytest.mark.parametrize("text", ["30", " 30 ", "3e1", "30.0", "30,", "\N{FULLWIDTH DIGIT THREE}0"])
def test_whole_numbers_are_understood(text):
    number = parse_number(text, whole=True)
    assert (number, type(number)) == (30, int)


@pytest.mark.parametrize("text", ["1,000", "1.000", "12.345", "0.5", "1e-3", "1e999", "1 000"])
def test_a_whole_number_is_not_guessed_from_decimals_or_groups(text):
    with pytest.raises(ValueError, match=r"whole number|groups"):
        parse_number(text, whole=True)


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_what_is_shown_is_read_back_exactly(value, comma):
    text = format_number(value)
    assert parse_number(text.replace(".", ",") if comma else text) == value
    assert math.isfinite(value)
