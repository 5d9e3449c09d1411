"""Messages in the words of the window: labels of its controls in place of arguments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.wording import Argument, Remedy, told

_OF_ROW: Final = {"atomic_numbers": "Z", "weights": "Weight"}
"""Columns of the table, which stand for the parameters with a value for each map."""
_TABLE: Final = {
    "atomic_numbers": "column Z of the table",
    "weights": "column Weight of the table",
    "elements": "the ticks of the table",
    "haadf": "the HAADF row of the table",
}
_WORDS: Final = {
    "group": "a file that holds only that group",
    "lambdas": "weights",
    "maps": "the element maps",
    "mask": "the mask",
    "n": "Repeats",
    "overwrite": "Replace",
    "pixel_size": "the pixel size",
    "resume": "Continue",
    "seed": "the seed",
    "start": "the start",
    "threads": "the number of threads",
    "truth": "the truth",
}
"""Arguments that are no parameters of a fusion."""


def in_labels(message: object) -> str:
    """An error or a message in the words of the window.

    >>> from napari_mmfusion.core.wording import Text
    >>> in_labels(Text("Raise {}.", Argument("n_iter")))
    'Raise Iterations.'
    """
    return told(message, _Window())


class _Window:
    def argument(self, argument: Argument) -> str:
        name = argument.name
        if argument.key is not None and name in _OF_ROW:
            return f"{_OF_ROW[name]} of {argument.key}"
        if name in _TABLE:
            return _TABLE[name]
        if name in FusionParameters.names():
            label = FusionParameters.info(name).label
        else:
            label = _WORDS.get(name, f"the {name.replace('_', ' ')}")
        label = label if argument.key is None else f"{label} of {argument.key}"
        return label if argument.is_open else f"{label} {argument.value}"

    def remedy(self, remedy: Remedy) -> str:
        return remedy.window


@contextmanager
def errors_in_labels() -> Iterator[None]:
    """Say errors of the block in the words of the window: napari shows them as they are."""
    try:
        yield
    except MMFusionError as error:
        error.args = (in_labels(error),)
        raise
