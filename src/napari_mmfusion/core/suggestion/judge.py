"""Fusions of what is left when pixels are held out, and their scores."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import repeat
from types import TracebackType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.convergence.cost_curve import Status
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import Weights
from napari_mmfusion.core.suggestion.holdout import Holdout, hold_outs
from napari_mmfusion.core.suggestion.score import prediction_losses

_LAST: Final = 4
_LARGE_SWING: Final = 2.0
"""Ratio of the highest to the lowest cost of the last iterations."""


class _Lead(NamedTuple):
    """The best so far: the losses of the pixels of the first part, and the score of all parts."""

    look: NDArray[np.float64]
    score: float


class Judge(AbstractContextManager["Judge"]):
    """Scores parameters on the pixels of a data set, in as many fusions at a time as threads.

    Parameters
    ----------
    data : FusionDataset
        What was measured.
    reach : int
        How many pixels around each one are held out with it.
    threads : int
        Threads to use.
    stop : StopFlag
        Ends a fusion within one iteration once set; its score then means nothing.
    """

    def __init__(self, data: FusionDataset, reach: int, threads: int, stop: StopFlag) -> None:
        self._holdouts = hold_outs(data, reach=reach)
        # Fusions side by side, a thread each, are done sooner than one after the other.
        self._workers = min(threads, len(self._holdouts))
        self._threads = threads // self._workers
        self._pool = ThreadPoolExecutor(self._workers)
        self._stop = stop
        self._lead: _Lead | None = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)  # a search that nobody follows any more

    def scores(
        self, params: FusionParameters, pairs: Sequence[Weights], accuracy: float
    ) -> Iterator[float]:
        """Mean prediction loss of pair after pair of weights, all else as in `params`.

        That of weights with which the costs get out of hand is 1, as if they predicted nothing.
        A pair that the first part of the pixels shows to be worse than the best one so far is not
        taken further: its score is that of the best one, and the difference there.

        Parameters
        ----------
        params : FusionParameters
            All other parameters.
        pairs : sequence of Weights
            The weights to score.
        accuracy : float
            Part of itself to which that difference has to be known, as a standard error.
        """
        fusions = [params.replace(**weights._asdict()) for weights in pairs]
        for fusion, look in zip(fusions, self._looks(fusions), strict=True):
            if self._lead is not None:
                worse = look - self._lead.look
                if _standard_error(worse) < accuracy * worse.mean():
                    yield self._lead.score + float(worse.mean())
                    continue
            others = self._pool.map(self._losses, self._holdouts[1:], repeat(fusion))
            score = float(np.mean([losses.mean() for losses in (look, *others)]))
            if self._lead is None or score < self._lead.score:
                self._lead = _Lead(look, score)
            yield score

    def _looks(self, fusions: Iterable[FusionParameters]) -> Iterator[NDArray[np.float64]]:
        """The losses of the first part of the pixels, some fusions ahead of who asks."""
        ahead: deque[Future[NDArray[np.float64]]] = deque()
        for fusion in fusions:
            ahead.append(self._pool.submit(self._losses, self._holdouts[0], fusion))
            if len(ahead) > self._workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _losses(self, holdout: Holdout, params: FusionParameters) -> NDArray[np.float64]:
        """The loss of every pixel held out, mean of the maps."""
        # Always from the maps, as the fusion that is to follow: maps of other weights would bring
        # along a smoothness that these weights do not give.
        result = fuse(holdout.data, params, threads=self._threads, stop=self._stop)
        if params.solver == "tutorial" and _is_out_of_hand(result):
            return np.ones(holdout.values.shape[1])
        losses = [
            prediction_losses(image[holdout.scored], values)
            for image, values in zip(result.maps.values(), holdout.values, strict=True)
        ]
        mean: NDArray[np.float64] = np.mean(losses, axis=0)
        return mean


def _is_out_of_hand(result: FusionResult) -> bool:
    """Whether a result hangs on the iteration it ends with, however well it predicts.

    Where the counts are high, costs that swing by a few per cent still go with the best maps.
    """
    status, haadf = result.verdict.status, result.costs[-_LAST:, 0]
    swings = status is Status.OSCILLATING and haadf.max() > _LARGE_SWING * haadf.min()
    return status is Status.DIVERGING or bool(swings)


def _standard_error(values: NDArray[np.float64]) -> float:
    """Of their mean, if they are independent."""
    return float(values.std()) / math.sqrt(values.size)
