"""Numbers as people type them, read alike in every locale."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NUMBER: Final = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d*)?", re.ASCII)
_AS_ASCII: Final = str.maketrans({"\N{MINUS SIGN}": "-", "\N{ARABIC DECIMAL SEPARATOR}": "."})
_SPACES_AND_QUOTES: Final = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'"})


def parse_number(text: str, *, whole: bool = False) -> float:
    """The number that `text` means.

    A point and a comma both separate decimals, in every locale. Exponents, spaces around the
    number, the minus sign of typography and the digits of other scripts are understood.
    Separators of thousands are refused, because nobody can know what 1,234.5 or 1.234 items mean.

    Parameters
    ----------
    text : str
        What was typed.
    whole : bool
        Whether only whole numbers are allowed.

    Raises
    ------
    ValueError
        If it is not a number; the message completes the sentence "<text> ...".

    Examples
    --------
    >>> [parse_number(text) for text in ("0,5", " 1e-3 ", ".25", "5E2")]
    [0.5, 0.001, 0.25, 500.0]
    """
    plain = _to_ascii(text.strip())
    grouped = _GROUPED.fullmatch(plain)
    if grouped and (whole or not _NUMBER.fullmatch(plain)):
        raise ValueError("groups its digits; type it without separators")
    if not _NUMBER.fullmatch(plain):
        raise ValueError("is not a number; type one like 0.5, 0,5 or 5e-1")
    number = float(plain.replace(",", "."))
    if whole and not number.is_integer():
        raise ValueError("is not a whole number")
    return int(number) if whole else number


def format_number(value: float) -> str:
    """The number in as few digits as give it back exactly.

    Examples
    --------
    >>> [format_number(value) for value in (30, 0.15, 1e-5, 1 / 3)]
    ['30', '0.15', '1e-05', '0.3333333333333333']
    """
    short = f"{value:.7g}"
    return short if float(short) == value else repr(value)


def _to_ascii(text: str) -> str:
    """Digits, signs and spaces of all scripts as those of ASCII."""
    plain = text.translate(_AS_ASCII).translate(_SPACES_AND_QUOTES)
    return "".join(
        str(unicodedata.decimal(letter, letter)) if not letter.isspace() else " "
        for letter in plain
    )
