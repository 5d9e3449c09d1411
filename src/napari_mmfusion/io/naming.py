"""Names from files or users, made safe to show and safe to use as file names."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

_MOST_CHARACTERS: Final = 64
# With an ending such as "_signal.tif" the name stays below the limit of file systems, 255 bytes.
_MOST_BYTES: Final = 192
_SEPARATORS: Final = frozenset('/\\:*?"<>|')
_DEVICES: Final = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "123456789¹²³"))
)


def printable(text: str, most: int = 80) -> str:
    r"""`text` on one line, without control characters, at most `most` characters long.

    Examples
    --------
    >>> printable("Co\nK")
    'Co\\nK'
    """
    line = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
    return line if len(line) <= most else f"{line[: most - 3]}..."


def quoted(name: str) -> str:
    """`name` in quotation marks, for messages."""
    return f"'{printable(name)}'"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names in quotation marks, separated by commas; after `most` names, the number of the others.

    Examples
    --------
    >>> listed(["Co", "Mn", "O"], most=2)
    "'Co', 'Mn' and 1 more"
    """
    every = [quoted(name) for name in names]
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def sized(shape: tuple[int, ...]) -> str:
    """A shape in words, for messages.

    Examples
    --------
    >>> sized((256, 128)), sized((7,)), sized(())
    ('256 x 128', '7 values', 'a single value')
    """
    if len(shape) < 2:
        return f"{printable(str(shape[0]), 24)} values" if shape else "a single value"
    return printable(" x ".join(map(str, shape)))


def safe_name(name: str) -> str:
    """`name` in a form that every file system accepts and that stays inside its folder.

    Composed Unicode (NFC), printable, at most 64 characters, without path separators, leading
    dots and the device names of Windows.

    Examples
    --------
    >>> safe_name("Co_K"), safe_name("../../Co"), safe_name("CON"), safe_name("")
    ('Co_K', '__.._Co', '_CON', 'unnamed')
    """
    text = "".join(
        character if character.isprintable() and character not in _SEPARATORS else "_"
        for character in unicodedata.normalize("NFC", name)
    ).strip()
    if text.startswith("."):
        text = f"_{text.lstrip('.')}"
    if text.partition(".")[0].rstrip().upper() in _DEVICES:
        text = f"_{text}"
    return _cut(text, 0) or "unnamed"


def safe_names(names: Iterable[str], reserved: Collection[str] = ()) -> dict[str, str]:
    """Safe names that all differ, also on file systems that ignore case.

    Parameters
    ----------
    names : iterable of str
        Different names.
    reserved : collection of str
        Names that must not be used.

    Returns
    -------
    dict of str to str
        The safe name for each name, in the same order.

    Examples
    --------
    >>> safe_names(["a/b", "a:b", "A_B"])
    {'a/b': 'a_b', 'a:b': 'a_b_2', 'A_B': 'A_B_3'}
    """
    taken = {name.casefold() for name in reserved}
    safe: dict[str, str] = {}
    for name in names:
        first = candidate = safe_name(name)
        number = 1
        while candidate.casefold() in taken:
            number += 1
            ending = f"_{number}"
            candidate = _cut(first, len(ending)) + ending
        taken.add(candidate.casefold())
        safe[name] = candidate
    return safe


def _cut(text: str, room: int) -> str:
    """`text` shortened to the limits minus `room`, without trailing dots, which Windows drops."""
    text = text[: _MOST_CHARACTERS - room]
    while len(text.encode()) > _MOST_BYTES - room:
        text = text[:-1]
    return text.rstrip(" .")
