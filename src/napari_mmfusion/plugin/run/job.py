"""One fusion in a thread of its own: what it needs, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionComputeError
from napari_mmfusion.core.fusion import FusionResult, FusionState, StopFlag, fuse, fuse_iter
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import haadf_model
from napari_mmfusion.plugin.layers.source import Source
from napari_mmfusion.plugin.run.streaming import Stream


@dataclass(eq=False)
class Job:
    """One fusion: the request, the means to steer it, and its outcome.

    Attributes
    ----------
    source : Source or None
        The images; None after `release`, as napari keeps workers for the life of its window.
    params : FusionParameters
        The parameters.
    stream : Stream or None
        Takes every iteration; None computes in one go, with nothing to see before the end.
    keep_history : bool
        Whether to keep every iteration.
    stop : StopFlag
        Ends the computation after the iteration it is in.
    result : FusionResult or None
        What was reached; None before the first iteration and after an error.
    history : mapping of str to (n, ny, nx) float32
        Each map after every iteration, where they are kept.
    error : Exception or None
        What went wrong.
    superseded : bool
        Whether nobody wants the outcome any more.
    given_up : callable
        Whether napari asks its threads to end.
    """

    source: Source | None
    params: FusionParameters
    stream: Stream | None = None
    keep_history: bool = False
    stop: StopFlag = field(default_factory=StopFlag)
    result: FusionResult | None = None
    history: Mapping[str, FloatImage] = field(default_factory=dict)
    error: Exception | None = None
    superseded: bool = False
    given_up: Callable[[], bool] = lambda: False

    def cancel(self) -> None:
        """Ask the computation to end soon; its result so far is kept."""
        self.stop.set()
        if self.stream is not None:
            self.stream.end()

    def release(self) -> None:
        """Let go of all images, in and out."""
        self.source = None
        self.result = None
        self.history = {}


def steps(job: Job) -> Generator[None, None, None]:
    """Compute `job`, yielding whenever the window should look at its stream.

    Nothing leaves as a ``RuntimeError``, nor as what a generator turns into one: the worker would
    swallow it and never finish.
    """
    try:
        assert job.source is not None
        data = job.source.dataset()
        if job.stream is None:
            job.result = fuse(data, job.params, stop=job.stop)
        else:
            yield from _streamed(job, data, job.stream)
    except (RuntimeError, StopIteration) as error:
        text = str(error) or type(error).__name__
        raise MMFusionComputeError(f"the computation failed: {text}") from error


def _streamed(job: Job, data: FusionDataset, stream: Stream) -> Generator[None, None, None]:
    costs: list[NDArray[np.float64]] = []
    state: FusionState | None = None
    stacks = _room_for(data, job.params.n_iter) if job.keep_history else {}
    wanted = None if stacks else stream.wanted
    states = fuse_iter(data, job.params, stop=job.stop, wanted=wanted)
    cut_short = True
    try:
        yield  # the images are copied: from here on Python is needed between iterations only
        for state in states:
            for element, stack in stacks.items():
                stack[len(costs)] = state.maps[element]
            costs += [*state.passed, state.costs]
            if stream.put(state):
                yield
            while stream.wait(job.given_up):
                yield
            if job.given_up():
                break
        cut_short = job.stop.is_set() or job.given_up()  # else it has ended, or settled
    finally:
        states.close()  # type: ignore[attr-defined]  # a generator, announced as an iterator
        if state is not None:
            job.result = _result(data, job.params, state, np.array(costs), cut_short)
            job.history = {element: stack[: len(costs)] for element, stack in stacks.items()}


def _room_for(data: FusionDataset, n_iter: int) -> dict[str, FloatImage]:
    return {element: np.empty((n_iter, *data.shape), np.float32) for element in data.elements}


def _result(
    data: FusionDataset,
    params: FusionParameters,
    state: FusionState,
    costs: NDArray[np.float64],
    cut_short: bool,
) -> FusionResult:
    """What `fuse` would have returned after the same iterations."""
    model = haadf_model(data, params)
    return FusionResult(
        maps=state.maps,
        haadf=state.haadf,
        costs=costs,
        params=params,
        data=data,
        weights=model.weights,
        lambda_haadf=model.lambda_haadf,
        stopped=cut_short and len(costs) < params.n_iter,
    )
