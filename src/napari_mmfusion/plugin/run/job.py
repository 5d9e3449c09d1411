"""One fusion in a thread: what is asked for, how it is steered, and what comes out."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.choice import Choice
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionComputeError
from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse, fuse_iter
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.result import no_costs
from napari_mmfusion.plugin.layers.notes.source import Source
from napari_mmfusion.plugin.layers.preview_region import Region
from napari_mmfusion.plugin.run.streaming import Pace, Stream


@dataclass(frozen=True)
class Request:
    """What is asked of a session.

    Attributes
    ----------
    params : FusionParameters
        The parameters; the data table overrides some of them.
    pace : Pace or None
        How iterations are shown; None for a live fusion, of which only the end is shown.
    keep_history : bool
        Whether to keep every iteration.
    region : Region or None
        The part of the images to fuse; None for the whole.
    resume : FusionResult or None
        The result to go on from; None to start anew.
    choice : Choice or None
        What was found when the parameters were chosen from the data.
    """

    params: FusionParameters
    pace: Pace | None = None
    keep_history: bool = False
    region: Region | None = None
    resume: FusionResult | None = None
    choice: Choice | None = None

    @property
    def costs_before(self) -> NDArray[np.float64]:
        """The costs of the result that it goes on from, (n, 3)."""
        return no_costs() if self.resume is None else self.resume.costs


class Chosen(NamedTuple):
    """Parameters, and what was found when they were chosen."""

    params: FusionParameters
    choice: Choice


@dataclass(eq=False)
class Job:
    """A fusion under way, and the means to steer it.

    Attributes
    ----------
    source : Source
        The images.
    params : FusionParameters
        All parameters.
    stream : Stream or None
        Takes every iteration; None computes in one go, with nothing to see before the end.
    keep_history : bool
        Whether to keep every iteration.
    resume : FusionResult or None
        The result to go on from.
    choice : Choice or None
        What was found when the parameters were chosen, for the result to keep.
    stop : StopFlag
        Ends the computation after the iteration it is in.
    superseded : bool
        Whether the outcome is no longer needed.
    """

    source: Source
    params: FusionParameters
    stream: Stream | None = None
    keep_history: bool = False
    resume: FusionResult | None = None
    choice: Choice | None = None
    stop: StopFlag = field(default_factory=StopFlag)
    superseded: bool = False

    @property
    def costs_before(self) -> NDArray[np.float64]:
        """The costs of the result that it goes on from, (n, 3)."""
        return no_costs() if self.resume is None else self.resume.costs

    @property
    def chosen(self) -> FusionParameters | Chosen:
        """The parameters, with what was found when they were chosen."""
        return self.params if self.choice is None else Chosen(self.params, self.choice)

    def cancel(self) -> None:
        """Ask the computation to end soon; its result so far is kept."""
        self.stop.set()
        if self.stream is not None:
            self.stream.end()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a job.

    Attributes
    ----------
    result : FusionResult or None
        What was reached; None before the first iteration.
    history : mapping of str to (n, ny, nx) float32
        Each map after every iteration, where they are kept.
    error : Exception or None
        What went wrong.
    """

    result: FusionResult | None = None
    history: Mapping[str, FloatImage] = field(default_factory=dict)
    error: Exception | None = None


def compute(job: Job) -> Generator[None, None, Outcome]:
    """Compute `job`, yielding whenever the window should look at its stream.

    Errors come with the outcome, beside what was reached before them.
    """
    try:
        data = job.source.dataset()
        if job.stream is None:
            return Outcome(fuse(data, job.chosen, stop=job.stop, resume=job.resume))
        return (yield from _stream(job, data, job.stream))
    except Exception as error:
        return Outcome(error=_explain(error))


def _stream(job: Job, data: FusionDataset, stream: Stream) -> Generator[None, None, Outcome]:
    failure: Exception | None = None
    before = len(job.costs_before)
    stacks = _room_for(data, job.params.iterations - before) if job.keep_history else {}
    observe = None if stacks else stream.observe
    run = fuse_iter(data, job.chosen, stop=job.stop, observe=observe, resume=job.resume)
    try:
        yield  # the images are copied: from here on Python is needed between iterations only
        for state in run:
            for element, stack in stacks.items():
                stack[state.iteration - 1 - before] = state.maps[element]
            if stream.put(state):
                yield
            while stream.wait(job.stop.is_set):
                yield
    except Exception as error:
        failure = _explain(error)
    finally:
        run.close()
    result = run.result
    if result is None:
        return Outcome(error=failure)
    done = len(result.costs) - before
    return Outcome(result, {element: stack[:done] for element, stack in stacks.items()}, failure)


def _explain(error: Exception) -> Exception:
    """Turn an error of Python or of the compiled core into one that says what failed."""
    if isinstance(error, RuntimeError | StopIteration):
        text = str(error) or type(error).__name__
        explained = MMFusionComputeError(f"the computation failed: {text}")
        explained.__cause__ = error
        return explained
    return error


def _room_for(data: FusionDataset, n_iter: int) -> dict[str, FloatImage]:
    return {element: np.empty((n_iter, *data.shape), np.float32) for element in data.elements}
