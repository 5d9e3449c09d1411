"""Threads in which a search fuses, and their end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from napari_mmfusion.core.errors import MMFusionStoppedError
from napari_mmfusion.core.fusion import StopFlag
from napari_mmfusion.core.interruption import AbandonedGroup


class FusionPool:
    """Threads whose fusions end with the search: when it is stopped, or abandoned by an error.

    Parameters
    ----------
    workers : int
        Number of threads.
    stop : StopFlag
        Ends a fusion within one iteration once set.
    """

    def __init__(self, workers: int, stop: StopFlag) -> None:
        self.stop = stop
        self._group = AbandonedGroup()
        self._pool = ThreadPoolExecutor(workers, initializer=self._group.enter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:  # the search is abandoned, perhaps by Ctrl-C
            self._group.abandon()
        self._pool.shutdown(cancel_futures=True)

    def raise_if_stopped(self) -> None:
        """Raise `MMFusionStoppedError` if the stop flag is set: the last fusion is incomplete."""
        if self.stop.is_set():
            raise MMFusionStoppedError("the search was stopped")
