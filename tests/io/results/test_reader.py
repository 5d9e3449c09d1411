"""Whole results, read back from what `save` wrote."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io import layout


@pytest.fixture
def saved(tmp_path):
    data = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    result = mmf.fuse(data, n_iter=5, gamma=1.7, atomic_numbers={"S": 17})
    return result, mmf.save(result, tmp_path / "results") / layout.RECONSTRUCTION


def test_a_file_of_another_name_is_read_too(saved):
    result, path = saved
    again = mmf.load_result(path.rename(path.with_name("my sample.h5")))
    assert again.data.name == result.data.name == "core-shell"


@pytest.mark.parametrize("write", ["write_npz", "write_h5"])
def test_other_files_are_no_results(request, images, write):
    path = request.getfixturevalue(write)(images)
    with pytest.raises(mmf.MMFusionReadError) as caught:
        mmf.load_result(path)
    assert str(caught.value).startswith(f"{path.name}: holds no parameters, expected a Fused_Recon")
    assert "give one that mmf.save wrote, or read images to fuse with mmf.load" in str(caught.value)


def test_results_of_the_tutorial_have_no_parameters(write_h5):
    images = {f"{kind}_{name}": np.eye(3) for kind in ("raw", "fused") for name in ("haadf", "Sc")}
    path = write_h5(images, "Fused_Reconstruction.h5")
    with pytest.raises(mmf.MMFusionReadError, match=r"published tutorial.*mmf\.load"):
        mmf.load_result(path)
    assert mmf.load(path).elements == ("Sc",)


def test_a_folder_without_a_result(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(mmf.MMFusionReadError) as caught:
        mmf.load_result(tmp_path / "empty")
    assert str(caught.value) == (
        "empty: is a folder without Fused_Reconstruction.h5; give a folder that mmf.save wrote,"
        " or a file"
    )


def test_a_missing_path(tmp_path):
    with pytest.raises(mmf.MMFusionReadError, match="there is no such file"):
        mmf.load_result(tmp_path / "missing")


def test_weights_are_those_in_the_file(tmp_path, make_result):
    """Another version might compute others."""
    result = make_result()
    assert mmf.load_result(mmf.save(result, tmp_path)).weights == {"Co": 0.5, "O": 1.5}


def test_weights_that_a_file_lacks_are_computed(saved):
    result, path = saved
    with h5py.File(path, "a") as file:
        del file.attrs["element_weights"]
    assert mmf.load_result(path).weights == result.weights


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("element_weights", [1.0], "attribute 'element_weights': expected 3 numbers, not 1"),
        ("element_weights", np.eye(3), "expected a list of numbers"),
        ("element_weights", "text", "expected a list of numbers"),
        ("offsets", [0.0], "attribute 'offsets': damaged"),
        ("offsets", [np.nan] * 4, "attribute 'offsets': damaged"),
        ("scales", [0.0] * 4, "attributes 'offsets' and 'scales': damaged"),
        ("scales", [1e9] * 4, "attributes 'offsets' and 'scales': damaged"),
        ("scales", [-1.0] * 4, "attributes 'offsets' and 'scales': damaged"),
        ("calibration_json", "[1", "attribute 'calibration_json': damaged"),
        ("calibration_json", '["1", "nm"]', "attribute 'calibration_json': damaged"),
        ("calibration_json", "[1, 2]", "attribute 'calibration_json': damaged"),
        ("input_name_json", "{", "attribute 'input_name_json': expected a text"),
        ("input_name_json", "1", "attribute 'input_name_json': expected a text"),
        ("input_name_json", "[" * 5000, "attribute 'input_name_json': expected a text"),
        ("elements", '["Co", "Co", "O"]', "'elements' and 'names'"),
        ("names", '["Co", "Co", "O"]', "'elements' and 'names'"),
    ],
)
def test_damaged_attributes_are_named(saved, name, value, says):
    _, path = saved
    with h5py.File(path, "a") as file:
        file.attrs[name] = value
    with pytest.raises(mmf.MMFusionReadError) as caught:
        mmf.load_result(path)
    assert says in str(caught.value)
    assert "again" in str(caught.value)


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
        mmf.load_result(path)
    assert str(caught.value).startswith(f"{path.name}: ")
    assert repr(name) in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", [layout.NAMES, layout.ELEMENTS, "weighting", "atomic_numbers"])
def test_damaged_attributes_are_refused(saved, name):
    _, path = saved
    with h5py.File(path, "a") as file:
        file.attrs[name] = "[" * 5000
    with pytest.raises(mmf.MMFusionReadError):
        mmf.load_result(path)


def test_a_small_file_cannot_fill_the_memory(saved):
    _, path = saved
    with h5py.File(path, "a") as file:
        del file["fused_haadf"]
        file.create_dataset(
            "fused_haadf", shape=(2**20, 2**20), dtype="f4", chunks=(1024, 1024), compression="gzip"
        )
    with pytest.raises(mmf.MMFusionReadError):
        mmf.load_result(path)


@pytest.mark.parametrize("values", [np.zeros((2, 2)), np.full((20, 24), np.nan), "text"])
@pytest.mark.parametrize("name", ["normalised_Co", "true_Co", "normalised_haadf"])
def test_damaged_parts_of_the_data_are_refused(tmp_path, name, values):
    rng = np.random.default_rng(2)
    haadf, co = (rng.random((20, 24)) + 1e6 for _ in range(2))
    data = mmf.FusionDataset(haadf, {"Co": co}, truth={"Co": co})
    path = mmf.save(mmf.fuse(data, n_iter=2), tmp_path / "saved") / layout.RECONSTRUCTION
    with h5py.File(path, "a") as file:
        del file[name]
        file[name] = values
    with pytest.raises(mmf.MMFusionReadError, match=r"again|finite"):
        mmf.load_result(path)
