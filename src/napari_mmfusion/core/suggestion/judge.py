"""Fusions of what is left when pixels are held out, and their scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType

import numpy as np

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import StopFlag, fuse
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import Weights
from napari_mmfusion.core.suggestion.holdout import Holdout, hold_outs
from napari_mmfusion.core.suggestion.score import prediction_loss


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
        workers = min(threads, len(self._holdouts))
        self._threads = threads // workers
        self._pool = ThreadPoolExecutor(workers)
        self._stop = stop

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def scores(self, params: FusionParameters, pairs: Sequence[Weights]) -> Iterator[float]:
        """Mean prediction loss of pair after pair of weights, all else as in `params`."""
        fusions = [params.replace(**weights._asdict()) for weights in pairs]
        tasks = [(holdout, each) for each in fusions for holdout in self._holdouts]
        losses = self._pool.map(self._loss, *zip(*tasks, strict=True))
        for _ in pairs:
            yield float(np.mean([next(losses) for _ in self._holdouts]))

    def _loss(self, holdout: Holdout, params: FusionParameters) -> float:
        # Always from the maps, as the fusion that is to follow: maps of other weights would bring
        # along a smoothness that these weights do not give.
        result = fuse(holdout.data, params, threads=self._threads, stop=self._stop)
        losses = [
            prediction_loss(image[holdout.scored], values)
            for image, values in zip(result.maps.values(), holdout.values, strict=True)
        ]
        return float(np.mean(losses))
