"""Files as people have them: what they mean by a file is what is read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from cases.phantom import SHAPE, Images, phantom

FE_O = phantom()
HAADF, FE, O = FE_O.values()  # noqa: E741  # oxygen
NOISE = np.ones(SHAPE)


def npz(path: Path, arrays: Mapping[str, Any]) -> Path:
    np.savez(path / "data.npz", **arrays)
    return path / "data.npz"


def h5(path: Path, arrays: Mapping[str, Any], **options: Any) -> Path:
    with h5py.File(path / "data.h5", "w", **options) as file:
        for name, values in arrays.items():
            file[name] = values
    return path / "data.h5"


def require(data: mmf.FusionDataset, truth: Images) -> None:
    """The data are what a person means, each map under its symbol."""
    assert data.shape == truth["HAADF"].shape
    np.testing.assert_array_equal(data.haadf, truth["HAADF"].astype(np.float32))
    assert set(data.elements) == truth.keys() - {"HAADF"}
    for element, image in data.maps.items():
        np.testing.assert_array_equal(image, truth[element].astype(np.float32))


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(mmf.MMFusionReadError) as caught:
        mmf.load(path, **options)
    return str(caught.value)


def test_02_titles_of_dpc(tmp_path: Path) -> None:
    others = ("A-C", "B-D", "iDPC", "DF4-A")
    data = mmf.load(h5(tmp_path, FE_O | dict.fromkeys(others, NOISE)))
    require(data, FE_O)
    assert set(data.reader_notes.left_out) == set(others)


@pytest.mark.parametrize("word", ["align", "shifted", "reg", "v2"])
def test_03_one_word_in_all_names(tmp_path: Path, word: str) -> None:
    truth = phantom("Co", "In", "Pt")
    names = {name if name == "HAADF" else f"{name}_{word}": i for name, i in truth.items()}
    require(mmf.load(npz(tmp_path, names)), truth)


@pytest.mark.parametrize("write", [npz, h5])
def test_08_single_values_beside_the_images(tmp_path: Path, write: Callable[..., Path]) -> None:
    scalars = {"N": 12, "V": 200.0, "H": 36, "W": 44, "pixel_size": 0.05}
    unit = {"unit": "nm"} if write is npz else {}
    data = mmf.load(write(tmp_path, FE_O | scalars | unit))
    require(data, FE_O)
    assert data.pixel_size == 0.05
    assert data.reader_notes.sentences == ()


def test_10_two_lines_of_one_element(tmp_path: Path) -> None:
    path = npz(tmp_path, {"HAADF": HAADF, "Fe K": NOISE, "Fe L2,3": FE, "O K": O})
    assert "'Fe K', 'Fe L2,3' all stand for 'Fe'; choose one by its name" in refusal(path)
    require(mmf.load(path, elements=["Fe L2,3", "O K"]), FE_O)
    require(mmf.load(path, elements="Fe L2,3,O K"), FE_O)


def test_11_the_haadf_is_called_img1(tmp_path: Path) -> None:
    truth = phantom("C", "Fe", "Pt")
    names = dict(zip(("IMG1", "C K", "Fe K", "Pt M"), truth.values(), strict=True))
    path = npz(tmp_path, names)
    assert "tell which one it is with haadf=..." in refusal(path)
    require(mmf.load(path, haadf="IMG1"), truth)


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_13_other_case(tmp_path: Path, change: Callable[[str], str]) -> None:
    data = mmf.load(npz(tmp_path, {change(name): image for name, image in FE_O.items()}))
    require(data, FE_O)
    assert "Fe" in data.reader_notes.guessed


@pytest.mark.parametrize("survey", ["ADF Image (SI Survey)", "HAADF", "HAADF overview"])
def test_15_a_survey_of_another_shape(tmp_path: Path, survey: str) -> None:
    arrays = {survey: np.ones((64, 64)), "ADF Image": HAADF, "Fe": FE, "O": O}
    require(mmf.load(npz(tmp_path, arrays)), FE_O)


def test_16_detectors_and_maps_in_groups(tmp_path: Path) -> None:
    arrays = {"image/BF-S": NOISE, "image/HAADF": HAADF, "maps/Fe": FE, "maps/O": O}
    data = mmf.load(h5(tmp_path, arrays))
    require(data, FE_O)
    assert list(data.reader_notes.left_out) == ["BF-S"]


@pytest.mark.parametrize("unit", ["[n_m]", "nm"])
@pytest.mark.parametrize("top", ["data", "experiment/data"])
def test_21_a_group_for_each_image(tmp_path: Path, unit: str, top: str) -> None:
    path = tmp_path / "data.h5"
    with h5py.File(path, "w") as file:
        for name, image in FE_O.items():
            group = file.create_group(f"{top}/{name}")
            group["data"] = image.astype(np.float32)
            for number, length in enumerate(SHAPE, start=1):
                group[f"dim{number}"] = (np.arange(length) * 0.05).astype(np.float32)
                group[f"dim{number}"].attrs["units"] = unit
    data = mmf.load(path)
    require(data, FE_O)
    assert (data.pixel_size, data.unit) == (0.05, "nm")
    contents = mmf.inspect(path)
    assert (contents.pixel_size, contents.unit) == (0.05, "nm")
    require(mmf.load(path, elements=[f"{top}/Fe", f"{top}/O/data"]), FE_O)


def test_23_a_group_for_each_tilt(tmp_path: Path) -> None:
    arrays = {
        f"image {tilt}/{name}": image + (tilt != 1)
        for tilt in range(3)
        for name, image in FE_O.items()
    }
    angles = {f"image {tilt}/alpha tilt (deg)": tilt * 30.0 for tilt in range(3)}
    path = h5(tmp_path, arrays | angles)
    assert "'image 0', 'image 1', 'image 2'; choose one of them with group=" in refusal(path)
    require(mmf.load(path, group="image 1"), FE_O)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_25_an_axis_of_length_1(tmp_path: Path, axis: int) -> None:
    arrays = {name: np.expand_dims(image, axis) for name, image in FE_O.items()}
    require(mmf.load(h5(tmp_path, arrays)), FE_O)


def test_27_maps_transposed_against_the_haadf(tmp_path: Path) -> None:
    message = refusal(h5(tmp_path, {"HAADF": HAADF, "Fe": FE.T, "O": O.T}))
    assert "the maps are transposed against the HAADF image" in message
    assert "'HAADF' is 36 x 44, 'Fe' is 44 x 36, 'O' is 44 x 36" in message
    assert "write the file again with the maps transposed" in message


def test_28_an_ending_in_capitals(tmp_path: Path) -> None:
    path = npz(tmp_path, FE_O)
    require(mmf.load(path.rename(path.with_name("DATA.NPZ"))), FE_O)


@pytest.mark.parametrize("prefix", ["", "1245 SI HAADF 1245 20230412 "])
def test_29_a_folder_of_tiffs(tmp_path: Path, prefix: str) -> None:
    for name, image in FE_O.items():
        tifffile.imwrite(tmp_path / f"{prefix}{name}.tif", image.astype(np.float32), imagej=True,
                         resolution=(20, 20), metadata={"unit": "nm"})  # fmt: skip
    for source in (tmp_path, sorted(tmp_path.iterdir())):
        data = mmf.load(source)
        require(data, FE_O)
        assert (data.pixel_size, data.unit) == (0.05, "nm")


def test_46_types_and_orders(tmp_path: Path) -> None:
    truth = phantom("Fe", "O", "Pt")
    truth["HAADF"] = np.rint(truth["HAADF"])
    types = (">u2", "f2", ">f4", "u1")
    arrays = {n: np.asfortranarray(i.astype(t)) for (n, i), t in zip(truth.items(), types,
                                                                     strict=True)}  # fmt: skip
    require(mmf.load(npz(tmp_path, arrays)), truth)


def test_48_an_empty_map(tmp_path: Path) -> None:
    data = mmf.load(npz(tmp_path, FE_O | {"Au": np.zeros(SHAPE)}))
    with pytest.raises(mmf.MMFusionDataError, match="map 'Au' is constant"):
        mmf.fuse(data, n_iter=1)
    require(data.select(["Fe", "O"]), FE_O)


PIXEL_SIZES = {
    "61 a pair": ([0.05, 0.05], "nm", 0.05, "nm", ""),
    "61 three": ([0.05, 0.05, 0.05], "nm", 0.05, "nm", ""),
    "62 an uneven pair": ([0.1, 0.05], "nm", None, "nm", "0.1 x 0.05 are not square"),
    "63 none": (None, None, None, "pixel", "'pixel_size' is neither a number nor a text"),
    "66 metres": (3.6e-9, "m", 3.6e-9, "m", ""),
    "69 brackets": (0.05, "[n_m]", 0.05, "nm", ""),
    "micrometres in brackets": (0.05, "[u_m]", 0.05, "um", ""),
    "parentheses": (0.05, "(nm)", 0.05, "nm", ""),
    "per pixel": (0.05, "nm/pixel", 0.05, "nm", ""),
    "\u00b5m": (0.05, "\u00b5m", 0.05, "\u00b5m", ""),
    "angstrom": (0.5, "angstrom", 0.5, "angstrom", ""),
    "\u00c5": (0.5, "\u00c5", 0.5, "\u00c5", ""),
    "reciprocal": (0.5, "1/nm", None, "pixel", "'1/nm' is no unit of length"),
    "power": (0.5, "nm^-1", None, "pixel", "'nm^-1' is no unit of length"),
    "reciprocal in brackets": (0.5, "[1/n_m]", None, "pixel", "is no unit of length"),
    "negative": (-0.5, "nm", None, "pixel", "-0.5 is not one positive number"),
}


@pytest.mark.parametrize("case", PIXEL_SIZES.values(), ids=PIXEL_SIZES)
@pytest.mark.parametrize("write", [npz, h5], ids=["npz", "h5"])
def test_61_to_69_pixel_sizes(tmp_path: Path, case: Any, write: Callable[..., Path]) -> None:
    size, unit, expected, expected_unit, ignored = case
    if write is npz:
        path = npz(tmp_path, FE_O | {"pixel_size": np.array(size), "unit": np.array(unit)})
    else:
        path = h5(tmp_path, FE_O)
        with h5py.File(path, "a") as file:
            for name, value in {"pixel_size": size, "unit": unit}.items():
                file.attrs[name] = h5py.Empty("f8") if value is None else value
    data = mmf.load(path)
    require(data, FE_O)
    assert data.pixel_size == expected
    if expected is not None:
        assert data.unit == expected_unit
    if size is not None or write is npz:  # an attribute without a value states nothing
        assert ignored in data.reader_notes.ignored
        assert bool(ignored) == bool(data.reader_notes.ignored)


def test_67_attributes_of_the_data_sets(tmp_path: Path) -> None:
    path = h5(tmp_path, FE_O)
    with h5py.File(path, "a") as file:
        for values in file.values():
            values.attrs["pixel_size"], values.attrs["unit"] = 0.05, np.bytes_(b"nm")
    data = mmf.load(path)
    require(data, FE_O)
    assert (data.pixel_size, data.unit) == (0.05, "nm")


@pytest.mark.parametrize("compression", ["lzf", "gzip"])
def test_81_85_filters(tmp_path: Path, compression: str) -> None:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        for name, image in FE_O.items():
            file.create_dataset(name, data=image, chunks=(10, 10), maxshape=(None, None),
                                compression=compression, shuffle=True)  # fmt: skip
    require(mmf.load(tmp_path / "data.h5"), FE_O)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_82_83_other_zips(tmp_path: Path, method: int) -> None:
    stored = npz(tmp_path, FE_O)
    with (
        zipfile.ZipFile(stored) as source,
        zipfile.ZipFile(tmp_path / "other.npz", "w", method) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    message = refusal(tmp_path / "other.npz")
    assert "is compressed by method" in message
    assert "write the file again with numpy.savez" in message


def test_87_the_newest_hdf5(tmp_path: Path) -> None:
    path = h5(tmp_path, FE_O, libver="latest")
    require(mmf.load(path), FE_O)


CHOICES: dict[str, dict[str, Any]] = {
    "10": {"elements": ["Fe L2,3", "O K"]},
    "11": {"haadf": "IMG1"},
    "23": {"group": "image 1"},
    "48": {"elements": ["Fe", "O"]},
}
REFUSED = {"27": "transposed", "82": "compressed by method", "83": "compressed by method"}
CHECKED_ELSEWHERE = ("42", "43", "47")  # outliers, rims and NaN
FOLDER = os.environ.get("MMFUSION_CASES")
FILES = sorted((Path(FOLDER) / "files").iterdir()) if FOLDER else []


@pytest.mark.skipif(not FILES, reason="MMFUSION_CASES names no folder of cases")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_files_of_the_cases(path: Path) -> None:
    number = path.name.partition("_")[0]
    if number in CHECKED_ELSEWHERE:
        return
    if number in REFUSED:
        assert REFUSED[number] in refusal(path)
        return
    data = mmf.load(path, **CHOICES.get(number, {}))
    with np.load(path.parents[1] / "truth" / f"{path.name.partition('.')[0]}.npz") as truth:
        images = {name.upper() if name == "haadf" else name: truth[name] for name in truth.files}
    require(data, images)
