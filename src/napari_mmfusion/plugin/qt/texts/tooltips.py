"""Tooltips in lines of a readable length."""

from __future__ import annotations

import textwrap
from typing import Final

from qtpy.QtWidgets import QWidget

_WIDTH: Final = 64


def wrap_tooltips(root: QWidget) -> None:
    """Wrap the tooltips of all widgets below `root`; Qt itself wraps only those with markup."""
    for widget in root.findChildren(QWidget):
        tip = widget.toolTip()
        wrapped = wrap(tip)
        if wrapped != tip:
            widget.setToolTip(wrapped)


def wrap(text: str) -> str:
    r"""The text in lines of at most 64 letters.

    Examples
    --------
    >>> wrap("word " * 20).count("\n")
    1
    """
    return "\n".join(textwrap.fill(line, _WIDTH) for line in text.splitlines())


def plain(name: str) -> str:
    """A name from a file or a person, with nothing in it that Qt takes for markup."""
    return name.translate({ord("<"): "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"})
