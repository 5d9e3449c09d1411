"""What Auto found, and for which data: set once, used by Run, and found first where it is not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from qtpy.QtCore import QObject, Signal  # type: ignore[attr-defined]  # qtpy makes it

from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.fusion import differ_in_length_only
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.plugin.dock.parameters.auto_panel import AutoPanel, Request
from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.layers.data_choice import DataChoice

_IN_TABLE: Final[dict[str, Any]] = {"weights": None, "atomic_numbers": None}
"""Parameters that stand in the table of the data, as if they were not set."""


class Automatic(QObject):
    """The method and the settings found from the data.

    `found_for_run` follows a search that `find_for_run` began, once its settings are in place.

    Parameters
    ----------
    panel : ParameterPanel
        Takes what was found.
    choice : DataChoice
        The layers.
    one_step : callable
        Returns a context in which all changes are taken back as one.
    """

    found_for_run = Signal()

    def __init__(
        self,
        panel: ParameterPanel,
        choice: DataChoice,
        one_step: Callable[[], AbstractContextManager[None]],
    ) -> None:
        super().__init__()
        self._panel, self._choice, self._one_step = panel, choice, one_step
        self._asked_for: object = None
        self._found: tuple[object, FusionParameters, Choice | None] | None = None
        self._runs_after = False
        self.auto = AutoPanel(self._request, lambda: panel.method.automatic)
        self.auto.suggested.connect(self._take)
        self.auto.taken.connect(self._take_clicked)
        self.auto.ended.connect(self._on_ended)
        panel.method.changed.connect(lambda _: self.auto.follow_method())
        self.auto.follow_method()

    @property
    def is_to_be_found(self) -> bool:
        """Whether the method is automatic and was not found for the data as they are now."""
        if not self._panel.method.automatic:
            return False
        return self._found is None or self._found[0] != self._data()

    def find_for_run(self) -> None:
        """Find the method; `found_for_run` follows if it succeeds."""
        self._runs_after = True
        if not self.auto.busy:
            self.auto.press()
            self._runs_after = self.auto.busy  # else the reason stands in its message

    def choice_of(self, params: FusionParameters) -> Choice | None:
        """What was found when these parameters were, if they were found for the present data."""
        if self._found is None or self._found[0] != self._data():
            return None
        found = self._found[1].replace(**_IN_TABLE)
        same = differ_in_length_only(params.replace(**_IN_TABLE), found)
        return self._found[2] if same else None

    def _data(self) -> object:
        params = self._panel.value
        overrides = tuple(sorted((k, str(v)) for k, v in self._choice.overrides().items()))
        return (self._choice.images(), overrides, params.normalisation)

    def _request(self) -> Request:
        params = self._panel.value
        if self._panel.method.automatic:  # what other methods were set to does not matter
            params = FusionParameters(normalisation=params.normalisation)
        self._asked_for = self._data()
        return self._choice.source(), params.replace(**self._choice.overrides())

    def _take(self, suggestion: Suggestion) -> None:
        if self._data() != self._asked_for:
            self._runs_after = False
            self.auto.message.say("Other data were chosen meanwhile; press the button again.")
            return
        found = dict(suggestion.chosen)
        with self._one_step():
            base = suggestion.params if self._panel.method.automatic else self._panel.value
            self._panel.take_found(base.replace(**_IN_TABLE, **found))
        self._found = (self._asked_for, self._panel.value, suggestion.choice)

    def _take_clicked(self, settings: dict[str, Any]) -> None:
        """Take a method from the table: it is no longer automatic."""
        with self._one_step():
            self._panel.value = self._panel.value.replace(**settings)

    def _on_ended(self) -> None:
        runs, self._runs_after = self._runs_after, False
        if runs and not self.is_to_be_found:
            self.found_for_run.emit()
