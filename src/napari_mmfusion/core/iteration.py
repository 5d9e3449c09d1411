"""The iterations of a fusion, one state at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.engine import Engine
from napari_mmfusion.core.result import FusionResult, FusionState, no_costs


class FusionRun(Iterator[FusionState]):
    """A fusion under way: the iterator that `fuse_iter` returns.

    Each step yields a `FusionState`; nothing is computed in between.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> run = mmf.fuse_iter(data)
    >>> for state in run:
    ...     if state.iteration == 12:
    ...         run.close()
    >>> run.result
    FusionResult(64 x 64, Co, S, O; tutorial solver, 12 iterations, stopped)
    """

    def __init__(
        self,
        engine: Engine,
        stop: native.StopFlag | None,
        observe: native.StopFlag | None,
        choice: Choice | None = None,
    ) -> None:
        self._choice = choice
        self._data = engine.data
        self._params = engine.params
        self._lambda_haadf = engine.lambda_haadf
        # Only the generator holds the solver, so that its memory is free once it has ended.
        self._steps = _steps(engine, stop, observe)
        self._last: _Step | None = None
        self._costs: list[NDArray[np.float64]] = list(engine.costs_before)

    def __next__(self) -> FusionState:
        """Compute up to the next state."""
        self._last = next(self._steps)
        state = self._last.state
        self._costs += [*state.skipped_costs, state.costs.copy()]
        return state

    def close(self) -> None:
        """End the fusion and free the memory of the solver; `result` is kept."""
        self._steps.close()

    @property
    def result(self) -> FusionResult | None:
        """What `fuse` would have returned after the same iterations; None before the first.

        The costs of skipped iterations are included. The images are those of the last state, not
        copies of them.
        """
        if self._last is None:
            return None
        state, has_settled, weights, gap = self._last
        return FusionResult(
            maps=state.maps,
            haadf=state.haadf,
            costs=np.array(self._costs),
            params=self._params,
            data=self._data,
            weights=weights,
            lambda_haadf=self._lambda_haadf,
            stopped=len(self._costs) < self._params.n_iter and not has_settled,
            gap=gap,
            choice=self._choice,
        )

    def __repr__(self) -> str:
        """The number of iterations done."""
        return f"FusionRun({len(self._costs)} of {self._params.n_iter} iterations)"


class _Step(NamedTuple):
    state: FusionState
    has_settled: bool
    weights: Mapping[str, float]
    gap: float | None


def _steps(
    engine: Engine, stop: native.StopFlag | None, observe: native.StopFlag | None
) -> Generator[_Step, None, None]:
    done = len(engine.costs_before)
    while not _is_over(engine, done, stop):
        skipped = no_costs()
        if observe is not None and not observe.is_set():
            skipped = engine.advance(engine.params.n_iter - done, observe)
        done += len(skipped)
        is_last = _is_over(engine, done, stop)
        if not is_last:
            costs, maps, haadf = engine.step()
            done += 1
        elif len(skipped):
            _, maps, haadf = engine.finish(0, None)
            costs, skipped = skipped[-1], skipped[:-1]
        else:
            return
        objective, length = engine.objective(costs), engine.step_length
        state = FusionState(done, engine.by_element(maps), haadf, costs, objective, length, skipped)
        yield _Step(state, engine.has_settled, engine.weights, engine.gap)
        if is_last:
            return


def _is_over(engine: Engine, done: int, stop: native.StopFlag | None) -> bool:
    is_complete = done >= engine.params.n_iter or engine.has_settled
    return is_complete or (stop is not None and stop.is_set())
