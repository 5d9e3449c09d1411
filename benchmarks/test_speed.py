"""Single functions for pytest-benchmark, to compare two states of the code with one another.

``pytest benchmarks --benchmark-save=before``, a change, then ``--benchmark-compare``. `report.py`
compares the speed with other packages.
"""

from __future__ import annotations

import numpy as np
import peers
import pytest
import samples
import tv_prox
import whole_job
from pytest_benchmark.fixture import BenchmarkFixture

import napari_mmfusion as mmf

CODES = {
    "napari-mmfusion": mmf.tv_prox,
    "scikit-image": peers.skimage_prox,
    "ctvlib": peers.ctvlib_prox,
    "numpy": peers.numpy_prox,
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("side", [256, 1024])
@pytest.mark.benchmark(group="TV prox, 20 steps")
def test_tv_prox(benchmark: BenchmarkFixture, code: str, side: int) -> None:
    pixels = tv_prox.image(side)
    found = benchmark(CODES[code], pixels, tv_prox.WEIGHT, tv_prox.STEPS)
    assert mmf.tv_norm(found) < 0.9 * mmf.tv_norm(pixels)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("tv", ["isotropic", "anisotropic"])
@pytest.mark.benchmark(group="TV prox at 2048^2")
def test_tv_prox_variants(benchmark: BenchmarkFixture, tv: str, threads: int) -> None:
    pixels = tv_prox.image(2048)
    found = benchmark(mmf.tv_prox, pixels, tv_prox.WEIGHT, tv_prox.STEPS, tv=tv, threads=threads)
    assert mmf.tv_norm(found, tv=tv) < 0.9 * mmf.tv_norm(pixels, tv=tv)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", samples.TUTORIAL)
@pytest.mark.benchmark(group="whole job")
def test_whole_job(benchmark: BenchmarkFixture, name: str, threads: int) -> None:
    data, settings = samples.tutorial_data(name)
    whole_job.assert_correct(data, settings)
    benchmark(mmf.fuse, data, threads=threads, **settings)


@pytest.mark.parametrize("n", [1, 3, 11])
@pytest.mark.benchmark(group="elements at 512^2")
def test_elements(benchmark: BenchmarkFixture, n: int) -> None:
    result = benchmark(mmf.fuse, samples.random_data((512, 512), n), threads=1, n_iter=10)
    assert np.isfinite(result.costs).all()


@pytest.mark.benchmark(group="streaming at 1024^2")
def test_streaming(benchmark: BenchmarkFixture) -> None:
    data = samples.random_data((1024, 1024), 3)
    last = benchmark(lambda: list(mmf.fuse_iter(data, n_iter=5))[-1])
    assert last.iteration == 5
