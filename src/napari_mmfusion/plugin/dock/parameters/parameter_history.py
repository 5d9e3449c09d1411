"""The settings before each change, to go back to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from psygnal import Signal

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.layers.data_choice import DataChoice, Row

State = TypeVar("State")

_MOST: Final = 100
_ONE_EDIT: Final = 1.0
"""Seconds within which another change of the same setting, as by a slider, is the same step."""


class ParameterHistory(Generic[State]):
    """Steps back through the states of something; `changed` follows when that becomes possible.

    Parameters
    ----------
    get : callable
        Returns the present state.
    put : callable (state)
        Goes back to a state.
    what_differs : callable (state, state)
        Returns what differs between two states; an empty value if nothing does.
    """

    changed = Signal()

    def __init__(
        self,
        get: Callable[[], State],
        put: Callable[[State], None],
        what_differs: Callable[[State, State], object],
    ) -> None:
        self._get, self._put, self._what_differs = get, put, what_differs
        self._present = get()
        self._past: list[State] = []
        self._last: tuple[object, float] = (None, 0.0)
        self._held = False

    @property
    def can_undo(self) -> bool:
        """Whether there is a state to go back to."""
        return bool(self._past)

    def note(self) -> None:
        """Note the present state, after something may have changed."""
        if self._held:
            return
        now = self._get()
        difference = self._what_differs(self._present, now)
        if not difference:
            return
        at = time.monotonic()
        before, when = self._last
        if difference != before or at - when > _ONE_EDIT or not self._past:
            self._past = [*self._past[-_MOST:], self._present]
        self._present, self._last = now, (difference, at)
        self.changed.emit()

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """Within it, all changes are one step, apart from those before and after."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._last = (None, 0.0)
            self.note()
            self._last = (None, 0.0)

    def undo(self) -> None:
        """Go back one step."""
        if not self._past:
            return
        self._held = True
        try:
            self._put(self._past.pop())
        finally:
            self._held = False
        self._present, self._last = self._get(), (None, 0.0)
        self.changed.emit()


@dataclass(frozen=True)
class Settings:
    """The parameters shown, and what was typed into the table: (row, Z, weight) of each row."""

    params: FusionParameters
    typed: tuple[tuple[Row, int | None, float | None], ...]


def read_settings(panel: ParameterPanel, choice: DataChoice) -> Settings:
    """The settings shown."""
    typed = tuple((row, row.typed_number, row.typed_weight) for row in choice.rows)
    return Settings(panel.value, typed)


def restore_settings(panel: ParameterPanel, choice: DataChoice, settings: Settings) -> None:
    """Show other settings; rows that have gone meanwhile are left out."""
    present = set(map(id, choice.rows))
    changed = False
    for row, number, weight in settings.typed:
        if id(row) in present and (row.typed_number, row.typed_weight) != (number, weight):
            row.typed_number, row.typed_weight = number, weight
            changed = True
    panel.value = settings.params
    if changed:
        choice.changed.emit()


def compare_settings(before: Settings, after: Settings) -> frozenset[str]:
    """Names of the settings that differ; rows that came or went are no change of a setting."""
    names = {
        name
        for name in FusionParameters.names()
        if getattr(before.params, name) != getattr(after.params, name)
    }
    then = {id(row): (number, weight) for row, number, weight in before.typed}
    for row, number, weight in after.typed:
        number_then, weight_then = then.get(id(row), (number, weight))
        names |= {f"Z of {id(row)}"} if number != number_then else set()
        names |= {f"weight of {id(row)}"} if weight != weight_then else set()
    return frozenset(names)
