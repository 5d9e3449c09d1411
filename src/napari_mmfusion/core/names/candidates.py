"""Finds the words of a name that could say what an image is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.names.vocabulary import (
    ABBREVIATIONS,
    BESIDE_LETTERS,
    CONTEXT,
    COUNTED,
    DARK_FIELD,
    DERIVED,
    DETECTORS,
    DOUBTFUL,
    ENGLISH,
    NUMBERS,
    QUALIFIED,
    QUANTITIES,
    REMOVED,
    SEGMENTED,
    WORDLIKE,
    has_shell,
)
from napari_mmfusion.core.names.words import Word, split_name

_LINE: Final = re.compile(r"([KLM])(?:a|b|g|l|ab|A|B|alpha|beta)?")
_ANY_CASE_LINE: Final = re.compile(r"([KLM])(?:a|b|alpha|beta)?", re.IGNORECASE)
_SEGMENTS: Final = frozenset("ABCDEF")
_FORMULA_PART: Final = re.compile(r"([A-Z][a-z]?)(\d*)")
_FORMULA: Final = re.compile(r"(?=.*\d)(?:[A-Z][a-z]?\d*){2,}")
_BACKGROUND: Final = frozenset({"background", "bkg", "bkgd", "baseline"})


class Kind(IntEnum):
    """How clearly a word names an element or the HAADF image; later ones are clearer."""

    OTHER_CASE = 0  # fe, FE
    LETTER = 1  # O, In
    ENGLISH = 2  # Carbon
    SYMBOL = 3  # Fe
    LINE = 4  # Fe K
    DARK_FIELD = 5


@dataclass(frozen=True)
class Candidate:
    """A word that could be the role of the image: an element symbol or ``"HAADF"``.

    `place` is the index of the word, `end` that of the first word after its X-ray line.
    """

    role: str
    kind: Kind
    place: int
    end: int


@dataclass(frozen=True)
class Parsed:
    """A name, its words, and what they could mean."""

    name: str
    words: tuple[Word, ...]
    candidates: tuple[Candidate, ...]
    plain: tuple[str, ...]
    detector: str
    """A word that names another signal, or an empty text."""
    derived: str
    """A word that says that the image is no measured one, or an empty text."""
    doubtful: str
    """A word that leaves it open, or an empty text."""

    def others(self, candidate: Candidate) -> tuple[str, ...]:
        """The words around a candidate, alike for names that differ in it alone."""
        return (*self.plain[: candidate.place], "", *self.plain[candidate.end :])


def parse(name: str) -> Parsed:
    """Cut a name into words and find the candidates among them."""
    words = split_name(name)
    formulas = _in_formulas(words)
    candidates: list[Candidate] = []
    lines = -1
    for place, word in enumerate(words):
        if place < lines or word.is_number or place in formulas:
            continue
        found = _candidate(words, place)
        if found is not None:
            candidates.append(found)
            lines = found.end
    if any(candidate.kind > Kind.OTHER_CASE for candidate in candidates):
        candidates = [c for c in candidates if c.kind > Kind.OTHER_CASE]
    return Parsed(
        name,
        words,
        tuple(candidates),
        tuple(word.plain for word in words),
        _detector(words),
        _derived(words),
        next((w.text for k, w in enumerate(words) if _says(words, k, DOUBTFUL)), ""),
    )


def _candidate(words: tuple[Word, ...], place: int) -> Candidate | None:
    text = words[place].text
    if DARK_FIELD.fullmatch(text):
        if text.lower() in SEGMENTED and _letter_after(words, place) in _SEGMENTS:
            return None
        return Candidate(HAADF, Kind.DARK_FIELD, place, place + 1)
    if text in NUMBERS:
        end = _end_of_line(words, place, text, _LINE)
        if end > place + 1:
            return Candidate(text, Kind.LINE, place, end)
        is_counted = end < len(words) and words[end].plain in COUNTED
        if (text == "Nb" and is_counted) or (len(text) == 1 and _is_beside_quantity(words, place)):
            return None
        is_clear = len(text) > 1 and text not in WORDLIKE
        return Candidate(text, Kind.SYMBOL if is_clear else Kind.LETTER, place, end)
    if text.lower() in ENGLISH:
        return Candidate(ENGLISH[text.lower()], Kind.ENGLISH, place, place + 1)
    return _other_case(words, place)


def _other_case(words: tuple[Word, ...], place: int) -> Candidate | None:
    text = words[place].text
    symbol = text.capitalize()
    if symbol not in NUMBERS or not (text.islower() or text.isupper()):
        return None
    end = _end_of_line(words, place, symbol, _ANY_CASE_LINE)
    if end == place + 1 and len(words) > 1 and (text.lower() in CONTEXT or text in ABBREVIATIONS):
        return None
    return Candidate(symbol, Kind.OTHER_CASE, place, end)


def _end_of_line(words: tuple[Word, ...], place: int, symbol: str, pattern: re.Pattern[str]) -> int:
    """Index after the X-ray line or edge that follows a symbol, with its numbers."""
    end = place + 1
    if end == len(words):
        return end
    text = words[end].text
    numbered = end + 1 < len(words) and words[end + 1].is_number
    match = pattern.fullmatch(text)
    shell = match.group(1) if match else "N" if text == "N" and numbered else ""
    if not shell or not has_shell(symbol, shell):
        return end
    end += 1
    while end < len(words) and words[end].is_number and words[end].separator in ("", ",", "-"):
        end += 1
    if end < len(words) and words[end].text.lower() in ("alpha", "beta", "a", "b"):
        end += 1
    return end


def _letter_after(words: tuple[Word, ...], place: int) -> str:
    """The next word that is no number, if it is a single letter."""
    for word in words[place + 1 : place + 3]:
        if not word.is_number:
            return word.text if len(word.text) == 1 else ""
    return ""


def _detector(words: tuple[Word, ...]) -> str:
    for place, word in enumerate(words):
        plain = word.plain
        if plain in DETECTORS:
            return word.text
        if plain in SEGMENTED and _letter_after(words, place) in _SEGMENTS:
            return word.text
    return ""


def _in_formulas(words: tuple[Word, ...]) -> set[int]:
    """Indices of the words that belong to a chemical formula, such as Fe2O3."""
    found: set[int] = set()
    start = 0
    for end in range(1, len(words) + 1):
        if end < len(words) and not words[end].separator:
            continue
        text = "".join(word.text for word in words[start:end])
        symbols = [symbol for symbol, _ in _FORMULA_PART.findall(text)]
        is_line = len(symbols) == 2 and symbols[1] == "K" and has_shell(symbols[0], "K")
        if _FORMULA.fullmatch(text) and NUMBERS.keys() >= set(symbols) and not is_line:
            found.update(range(start, end))
        start = end
    return found


def _says(words: tuple[Word, ...], place: int, vocabulary: frozenset[str]) -> bool:
    """Whether a word is of a vocabulary, and is no label and nothing that was corrected."""
    if words[place].plain not in vocabulary:
        return False
    after = words[place + 1] if place + 1 < len(words) else None
    return after is None or not (after.is_number or QUALIFIED.fullmatch(after.plain))


def _is_beside_quantity(words: tuple[Word, ...], place: int) -> bool:
    beside = (k for k in (place - 1, place + 1) if 0 <= k < len(words))
    return any(_says(words, k, BESIDE_LETTERS) for k in beside)


def _derived(words: tuple[Word, ...]) -> str:
    for place, word in enumerate(words):
        if _says(words, place, QUANTITIES):
            return word.text
        if word.plain not in DERIVED:
            continue
        after = words[place + 1].plain if place + 1 < len(words) else ""
        if word.plain not in _BACKGROUND or not REMOVED.fullmatch(after):
            return word.text
    return ""


def written_symbol(name: str) -> str | None:
    """The only symbol that a name holds, however unlikely and however written, or None.

    For names that a person chose as that of a map: ``fe`` is iron then.

    Examples
    --------
    >>> written_symbol("fe"), written_symbol("seg B"), written_symbol("sum")
    ('Fe', 'B', None)
    """
    roles = {candidate.role for candidate in parse(name).candidates} - {HAADF}
    return roles.pop() if len(roles) == 1 else None
