from __future__ import annotations

import unicodedata

import pytest

from napari_mmfusion.io.naming import listed, printable, quoted, safe_name, safe_names, sized

HOSTILE = [
    "",
    " ",
    ".",
    "..",
    "../../etc/passwd",
    "/absolute",
    "C:\\Windows\\x",
    ".hidden",
    "a\nb",
    "a\0b",
    "tab\there",
    "x" * 300,
    "\U0001f52c" * 100,
    "\u202egnp.exe",
    "e\u0301" * 90,
    "\ud800",
    "CON",
    "con",
    "nul.txt",
    "COM1",
    "LPT²",
    "a<b>c|d?e*f",
    "trailing. .",
    "\u200b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_safe_name_stays_in_its_folder_on_every_system(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe.isprintable()
    assert safe == unicodedata.normalize("NFC", safe)
    assert len(safe) <= 64
    assert len(f"{safe}_signal.tif".encode()) <= 255
    assert not set(safe) & set('/\\:*?"<>|')
    assert not safe.startswith(".")
    assert not safe.endswith((" ", "."))
    assert safe.split(".")[0].upper() not in {"CON", "NUL", "COM1", "LPT²"}


@pytest.mark.parametrize("name", ["Co", "Co_K", "Fe-L2,3", "map of Sc", "Å", "O K\u03b1"])
def test_a_harmless_name_is_kept(name: str) -> None:
    assert safe_name(name) == unicodedata.normalize("NFC", name)


def test_safe_names_are_unique_without_regard_to_case() -> None:
    safe = safe_names([*HOSTILE, "Co", "CO", "co"], reserved=["co"])
    folded = [name.casefold() for name in safe.values()]
    assert len(set(folded)) == len(folded)
    assert "co" not in folded
    assert list(safe)[-3:] == ["Co", "CO", "co"]


def test_unique_names_keep_to_the_length() -> None:
    safe = safe_names(["x" * 64, "x" * 65, "x" * 66])
    assert [len(name) for name in safe.values()] == [64, 64, 64]
    assert len(set(safe.values())) == 3


def test_messages_stay_on_one_line_and_short() -> None:
    assert printable("a\nb\u202ec\0") == r"a\nb\u202ec\x00"
    assert printable("\ud800") == r"\ud800"
    assert len(printable("x" * 1000)) == 80
    assert quoted("Co") == "'Co'"
    assert listed(str(n) for n in range(5)) == "'0', '1', '2', '3', '4'"
    assert listed([str(n) for n in range(5)], most=3) == "'0', '1', '2' and 2 more"


def test_shapes_are_written_with_crosses() -> None:
    assert sized((4, 5)) == "4 x 5"
    assert sized((4, 5, 6)) == "4 x 5 x 6"
    assert len(sized((10**4000, 10**4000))) == 80
