"""Symbols, atomic numbers, and names of real data."""

from __future__ import annotations

import pytest

from napari_mmfusion.core.elements import SYMBOLS, atomic_number, is_haadf_name, symbol_in
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


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("Co", "Co"),
        ("Co_K", "Co"),
        ("Co Ka", "Co"),
        ("Co K\u03b1", "Co"),
        ("Co-EELS", "Co"),
        ("Fe-L2,3", "Fe"),
        ("O K", "O"),
        ("K", "K"),
        ("K Ka", "K"),
        ("map of Sc", "Sc"),
        ("raw_Dy", "Dy"),
        ("Ti (at%)", "Ti"),
        ("In", "In"),
        ("In_La", "In"),
        ("area 3 Sr", "Sr"),
    ],
)
def test_names_with_a_symbol(name: str, symbol: str) -> None:
    assert symbol_in(name) == symbol


@pytest.mark.parametrize(
    "name",
    ["", "Intensity", "HAADF", "ADF", "As measured", "In plane", "At start", "No data",
     "co", "CoO", "Co and Mn", "fused", "lambdaTV", "costChem", "map", "total counts"],
)  # fmt: skip
def test_names_without_a_single_symbol(name: str) -> None:
    assert symbol_in(name) is None


@pytest.mark.parametrize(
    "name", ["HAADF", "haadf", "ADF", "DF-S", "DF4", "HAADF-STEM", "raw_haadf", "1: HAADF"]
)
def test_haadf_names(name: str) -> None:
    assert is_haadf_name(name)


@pytest.mark.parametrize("name", ["Df", "Fe", "shadf", "HAADFish", "BF", "Dy"])
def test_names_that_are_not_haadf(name: str) -> None:
    assert is_haadf_name(name) == (name == "Df")
