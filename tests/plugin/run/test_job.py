"""One fusion in a thread of its own."""

from __future__ import annotations

import pytest

pytest.importorskip("napari")

import napari_mmfusion as mmf
from napari_mmfusion.plugin.layers.source import Source
from napari_mmfusion.plugin.run import job as job_module
from napari_mmfusion.plugin.run.job import Job, steps
from napari_mmfusion.plugin.run.streaming import Pace, Stream


@pytest.mark.parametrize("error", [RuntimeError("no room"), StopIteration()])
def test_what_the_worker_would_swallow_becomes_an_error_of_ours(phantom, monkeypatch, error):
    def failing(*_, **__):
        raise error

    monkeypatch.setattr(job_module, "fuse", failing)
    job = Job(Source(phantom.haadf, phantom.maps), mmf.FusionParameters())
    with pytest.raises(mmf.MMFusionComputeError, match=str(error) or "StopIteration"):
        list(steps(job))


def test_the_window_hears_that_the_images_are_copied_before_any_iteration(phantom):
    stream = Stream(Pace.FAST)
    job = Job(Source(phantom.haadf, phantom.maps), mmf.FusionParameters(n_iter=3), stream)
    run = steps(job)
    next(run)
    costs, state = stream.take()
    assert len(costs) == 0
    assert state is None
    for _ in run:
        pass
    assert len(job.result.costs) == 3
