"""Symbols and atomic numbers."""

from __future__ import annotations

import pytest

from napari_mmfusion.core.elements import SYMBOLS, atomic_number
from napari_mmfusion.core.errors import MMFusionDataError


def test_the_whole_periodic_table() -> None:
    assert len(SYMBOLS) == len(set(SYMBOLS)) == 118
    known = {"H": 1, "O": 8, "Sc": 21, "Co": 27, "Dy": 66, "Pb": 82, "U": 92, "Og": 118}
    assert {symbol: atomic_number(symbol) for symbol in known} == known
    noble = ("He", "Ne", "Ar", "Kr", "Xe", "Rn", "Og")
    assert [atomic_number(symbol) for symbol in noble] == [2, 10, 18, 36, 54, 86, 118]


@pytest.mark.parametrize("symbol", ["", "Xx", "sc", "SC", "Sc ", "Dy2"])
def test_unknown_symbols_are_refused(symbol: str) -> None:
    with pytest.raises(MMFusionDataError, match="is not an element symbol"):
        atomic_number(symbol)
