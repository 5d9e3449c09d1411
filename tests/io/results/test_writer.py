from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io import load_parameters
from napari_mmfusion.io.hdf5 import writing
from napari_mmfusion.io.results.writer import write_result_file

MakeResult = Callable[..., mmf.FusionResult]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(result: mmf.FusionResult) -> Path:
        path = tmp_path / "Fused_Reconstruction.h5"
        write_result_file(path, result)
        return path

    return write


def test_data_sets_have_the_names_and_types_of_the_contract(
    written: Callable[..., Path], make_result: MakeResult
) -> None:
    result = make_result()
    with h5py.File(written(result)) as file:
        stored = {name: item[()] for name, item in file.items()}
        checked = {name for name, item in file.items() if item.fletcher32}
    images = {
        "raw_haadf": result.data.haadf,
        "fused_haadf": result.haadf,
        "raw_Co": result.data.maps["Co"],
        "fused_Co": result.maps["Co"],
        "raw_O": result.data.maps["O"],
        "fused_O": result.maps["O"],
    }
    numbers = {"lambdaHAADF": 0.5, "lambdaChem": 0.08, "lambdaTV": 0.15, "gamma": 1.6}
    assert set(stored) == {*images, *numbers, "costHAADF", "costChem", "costTV"}
    assert checked == set(images)
    for name, image in images.items():
        assert stored[name].dtype == np.float32
        assert stored[name].tobytes() == image.tobytes()
    for name, number in numbers.items():
        assert stored[name].shape == ()
        assert stored[name] == number
    for column, name in enumerate(("costHAADF", "costChem", "costTV")):
        assert stored[name].dtype == np.float64
        np.testing.assert_array_equal(stored[name], result.costs[:, column])


def test_attributes_state_the_origin_of_the_result(
    written: Callable[..., Path], make_result: MakeResult
) -> None:
    result = make_result(name="my map", params=mmf.FusionParameters(n_iter=6, threshold=0.2))
    with h5py.File(written(result)) as file:
        stored = dict(file.attrs)
    assert stored["creator"] == "napari-mmfusion"
    assert stored["version"] == mmf.__version__
    assert stored["numpy_version"] == np.__version__
    assert stored["h5py_version"] == h5py.__version__
    assert stored["input_sha256"] == "ab" * 32
    assert stored["input_name"] == "my map"
    assert json.loads(stored["elements"]) == ["Co", "O"]
    np.testing.assert_array_equal(stored["element_weights"], [0.5, 1.5])
    assert (stored["pixel_size"], stored["unit"]) == (0.05, "nm")
    assert not stored["stopped"]
    assert (stored["n_iter"], stored["n_iter_tv"]) == (6, 3)
    assert (stored["background"], stored["threshold"]) == (0.24, 0.2)
    assert (stored["weighting"], stored["tv"], stored["solver"]) == (
        "z/mean",
        "isotropic",
        "tutorial",
    )
    assert stored["regularize"]
    assert isinstance(stored["lambda_haadf"], h5py.Empty)


def test_every_parameter_is_in_the_file(
    written: Callable[..., Path], make_result: MakeResult
) -> None:
    with h5py.File(written(make_result())) as file:
        stored = {*file.attrs, *file}
    datasets = {"gamma": "gamma", "lambda_chem": "lambdaChem", "lambda_tv": "lambdaTV"}
    assert {datasets.get(name, name) for name in mmf.FusionParameters.names()} <= stored


@pytest.mark.parametrize(
    "params",
    [
        mmf.FusionParameters(),
        mmf.FusionParameters(
            gamma=1.7,
            weighting="z^gamma/sum",
            lambda_haadf=0.1 + 0.2,
            lambda_chem=1e-3,
            lambda_tv=0.0,
            n_iter=7,
            n_iter_tv=0,
            background=0.01,
            threshold=0.2,
            tv="anisotropic",
            regularize=False,
            atomic_numbers={"Co": 27, "\u0398": 9},
        ),
    ],
)
def test_parameters_come_back(
    written: Callable[..., Path], make_result: MakeResult, params: mmf.FusionParameters
) -> None:
    restored = load_parameters(written(make_result(params=params)))
    assert restored == params
    assert restored.as_dict() == params.as_dict()


def test_parameters_of_another_file(write_h5: Callable[..., Path]) -> None:
    path = write_h5({"gamma": 1.6, "raw_haadf": np.eye(2)})
    with pytest.raises(mmf.MMFusionReadError, match=r"^data\.h5: holds no parameters.*mmf\.save"):
        load_parameters(path)


def test_parameters_of_an_npz(write_npz: Callable[..., Path], images: dict[str, Any]) -> None:
    with pytest.raises(mmf.MMFusionReadError, match=r"^data\.npz: holds no parameters"):
        load_parameters(write_npz(images))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("n_iter", -1, "n_iter must be a whole number"),
        ("weighting", "loud", "weighting must be one of"),
        ("atomic_numbers", "{", "damaged parameters"),
        ("tv", np.array([1, 2]), "attribute 'tv': expected a single number or a text"),
    ],
)
def test_damaged_parameters(
    written: Callable[..., Path], make_result: MakeResult, name: str, value: Any, message: str
) -> None:
    path = written(make_result())
    with h5py.File(path, "a") as file:
        file.attrs[name] = value
    with pytest.raises(mmf.MMFusionReadError) as caught:
        load_parameters(path)
    assert str(caught.value).startswith("Fused_Reconstruction.h5: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("value", [None, np.eye(2)])
def test_a_missing_number(
    written: Callable[..., Path], make_result: MakeResult, value: Any
) -> None:
    path = written(make_result())
    with h5py.File(path, "a") as file:
        del file["gamma"]
        if value is not None:
            file["gamma"] = value
    with pytest.raises(mmf.MMFusionReadError, match="'gamma': expected a single number"):
        load_parameters(path)


@pytest.mark.parametrize("names", ['["Co"]', "not JSON", "{}", "[[[["])
def test_damaged_names(
    written: Callable[..., Path], make_result: MakeResult, names: str, refusal: Callable[..., str]
) -> None:
    path = written(make_result())
    with h5py.File(path, "a") as file:
        file.attrs["names"] = names
    message = refusal(path)
    assert "'elements' and 'names': expected two JSON lists of one length" in message


def test_the_same_result_is_the_same_file(
    written: Callable[..., Path], make_result: MakeResult
) -> None:
    result = make_result()
    assert written(result).read_bytes() == written(result).read_bytes()


@pytest.mark.parametrize("place", ["fused_Co", "costTV", "gamma", "stopped"])
def test_a_file_that_reads_back_differently(
    tmp_path: Path, make_result: MakeResult, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def spoil(path: Path, content: Any) -> None:
        path.write_bytes(content)
        with h5py.File(path, "a") as file:
            if place in file:
                file[place][...] += 1
            else:
                file.attrs[place] = True

    monkeypatch.setattr(writing, "write_flushed", spoil)
    with pytest.raises(mmf.MMFusionWriteError, match="reads back differently"):
        write_result_file(tmp_path / "x.h5", make_result())
