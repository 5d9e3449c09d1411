"""Messages written once and read in three places: Python, the command line and the window.

A message is a `Text`: words around `Argument` and `Remedy` placeholders. Its value as a string is
the one for Python; `Text.told` says the same in the words of another place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any, Protocol


@dataclass(frozen=True)
class Argument:
    """An argument of a function, an option of the command line, or a control of the window.

    Attributes
    ----------
    name : str
        Its name in Python.
    key : str or None
        The map that it is about, for an argument with a value for each map.
    value : str or None
        What to give; dots stand for any value, as in ``haadf=...``.

    Examples
    --------
    >>> print(Argument("n_iter"), Argument("weights", "Sc"), Argument("weighting", value="unit"))
    n_iter weights['Sc'] weighting='unit'
    >>> print(Argument("atomic_numbers", "x", "Z"), Argument("elements", value="[...]"))
    atomic_numbers={'x': Z} elements=[...]
    """

    name: str
    key: str | None = None
    value: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether any value can be given."""
        return self.value is None or "..." in self.value

    def __str__(self) -> str:
        """The words for Python."""
        if self.key is not None and self.value is not None:
            return f"{self.name}={{{self.key!r}: {self.value}}}"
        if self.key is not None:
            return f"{self.name}[{self.key!r}]"
        if self.value is not None:
            return f"{self.name}={self.value if self.is_open else repr(self.value)}"
        return self.name


@dataclass(frozen=True)
class Remedy:
    """Words that have no counterpart in another place.

    Attributes
    ----------
    python, command_line, window : str
        What to say in each place; may be empty.
    """

    python: str
    command_line: str = ""
    window: str = ""

    def __str__(self) -> str:
        """The words for Python."""
        return self.python


class Dialect(Protocol):
    """How the placeholders are said in one place."""

    def argument(self, argument: Argument) -> str:
        """Name an argument."""

    def remedy(self, remedy: Remedy) -> str:
        """Choose the words for this place."""


class Text(str):
    """A message with placeholders; as a string it is the message for Python.

    Parameters
    ----------
    template : str
        The message, with ``{}`` or ``{name}`` where the values go.
    *values, **named
        Placeholders, other messages, errors, lists of these, or anything else.

    Examples
    --------
    >>> text = Text("{} must be positive, not {}", Argument("gamma"), -1)
    >>> print(text, Text("{name}: {text}", name="a.npz", text=text), sep=chr(10))
    gamma must be positive, not -1
    a.npz: gamma must be positive, not -1
    """

    __slots__ = ("_parts",)
    _parts: tuple[str | Argument | Remedy, ...]

    def __new__(cls, template: str, *values: object, **named: object) -> Text:
        """Fill in the template."""
        return cls._of(_parts(template, values, named))

    @classmethod
    def _of(cls, parts: tuple[str | Argument | Remedy, ...]) -> Text:
        text = super().__new__(cls, "".join(map(str, parts)))
        text._parts = parts
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the parts."""
        return Text._of, (self._parts,)

    def told(self, dialect: Dialect) -> str:
        """The message in the words of another place."""
        return "".join(_say(part, dialect) for part in self._parts)

    def cleaned(self, clean: Callable[[str, int], str], most: int) -> Text:
        """The message with `clean` applied to its words, which are cut after `most` letters.

        `clean` takes words and the number of letters that it may return.
        """
        parts: list[str | Argument | Remedy] = []
        for part in self._parts:
            if most <= 0:
                break
            each = clean(part, most) if isinstance(part, str) else part
            parts.append(each)
            most -= len(str(each))
        return Text._of(tuple(parts))


def told(message: object, dialect: Dialect) -> str:
    """An error or a message in the words of another place; other values as they are.

    >>> told(ValueError("too large"), ...)
    'too large'
    """
    text = text_of(message)
    return text.told(dialect) if isinstance(text, Text) else text


def text_of(message: object) -> str:
    """The words of an error or a message, with their placeholders if there are any.

    A verdict or finding has them in its attribute `text`.
    """
    known = message.args[:1] if isinstance(message, BaseException) else ()
    for text in (message, *known, getattr(message, "text", None)):
        if isinstance(text, Text):
            return text
    return str(message)


def joined(separator: str, texts: Iterable[object]) -> Text:
    """Messages one after the other.

    >>> print(joined(", ", [Argument("gamma"), "tv"]))
    gamma, tv
    """
    items = list(texts)
    return Text(separator.replace("{", "{{").replace("}", "}}").join(["{}"] * len(items)), *items)


def _parts(
    template: str, values: tuple[object, ...], named: dict[str, object]
) -> tuple[str | Argument | Remedy, ...]:
    parts: list[str | Argument | Remedy] = []
    rest = iter(values)
    for words, field, form, _ in Formatter().parse(template):
        parts.append(words)
        if field is not None:
            value = named[field] if field else next(rest)
            parts += _parts_of(format(value, form) if form else value)
    return tuple(parts)


def _parts_of(value: object) -> tuple[str | Argument | Remedy, ...]:
    if isinstance(value, Argument | Remedy):
        return (value,)
    text = text_of(value)
    return text._parts if isinstance(text, Text) else (text,)


def _say(part: str | Argument | Remedy, dialect: Dialect) -> str:
    if isinstance(part, Argument):
        return dialect.argument(part)
    return dialect.remedy(part) if isinstance(part, Remedy) else part
