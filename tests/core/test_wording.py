"""Messages with placeholders: their words for Python, how they combine, and that they last."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.wording import Argument, Remedy, Text, joined, text_of, told


class Shouting:
    """A dialect that shows what it was asked."""

    def argument(self, argument):
        return f"<{argument.name}|{argument.key}|{argument.value}>"

    def remedy(self, remedy):
        return f"<{remedy.window}>"


TEXT = Text(
    "Give {} or {}{}", Argument("a", "k"), Argument("b", value="..."), Remedy("!", window="?")
)


def test_as_a_string_it_is_the_message_for_python():
    assert TEXT == "Give a['k'] or b=...!"
    assert str(TEXT) == "Give a['k'] or b=...!"


def test_another_place_says_it_in_its_own_words():
    assert TEXT.told(Shouting()) == "Give <a|k|None> or <b|None|...><?>"


@pytest.mark.parametrize("wrap", [lambda text: text, ValueError, lambda t: mmf.MMFusionError(t)])
def test_messages_errors_and_lists_keep_their_placeholders_inside_others(wrap):
    outer = Text("{name}: {what}; {rest}", name="{x}", what=wrap(TEXT), rest=joined(", ", [TEXT]))
    assert outer == f"{{x}}: {TEXT}; {TEXT}"
    assert outer.told(Shouting()) == "{x}: " + "; ".join([TEXT.told(Shouting())] * 2)


def test_an_error_is_pickled_with_its_placeholders():
    error = pickle.loads(pickle.dumps(mmf.MMFusionError(TEXT)))
    assert str(error) == str(TEXT)
    assert told(error, Shouting()) == TEXT.told(Shouting())


def test_other_errors_and_values_are_said_as_they_are():
    assert told(KeyError("x"), Shouting()) == str(KeyError("x"))
    assert told(ValueError(), Shouting()) == ""
    assert text_of(3) == "3"


def test_formats_are_applied():
    assert Text("{:.2f} {}", 1 / 3, np.float64(2)) == "0.33 2.0"


def test_cleaning_changes_the_words_and_cuts_them():
    text = Text("{}bcd{}ef", "a", Argument("n"))
    cleaned = text.cleaned(lambda words, most: words.upper()[:most], 5)
    assert cleaned == "ABCDn"
    assert cleaned.told(Shouting()) == "ABCD<n|None|None>"


def test_a_verdict_is_said_by_its_text():
    verdict = mmf.fuse(mmf.simulate("core-shell", shape=(32, 32), seed=0), n_iter=4).verdict
    assert told(verdict, Shouting()) != str(verdict) == verdict.text
