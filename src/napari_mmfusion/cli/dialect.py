"""Messages in the words of the command line: options in place of arguments."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.core.wording import Argument, Remedy, told

_OPTIONS: Final = {"resume": "continue"}
"""Options that are not called like the argument."""
_WORDS: Final = {"lambdas": "lambdas"}


def option_of(name: str) -> str:
    """The option for an argument.

    >>> option_of("lambda_tv")
    '--lambda-tv'
    """
    return f"--{_OPTIONS.get(name, name).replace('_', '-')}"


def in_options(message: object) -> str:
    """An error or a message in the words of the command line.

    >>> from napari_mmfusion.core.wording import Text
    >>> in_options(Text("Raise {}.", Argument("n_iter")))
    'Raise --n-iter.'
    """
    return told(message, _CommandLine())


class _CommandLine:
    def argument(self, argument: Argument) -> str:
        if argument.name in _WORDS:
            return _WORDS[argument.name]
        option = option_of(argument.name)
        if argument.key is not None:
            value = argument.value
            return f"{option} {argument.key}" + ("" if value is None else f"={value}")
        if argument.is_open:
            return option
        return option if argument.value == "True" else f"{option} {argument.value}"

    def remedy(self, remedy: Remedy) -> str:
        return remedy.command_line
