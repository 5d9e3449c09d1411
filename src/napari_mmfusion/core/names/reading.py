"""Reads the names of all images of a data set together.

What all names share says nothing about any of them, and what stands in the place where other names
have an element is an element too: ``In_align`` beside ``Co_align``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.names.candidates import Candidate, Kind, Parsed, parse
from napari_mmfusion.core.names.slots import Slots
from napari_mmfusion.core.names.vocabulary import (
    CONTEXT,
    LABELS,
    NEVER_MAPPED,
    NUMBERS,
    SPECIMENS,
    WITHOUT_LINE,
    WORDLIKE,
)

NO_ROLE: Final = "its name holds no single element symbol"
"""The reason where a name says nothing."""


@dataclass(frozen=True)
class Reading:
    """What the name of an image says.

    Attributes
    ----------
    name : str
    role : str or None
        ``"HAADF"``, an element symbol or None.
    reason : str
        Why, in a few words.
    guess : str
        Why the role is only a guess; empty if it is clear.
    """

    name: str
    role: str | None
    reason: str
    guess: str = ""


def read_names(names: Sequence[str]) -> tuple[Reading, ...]:
    """Read the names of all images of a data set.

    Parameters
    ----------
    names : sequence of str
        Names of images; those of spectra and single values would mislead.

    Returns
    -------
    tuple of Reading
        One for each name, in the same order.

    Examples
    --------
    >>> [r.role for r in read_names(["HAADF", "Co_align", "In_align", "BF-S"])]
    ['HAADF', 'Co', 'In', None]
    >>> [r.role for r in read_names(["7 HAADF b Co", "7 HAADF b O", "7 HAADF b HAADF"])]
    ['Co', 'O', 'HAADF']
    """
    all_parsed = [parse(name) for name in names]
    slots = Slots(all_parsed)
    shared = _shared_words([parsed.plain for parsed in all_parsed])
    return tuple(_read_one(parsed, slots, *shared) for parsed in all_parsed)


def _shared_words(names: Sequence[tuple[str, ...]]) -> tuple[int, int]:
    """How many words all names begin with, and how many they end with."""
    if len(set(names)) < 2:
        return 0, 0
    shortest = min(map(len, names))

    def count(aligned: Sequence[tuple[str, ...]]) -> int:
        same = (len(set(words)) == 1 for words in zip(*aligned, strict=False))
        return sum(1 for _ in takewhile(bool, same))

    first = count(names)
    last = count([words[::-1] for words in names])
    return first, min(last, shortest - first)


def _read_one(parsed: Parsed, slots: Slots, first: int, last: int) -> Reading:
    stop = len(parsed.words) - last
    own = [c for c in parsed.candidates if first <= c.place < stop]
    if not own:  # it is what the others share that names this one
        own, first, stop = list(parsed.candidates), 0, len(parsed.words)
    own = [c for c in own if not slots.is_lettered(parsed, c)]
    if parsed.derived and parsed.derived.lower() in parsed.plain[first:stop]:
        return Reading(parsed.name, None, f"{parsed.derived!r} is no measured image")
    supported = [c for c in own if slots.supports(parsed, c)]
    ranked = supported or [c for c in own if _stands_alone(parsed, c, first, stop)]
    if supported:
        most = max(slots.variety(parsed, c) for c in supported)
        ranked = [c for c in supported if slots.variety(parsed, c) == most]
    best = max((c.kind for c in ranked), default=None)
    ranked = [c for c in ranked if c.kind == best]
    roles = {c.role for c in ranked}
    if not supported and best is Kind.SYMBOL and all(_describes(parsed, c) for c in ranked):
        roles |= {c.role for c in own if c.kind is Kind.LETTER}  # an oxide, or one of its maps
    if len(roles) != 1:
        return Reading(parsed.name, None, _why_none(parsed, own, roles))
    chosen = ranked[0]
    if chosen.role == HAADF:
        return Reading(parsed.name, HAADF, "its name is one of a HAADF image")
    guess = _why_guess(parsed, chosen, slots, first, stop)
    others = {c.role for c in own if not supported and _stands_alone(parsed, c, first, stop)}
    if not guess and (rivals := sorted(others - {chosen.role})):
        guess = f"{rivals[0]} is in it too"
    what = "symbol" if chosen.kind is not Kind.ENGLISH else "element"
    return Reading(parsed.name, chosen.role, f"its name holds the {what} {chosen.role}", guess)


def _unknown(parsed: Parsed, candidate: Candidate, first: int, stop: int) -> list[str]:
    """The words of its own, besides a candidate, that are not of the vocabulary of maps."""
    places = [p for p in range(first, stop) if not candidate.place <= p < candidate.end]
    words = [parsed.words[p] for p in places]
    return [w.text for w in words if not w.is_number and w.plain not in CONTEXT]


def _stands_alone(parsed: Parsed, candidate: Candidate, first: int, stop: int) -> bool:
    """Whether a name without others like it means this candidate."""
    kind = candidate.kind
    if kind in (Kind.DARK_FIELD, Kind.LINE, Kind.SYMBOL):
        return True
    if kind is Kind.OTHER_CASE:
        return candidate.end > candidate.place + 1
    unknown = _unknown(parsed, candidate, first, stop)
    if kind is Kind.ENGLISH:
        return not unknown
    symbol, place = candidate.role, candidate.place
    if parsed.detector or _has_index(parsed, candidate):
        return False
    if symbol in NEVER_MAPPED:
        return len(parsed.words) == 1
    if symbol in WORDLIKE:
        return not unknown and not _is_phrase(parsed, candidate)
    others = [w.text for p, w in enumerate(parsed.words) if first <= p < stop and p != place]
    if any(len(text) == 1 and text.isupper() and text not in NUMBERS for text in others):
        return False  # A-C, beside B-D: segments of a detector
    before = [w.plain for w in parsed.words[:place] if not w.is_number]
    if unknown and before and before[-1] in LABELS:
        return False
    at_the_rim = place == first or candidate.end >= stop
    return not unknown or at_the_rim


def _describes(parsed: Parsed, candidate: Candidate) -> bool:
    """Whether a symbol says what the specimen is made of, as in "Au particle"."""
    after = parsed.words[candidate.end : candidate.end + 1]
    return bool(after) and after[0].plain in SPECIMENS


def _has_index(parsed: Parsed, candidate: Candidate) -> bool:
    """Whether a number is joined to a single letter, as in ``B1``."""
    after = parsed.words[candidate.end : candidate.end + 1]
    return bool(after) and after[0].is_number and not after[0].separator


def _is_phrase(parsed: Parsed, candidate: Candidate) -> bool:
    """Whether the words are English, as in "As filtered"."""
    after = parsed.words[candidate.end : candidate.end + 1]
    return bool(after) and after[0].separator.isspace() and after[0].text.endswith("ed")


def _why_guess(parsed: Parsed, chosen: Candidate, slots: Slots, first: int, stop: int) -> str:
    kind, symbol = chosen.kind, chosen.role
    if kind is Kind.OTHER_CASE:
        return f"{parsed.words[chosen.place].text!r} is not how the symbol is written"
    if parsed.doubtful and parsed.doubtful.lower() in parsed.plain[first:stop]:
        return f"it may be no map, but a {parsed.doubtful}"
    if not slots.supports(parsed, chosen) and _describes(parsed, chosen):
        return f"{symbol} may be what the specimen is made of"
    if kind is not Kind.LETTER or slots.has_element_beside(parsed, chosen):
        return ""
    if symbol in WORDLIKE:
        return f"{symbol!r} may be a word"
    if symbol in WITHOUT_LINE:
        return f"{symbol} has no X-ray line"
    if _unknown(parsed, chosen, first, stop):
        return f"{symbol!r} may be a label"
    return ""


def _why_none(parsed: Parsed, own: Sequence[Candidate], roles: set[str]) -> str:
    if len(roles) > 1:
        return f"its name holds several symbols: {', '.join(sorted(roles))}"
    if parsed.detector:
        return f"{parsed.detector!r} is another signal"
    letters = [c.role for c in own if c.kind is Kind.LETTER]
    return f"{letters[0]!r} seems to be no symbol here" if letters else NO_ROLE


def symbol_in(name: str) -> str | None:
    """Element symbol the name of a single map stands for, or None.

    The symbol may stand beside an X-ray line, an EELS edge or words such as "map of"; a name that
    holds two elements stands for neither. `read_names` reads the names of several images better.

    Examples
    --------
    >>> [symbol_in(name) for name in ("Co", "Co_K", "Fe-L2,3", "O K", "map of Sc", "Carbon")]
    ['Co', 'Co', 'Fe', 'O', 'Sc', 'C']
    >>> [symbol_in(name) for name in ("Intensity", "As measured", "CoO", "Co and Mn")]
    [None, None, None, None]
    """
    role = read_names((name,))[0].role
    return None if role == HAADF else role


def is_haadf_name(name: str) -> bool:
    """Whether a name is one of those used for the annular dark-field image.

    Examples
    --------
    >>> [is_haadf_name(name) for name in ("HAADF", "HAADF-STEM", "DF-S", "DF4", "Fe")]
    [True, True, True, True, False]
    """
    return read_names((name,))[0].role == HAADF
