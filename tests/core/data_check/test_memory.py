"""The memory that checks take."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import napari_mmfusion as mmf


@pytest.mark.parametrize("scale", [1, 0.0137], ids=["counts", "no counts"])
def test_checks_need_little_more_memory_than_the_images(scale: float) -> None:
    rng = np.random.default_rng(0)
    y, x = np.ogrid[:2048, :2048]
    lattice = 1.2 + np.cos(2 * np.pi * x / 9) * np.cos(2 * np.pi * y / 9)
    maps = {name: rng.poisson(k * lattice).astype(np.float32) for name, k in (("Ti", 5), ("O", 9))}
    maps["Ti"] = maps["Ti"] * np.float32(scale)
    maps["Ti"][100, 100] = 50 * maps["Ti"].max()
    data = mmf.FusionDataset(rng.poisson(500 * lattice), maps)
    mmf.check(mmf.simulate("core-shell", shape=(64, 64)))  # imports
    tracemalloc.start()
    try:
        assert [finding.kind for finding in mmf.check(data)] == ["spikes"]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    images = 3 * data.haadf.nbytes
    assert peak < 4 * images  # the registration takes as much for any image of this size or more
