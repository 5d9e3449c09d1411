"""Places in the names of a data set where each name has another element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.names.candidates import Candidate, Kind, Parsed
from napari_mmfusion.core.names.vocabulary import NUMBERS, WORDLIKE

_CLEAR: Final = (Kind.ENGLISH, Kind.SYMBOL, Kind.LINE)
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Slots:
    """What the names of a data set have in each place, all other words being alike."""

    def __init__(self, names: Sequence[Parsed]) -> None:
        self._found: dict[tuple[str, ...], dict[str, Candidate]] = {}
        self._letters: dict[tuple[str, ...], set[str]] = {}
        self._lower: set[tuple[str, ...]] = set()
        for parsed in names:
            for candidate in parsed.candidates:
                slot = parsed.others(candidate)
                roles = self._found.setdefault(slot, {})
                before = roles.get(candidate.role)
                if before is None or candidate.kind > before.kind:
                    roles[candidate.role] = candidate
                if candidate.role == HAADF and parsed.words[candidate.place].text.islower():
                    self._lower.add(slot)
            for place, word in enumerate(parsed.words):
                if len(word.text) == 1 and word.text.upper() in _ALPHABET:
                    slot = (*parsed.plain[:place], "", *parsed.plain[place + 1 :])
                    self._letters.setdefault(slot, set()).add(word.text.upper())

    def variety(self, parsed: Parsed, candidate: Candidate) -> int:
        """How many roles there are in the place of a candidate."""
        return len(self._found[parsed.others(candidate)])

    def supports(self, parsed: Parsed, candidate: Candidate) -> bool:
        """Whether what stands in the same place of other names makes the candidate believable."""
        roles = self._found[parsed.others(candidate)]
        if len(roles) < 2:
            return False
        others = [other for role, other in roles.items() if role != candidate.role]
        kinds = {other.kind for other in others}
        if candidate.kind is Kind.OTHER_CASE:
            return self._supports_other_case(parsed, candidate, others)
        if not kinds.isdisjoint((*_CLEAR, Kind.DARK_FIELD)) or candidate.kind in _CLEAR:
            return candidate.kind is not Kind.LETTER or self._may_be_letter(parsed, candidate)
        # Letters alone: O and N may be elements, B and C are labels.
        return kinds == {Kind.LETTER} and roles.keys() != {"B", "C"}

    def _may_be_letter(self, parsed: Parsed, candidate: Candidate) -> bool:
        """Whether a letter beside nothing but HAADF images can be an element."""
        if self.has_element_beside(parsed, candidate):
            return True
        return not parsed.detector and candidate.role not in WORDLIKE

    def _supports_other_case(
        self, parsed: Parsed, candidate: Candidate, others: Sequence[Candidate]
    ) -> bool:
        """Whether the names are written in small letters or capitals throughout."""
        if any(other.kind in (Kind.SYMBOL, Kind.LINE) for other in others):
            return False
        clear = any(
            other.kind is Kind.OTHER_CASE and len(other.role) > 1 and other.role not in WORDLIKE
            for other in others
        )
        if candidate.role in WORDLIKE:
            return clear
        if len(candidate.role) == 1:
            return clear or parsed.others(candidate) in self._lower
        return True

    def has_element_beside(self, parsed: Parsed, candidate: Candidate) -> bool:
        """Whether the same place of another name has an element beyond doubt."""
        roles = self._found[parsed.others(candidate)]
        return any(other.kind in _CLEAR for role, other in roles.items() if role != candidate.role)

    def is_lettered(self, parsed: Parsed, candidate: Candidate) -> bool:
        """Whether a letter counts places: B after A, Y beside X."""
        if len(candidate.role) > 1 or candidate.end > candidate.place + 1:
            return False
        if candidate.kind is Kind.ENGLISH:
            return False
        letters = self._letters.get(parsed.others(candidate), set())
        if candidate.role == "Y":
            return "X" in letters
        start = _ALPHABET.index(candidate.role)
        while start and _ALPHABET[start - 1] in letters:
            start -= 1
        run = _ALPHABET[start : _ALPHABET.index(candidate.role)]
        return any(letter not in NUMBERS for letter in run)
