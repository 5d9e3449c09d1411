"""Cuts the name of an image into words."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from napari_mmfusion.core.names.vocabulary import CONTEXT, DARK_FIELD, NUMBERS, has_shell

_LONGEST: Final = 256
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_IDENTIFIER: Final = re.compile(r"(?<![^\W_])[0-9a-f]{8,}(?![^\W_])", re.IGNORECASE)
_HUMP: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SYMBOL_AND_LINE: Final = re.compile(r"([A-Z][a-z]?)(([KLM])(?:a|b|A|B|alpha|beta)?)")
_UNIT: Final = re.compile(r"[kmnpu](?:V|A|W|Pa|eV|Hz|C|N|K|S|F)")
_GREEK: Final = str.maketrans({"\u03b1": "a", "\u03b2": "b", "\u0391": "A", "\u0392": "B"})


class Word(NamedTuple):
    """Letters or digits of a name.

    Attributes
    ----------
    text : str
    separator : str
        What stands before it; empty inside a word such as ``B1``.
    """

    text: str
    separator: str

    @property
    def is_number(self) -> bool:
        """Whether it consists of digits."""
        return self.text.isdecimal()

    @property
    def plain(self) -> str:
        """The same for words that differ in case only, and for all numbers."""
        return "#" if self.is_number else self.text.lower()


def split_name(name: str) -> tuple[Word, ...]:
    """The words of a name, without identifiers in hexadecimal digits.

    Examples
    --------
    >>> [word.text for word in split_name("FeK_map 2")], [w.text for w in split_name("SrTiO3")]
    (['Fe', 'K', 'map', '2'], ['SrTiO', '3'])
    """
    text = unicodedata.normalize("NFKC", name[:_LONGEST]).translate(_GREEK)
    text = _IDENTIFIER.sub(_without_identifier, text)
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        separator = text[end : match.start()]
        for part in _parts(match.group()):
            words.append(Word(part, separator))
            separator = " "
        end = match.end()
    return tuple(words)


def _without_identifier(match: re.Match[str]) -> str:
    found = match.group()
    has_both = any(c.isdecimal() for c in found) and any(c.isalpha() for c in found)
    return "" if has_both else found


def _parts(word: str) -> list[str]:
    """``FeK`` and ``FeMap`` in two, all else as it is."""
    glued = _SYMBOL_AND_LINE.fullmatch(word)
    if glued is not None and word not in NUMBERS:
        symbol, line, shell = glued.groups()
        # PL and UM are words more often than an element and its shell.
        is_clear = len(symbol) > 1 or shell == "K"
        if symbol in NUMBERS and is_clear and has_shell(symbol, shell):
            return [symbol, line]
    humps: list[str] = _HUMP.findall(word)
    if _UNIT.fullmatch(word) or len(humps) < 2 or "".join(humps) != word:
        return [word]
    named = [hump for hump in humps if hump in NUMBERS or DARK_FIELD.fullmatch(hump)]
    others = [hump for hump in humps if hump not in named]
    is_phrase = len(named) == 1 and all(hump.lower() in CONTEXT for hump in others)
    return humps if is_phrase else [word]
