"""A message to the user, in a dock."""

from __future__ import annotations

from qtpy.QtWidgets import QLabel, QSizePolicy


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
        super().__init__(text)
        policy = QSizePolicy.Policy
        self.setWordWrap(True)
        self.setSizePolicy(policy.Expanding if expanding else policy.Preferred, policy.Minimum)

    def say(self, words: str) -> None:
        """Show other words, or hide the message if there are none."""
        self.setText(words)
        self.setVisible(bool(words))
