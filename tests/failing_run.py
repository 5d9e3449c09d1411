"""A fusion that fails half way, for tests of how the window handles it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import napari_mmfusion as mmf


class FailingRun(Iterator[mmf.FusionState]):
    """A `mmf.FusionRun` that raises instead of going beyond an iteration."""

    def __init__(self, error: BaseException | type[BaseException], after: int, run: mmf.FusionRun):
        self._run = run
        self._states = self._fail_after(after, error)
        self.result: mmf.FusionResult | None = None

    def __next__(self) -> mmf.FusionState:
        return next(self._states)

    def _fail_after(
        self, after: int, error: BaseException | type[BaseException]
    ) -> Iterator[mmf.FusionState]:
        for state in self._run:
            if state.iteration > after:
                raise error
            self.result = self._run.result
            yield state

    def close(self) -> None:
        self._run.close()


def fail_after(after: int, error: BaseException | type[BaseException]) -> Any:
    """A `fuse_iter` whose iterations raise `error` once `after` of them are done."""
    return lambda *args, **kwargs: FailingRun(error, after, mmf.fuse_iter(*args, **kwargs))
