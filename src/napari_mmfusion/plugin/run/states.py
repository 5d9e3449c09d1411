"""The states of a session, and which may follow which."""

from __future__ import annotations

from enum import Enum
from typing import Final


class State(Enum):
    """What a session is doing."""

    IDLE = "nothing"
    COMPUTING = "a thread computes"
    CONCLUDING = "the outcome is on its way to the canvas"
    UNSETTLED = "the result is on the canvas, but not yet in thumbnails and histograms"


FOLLOWING: Final = {
    State.IDLE: {State.COMPUTING},
    State.COMPUTING: {State.CONCLUDING},
    State.CONCLUDING: {State.IDLE, State.UNSETTLED},
    State.UNSETTLED: {State.COMPUTING, State.IDLE},
}
"""The states that may follow each state."""


class StateMachine:
    """The state of a session; `enter` is the only place that changes it.

    >>> machine = StateMachine()
    >>> machine.enter(State.COMPUTING)
    >>> machine.busy
    True
    """

    def __init__(self) -> None:
        self.state = State.IDLE

    @property
    def busy(self) -> bool:
        """Whether a fusion is under way, or its outcome on the way to the canvas."""
        return self.state in (State.COMPUTING, State.CONCLUDING)

    def enter(self, state: State) -> None:
        """Change to `state`, which must be one that may follow."""
        if state not in FOLLOWING[self.state]:
            raise AssertionError(f"a session cannot go from {self.state} to {state}")
        self.state = state

    def reset(self) -> None:
        """Do nothing any more, whatever was under way."""
        self.state = State.IDLE
