"""A result that is saved from its layers is the result that was fused."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.contributions.writer_hdf5 import write_hdf5
from napari_mmfusion.plugin.layers.results.file_layers import file_layers


@pytest.mark.parametrize(
    ("pixel_size", "unit"), [(0.1, "nm"), (0.25, "angstrom"), (3.0, "um"), (None, "pixel")]
)
@pytest.mark.parametrize("names", [("S", "Co", "O"), ("a/b", "Co", "CON")])
def test_it_loads_as_it_was(tmp_path, pixel_size, unit, names):
    sample = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    maps = dict(zip(names, sample.maps.values(), strict=True))
    data = mmf.FusionDataset(sample.haadf, maps, pixel_size, unit, source_sha256="ab" * 32)
    numbers = {name: 20 + k for k, name in enumerate(names)}
    result = mmf.fuse(data, n_iter=3, gamma=1.7, threshold=0.1, atomic_numbers=numbers)
    layers = file_layers(mmf.save(result, tmp_path / "first") / "Fused_Reconstruction.h5")
    (path,) = write_hdf5(str(tmp_path / "from layers.h5"), layers)
    again = mmf.load_result(path)
    assert again.params == result.params
    assert again.data.elements == names
    assert (again.data.pixel_size, again.data.unit) == (pixel_size, unit)
    assert again.data.source_sha256 == result.data.source_sha256
    assert dict(again.weights) == dict(result.weights)
    assert (again.lambda_haadf, again.stopped) == (result.lambda_haadf, result.stopped)
    np.testing.assert_array_equal(again.costs, result.costs)
    np.testing.assert_array_equal(again.haadf, result.haadf)
    np.testing.assert_array_equal(again.data.haadf, data.haadf)
    for name in names:
        np.testing.assert_array_equal(again.maps[name], result.maps[name])
        np.testing.assert_array_equal(again.data.maps[name], data.maps[name])


@pytest.mark.parametrize("n_iter", [2, 5])
def test_a_stopped_result_stays_stopped(tmp_path, n_iter):
    stop = mmf.StopFlag()

    def stop_at_second(iteration, _):
        if iteration == 2:
            stop.set()

    sample = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    result = mmf.fuse(sample, n_iter=n_iter, stop=stop, progress=stop_at_second)
    assert result.stopped == (n_iter == 5)
    layers = file_layers(mmf.save(result, tmp_path / "first") / "Fused_Reconstruction.h5")
    (path,) = write_hdf5(str(tmp_path / "from layers.h5"), layers)
    assert mmf.load_result(path).stopped == result.stopped


def test_pixels_left_out_stay_left_out(tmp_path):
    sample = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    mask = np.ones(sample.shape, bool)
    mask[3:8, 4:9] = False
    mask[-1, -1] = False
    result = mmf.fuse(sample.masked(mask), n_iter=3)
    layers = file_layers(mmf.save(result, tmp_path / "first") / "Fused_Reconstruction.h5")
    (path,) = write_hdf5(str(tmp_path / "from layers.h5"), layers)
    again = mmf.load_result(path)
    np.testing.assert_array_equal(again.data.mask, mask)
    for name in again.data.elements:
        np.testing.assert_array_equal(again.data.maps[name], result.data.maps[name])
    fused = mmf.fuse(again.data, n_iter=3).maps
    for name, image in result.maps.items():
        np.testing.assert_allclose(fused[name], image, atol=1e-6)  # layers are float32
