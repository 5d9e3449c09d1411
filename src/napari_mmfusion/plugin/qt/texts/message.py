"""A message to the user, in a dock."""

from __future__ import annotations

import re
from typing import Final

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QSizePolicy

_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_LONG_WORD: Final = re.compile(r"\S{24}(?=\S)")


class Message(QLabel):
    """Text that wraps at the width of the dock, and is hidden while it is empty.

    Parameters
    ----------
    text : str
        The text at first.
    expanding : bool
        Whether the label takes all the width there is.
    """

    def __init__(self, text: str = "", *, expanding: bool = False) -> None:
        super().__init__(_break_long_words(text))
        policy = QSizePolicy.Policy
        self.setTextFormat(Qt.TextFormat.PlainText)  # what a person typed is in some messages
        self.setWordWrap(True)
        self.setSizePolicy(policy.Expanding if expanding else policy.Preferred, policy.Minimum)

    def text(self) -> str:  # noqa: D102 - Qt's
        return super().text().replace(_BREAK, "")

    def say(self, words: str) -> None:
        """Show other words, or hide the message if there are none."""
        self.setText(_break_long_words(words))
        self.setVisible(bool(words))


def _break_long_words(text: str) -> str:
    """Let words wrap that could be wider than the dock, such as names of layers and files."""
    return _LONG_WORD.sub(rf"\g<0>{_BREAK}", text)
