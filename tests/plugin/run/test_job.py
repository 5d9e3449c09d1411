"""One fusion in a thread."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

import napari_mmfusion as mmf
from napari_mmfusion.plugin.layers.notes.source import Source
from napari_mmfusion.plugin.run import job as job_module
from napari_mmfusion.plugin.run.job import Job, compute
from napari_mmfusion.plugin.run.streaming import Pace, Stream


def outcome_of(computation):
    """What the thread passes to the window at the end."""
    while True:
        try:
            next(computation)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("error", [RuntimeError("no room"), StopIteration()])
def test_a_python_error_becomes_an_mmfusion_error(phantom, monkeypatch, error):
    def failing(*_, **__):
        raise error

    monkeypatch.setattr(job_module, "fuse", failing)
    outcome = outcome_of(compute(Job(Source(phantom.haadf, phantom.maps), mmf.FusionParameters())))
    assert outcome.result is None
    assert isinstance(outcome.error, mmf.MMFusionComputeError)
    assert (str(error) or "StopIteration") in str(outcome.error)


def test_the_window_is_notified_that_the_images_are_copied_before_any_iteration(phantom):
    stream = Stream(Pace.FAST)
    job = Job(Source(phantom.haadf, phantom.maps), mmf.FusionParameters(n_iter=3), stream)
    run = compute(job)
    next(run)
    costs, state = stream.take()
    assert len(costs) == 0
    assert state is None
    assert len(outcome_of(run).result.costs) == 3


def test_a_history_has_every_iteration_up_to_a_stop(phantom):
    params = mmf.FusionParameters(n_iter=6)
    stream = Stream(Pace.FAST)
    stream.rest()  # so that iterations which nobody keeps would be skipped
    job = Job(Source(phantom.haadf, phantom.maps), params, stream, keep_history=True)
    put = stream.put

    def put_and_stop(state):
        if state.iteration == 4:
            job.stop.set()
        return put(state)

    stream.put = put_and_stop
    outcome = outcome_of(compute(job))
    assert len(outcome.result.costs) == 4
    states = list(mmf.fuse_iter(job.source.dataset(), params, n_iter=4))
    assert set(outcome.history) == set(phantom.elements)
    for element, stack in outcome.history.items():
        np.testing.assert_array_equal(stack, [state.maps[element] for state in states])
