"""Fusions of data with pixels held out, and their scores."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.convergence.cost_curve import Status
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import Lambdas
from napari_mmfusion.core.suggestion.fusion_pool import FusionPool
from napari_mmfusion.core.suggestion.holdout import Holdout, make_holdouts
from napari_mmfusion.core.suggestion.score import prediction_losses

_NOTHING: Final = 1.0
"""The loss of a prediction that explains nothing."""


class _Lead(NamedTuple):
    """The best pair so far: the losses of the first part of the pixels, and the whole score."""

    first_losses: NDArray[np.float64]
    score: float


class Scorer(FusionPool):
    """Scores parameters on the pixels of a data set, with one fusion per thread at a time.

    Parameters
    ----------
    data : FusionDataset
        What was measured.
    reach : int
        How many pixels around each one are held out with it.
    threads : int
        Threads to use.
    stop : StopFlag
        Ends a fusion within one iteration once set.
    holdouts : sequence of Holdout, optional
        What is hidden; pixels, as `make_holdouts` chooses them, if left out.
    """

    def __init__(
        self,
        data: FusionDataset,
        reach: int,
        threads: int,
        stop: StopFlag,
        *,
        holdouts: Sequence[Holdout] | None = None,
    ) -> None:
        self._data = data
        self._holdouts = holdouts or make_holdouts(data, reach=reach)
        # Several fusions of one thread each finish sooner than one after the other.
        self._workers = min(threads, len(self._holdouts))
        self._threads = threads // self._workers
        super().__init__(self._workers, stop)
        self._lead: _Lead | None = None

    def scores(
        self, params: FusionParameters, pairs: Sequence[Lambdas], accuracy: float
    ) -> Iterator[float]:
        """Mean prediction loss for each pair of lambdas, all else as in `params`.

        The loss is 1, as if they predicted nothing, where the costs oscillate or diverge: in a
        fusion of the pixels kept, or of all of them, which the best pair has to pass. A pair that
        the first part of the pixels shows to be worse than the best one so far is not evaluated on
        the others: its score is that of the best pair plus the difference in this part.

        Parameters
        ----------
        params : FusionParameters
            All other parameters.
        pairs : sequence of Lambdas
            The lambdas to score.
        accuracy : float
            Required standard error of that difference, as a part of the difference.

        Raises
        ------
        MMFusionStoppedError
            If the stop flag is set.
        """
        fusions = [params.replace(**pair._asdict()) for pair in pairs]
        for fusion, first in zip(fusions, self._first_losses(fusions), strict=True):
            score = self._extrapolate(first, accuracy)
            if score is None:
                others = self._pool.map(self._losses, self._holdouts[1:], repeat(fusion))
                score = float(np.mean([losses.mean() for losses in (first, *others)]))
                if self._lead is None or score < self._lead.score:
                    if self.is_unsteady(fusion):
                        score = _NOTHING
                    else:
                        self._lead = _Lead(first, score)
            self.raise_if_stopped()
            yield score

    def is_unsteady(self, fusion: FusionParameters) -> bool:
        """Whether the fusion that `fusion` would be suggested for gets out of hand."""
        threads = self._threads * self._workers
        return _is_out_of_hand(fuse(self._data, fusion, threads=threads, stop=self.stop))

    def _extrapolate(self, first: NDArray[np.float64], accuracy: float) -> float | None:
        """Score from the losses of the first part, where it is clearly worse than the best."""
        if self._lead is None:
            return None
        worse = first - self._lead.first_losses
        if _standard_error(worse) < accuracy * worse.mean():
            return self._lead.score + float(worse.mean())
        return None

    def _first_losses(self, fusions: Iterable[FusionParameters]) -> Iterator[NDArray[np.float64]]:
        """The losses of the first part of the pixels, computed some fusions ahead."""
        ahead: deque[Future[NDArray[np.float64]]] = deque()
        for fusion in fusions:
            ahead.append(self._pool.submit(self._losses, self._holdouts[0], fusion))
            if len(ahead) > self._workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _losses(self, holdout: Holdout, params: FusionParameters) -> NDArray[np.float64]:
        """The loss of every pixel held out, averaged over the maps."""
        # Always start from the measured maps, as the final fusion does: maps of other lambdas would
        # bring along a smoothness that these lambdas do not give.
        result = fuse(holdout.data, params, threads=self._threads, stop=self.stop)
        if _is_out_of_hand(result):
            return np.full(holdout.values.shape[1], _NOTHING)
        losses = [
            prediction_losses(image[holdout.scored], values)
            for image, values in zip(result.maps.values(), holdout.values, strict=True)
        ]
        mean: NDArray[np.float64] = np.mean(losses, axis=0)
        return mean


def _is_out_of_hand(result: FusionResult) -> bool:
    """Whether a result depends on the iteration it ends with, however well it predicts.

    The verdict on the maps suggested must not be that they oscillate. Where counts are high, costs
    that ripple can still belong to the best maps. Single costs of the converged solver may swing.
    """
    unsteady = (Status.OSCILLATING, Status.DIVERGING)
    return result.params.solver == "tutorial" and result.verdict.status in unsteady


def _standard_error(values: NDArray[np.float64]) -> float:
    """Standard error of the mean of independent values."""
    return float(values.std()) / math.sqrt(values.size)
