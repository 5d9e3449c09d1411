"""Going on from the result that is shown: when that is offered, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from napari_mmfusion.core.resumption import can_go_on, iterations_to_go_on_to
from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.dock.run_panel import RunPanel
from napari_mmfusion.plugin.run.job import Request
from napari_mmfusion.plugin.run.session import Session


class Continuation:
    """The Continue button: offered where more iterations are what the result needs.

    Parameters
    ----------
    session : Session
        Holds the result and runs the rest.
    parameters : ParameterPanel
        The parameters in the dock. Their iterations are those in all, if they are more than are
        done; otherwise as many are planned as the costs seem to need.
    run_panel : RunPanel
        Has the button.
    one_step : callable
        Returns a context in which changes of the parameters are taken back as one.
    """

    def __init__(
        self,
        session: Session,
        parameters: ParameterPanel,
        run_panel: RunPanel,
        one_step: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._session = session
        self._parameters = parameters
        self._run_panel = run_panel
        self._one_step = one_step

    def follow(self) -> None:
        """Offer what can be continued now, if anything."""
        request = None if self._session.busy else self.request()
        self._run_panel.offer_to_continue(None if request is None else request.params.n_iter)

    def press(self) -> None:
        """Go on from the result, and show its iterations among the parameters."""
        request = self.request()
        if request is None:
            return
        panel = self._run_panel
        pace, keep_history = panel.pace_box.value, bool(panel.history_box.value)
        with self._one_step():
            shown = self._parameters.value
            self._parameters.value = shown.replace(n_iter=request.params.n_iter)
        self._session.run(replace(request, pace=pace, keep_history=keep_history))

    def request(self) -> Request | None:
        """What goes on from the result of the chosen data.

        None if the result needs no more iterations, or was made from other data or with other
        settings than are shown.
        """
        record, shown = self._session.records.now, self._parameters.value
        if record is None:
            return None
        result, done = record.result, len(record.result.costs)
        if not can_go_on(result):
            return None
        if self._session.records.why_stale(shown.replace(n_iter=result.params.n_iter)):
            return None
        n_iter = shown.n_iter if shown.n_iter > done else iterations_to_go_on_to(result)
        if n_iter <= done:  # there are as many as there can be
            return None
        return Request(result.params.replace(n_iter=n_iter), resume=result)
