"""Whole results, read back from what `save` wrote."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io import layout
from napari_mmfusion.io.results.reader import load_result


@pytest.fixture
def saved(tmp_path):
    data = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    result = mmf.fuse(data, n_iter=5, gamma=1.7, atomic_numbers={"S": 17})
    return result, mmf.save(result, tmp_path / "results") / layout.RECONSTRUCTION


def test_a_result_comes_back_whole(saved):
    result, path = saved
    again = load_result(path)
    assert again.params == result.params
    assert again.data.elements == tuple(again.maps) == result.data.elements
    assert again.weights == result.weights
    assert again.lambda_haadf == result.lambda_haadf
    assert again.stopped is False
    np.testing.assert_array_equal(again.costs, result.costs)
    np.testing.assert_array_equal(again.haadf, result.haadf)
    for element in result.maps:
        np.testing.assert_array_equal(again.maps[element], result.maps[element])
        np.testing.assert_array_equal(again.data.maps[element], result.data.maps[element])


def test_other_files_are_no_results(write_npz, write_h5, images):
    assert load_result(write_npz(images)) is None
    assert load_result(write_h5(images)) is None


@pytest.mark.parametrize(
    "name", ["fused_haadf", "fused_Co", "costTV", "lambdaHAADF", "raw_O", "raw_haadf"]
)
@pytest.mark.parametrize("damage", ["missing", "other shape", "text"])
def test_a_damaged_result_is_refused_in_one_line(saved, name, damage):
    _, path = saved
    with h5py.File(path, "a") as file:
        del file[name]
        if damage == "other shape":
            file[name] = np.zeros((3, 3), np.float32)
        elif damage == "text":
            file[name] = "text"
    with pytest.raises(mmf.MMFusionReadError) as caught:
        load_result(path)
    assert str(caught.value).startswith(f"{path.name}: ")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", [layout.NAMES, layout.ELEMENTS, "weighting", "atomic_numbers"])
def test_damaged_attributes_are_refused(saved, name):
    _, path = saved
    with h5py.File(path, "a") as file:
        file.attrs[name] = "[" * 5000
    with pytest.raises(mmf.MMFusionReadError):
        load_result(path)


def test_a_small_file_cannot_fill_the_memory(saved):
    _, path = saved
    with h5py.File(path, "a") as file:
        del file["fused_haadf"]
        file.create_dataset(
            "fused_haadf", shape=(2**20, 2**20), dtype="f4", chunks=(1024, 1024), compression="gzip"
        )
    with pytest.raises(mmf.MMFusionReadError):
        load_result(path)
