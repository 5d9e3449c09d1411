"""TIFF files as one data set: several, a folder, the channels of one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.io.tiff import Channel, write_tiff
from openings import openings_of

IMAGES = {name: np.arange(20, dtype=np.float32).reshape(4, 5) + k for k, name in
          enumerate(("HAADF", "Fe", "O"))}  # fmt: skip
NM = {"imagej": True, "resolution": (20, 20), "metadata": {"unit": "nm"}}


def write(folder: Path, names: dict[str, str] | None = None, **options: Any) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{(names or {}).get(name, name)}.tif" for name in IMAGES]
    for path, image in zip(paths, IMAGES.values(), strict=True):
        tifffile.imwrite(path, image, **options)
    return paths


def require_images(data: mmf.FusionDataset) -> None:
    assert set(data.elements) == {"Fe", "O"}
    np.testing.assert_array_equal(data.haadf, IMAGES["HAADF"])
    for name, image in data.maps.items():
        np.testing.assert_array_equal(image, IMAGES[name])


@pytest.mark.parametrize("as_input", [list, lambda paths: paths[0].parent, lambda p: map(str, p)])
def test_several_files_and_a_folder(tmp_path: Path, as_input: Callable[[Any], Any]) -> None:
    source = as_input(write(tmp_path / "run 7.2", **NM))
    data = mmf.load(source if isinstance(source, Path) else list(source))
    require_images(data)
    assert (data.pixel_size, data.unit, data.name) == (0.05, "nm", "run 7.2")
    assert data.source_sha256 is not None


def test_the_checksum_is_that_of_all_files(tmp_path: Path) -> None:
    paths = write(tmp_path)
    before = mmf.load(tmp_path).source_sha256
    assert before == mmf.load(sorted(paths)).source_sha256
    tifffile.imwrite(tmp_path / "Fe.tif", IMAGES["Fe"] * 2)
    assert mmf.load(tmp_path).source_sha256 != before


def test_a_batch_with_one_prefix(tmp_path: Path) -> None:
    prefix = "1245 SI HAADF 1245 20230412"
    write(tmp_path, {name: f"{prefix} {name}" for name in IMAGES})
    require_images(mmf.load(tmp_path))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (NM, (0.05, "nm")),
        ({**NM, "metadata": {"unit": "micron"}}, (0.05, "um")),
        ({**NM, "metadata": {"unit": "\\u00B5m"}}, (0.05, "\u00b5m")),
        ({**NM, "metadata": {"unit": "1/nm"}}, (None, "pixel")),
        ({**NM, "metadata": {"unit": "pixel"}}, (None, "pixel")),
        ({**NM, "resolution": (20, 10)}, (None, "pixel")),
        ({"resolution": (1e7, 1e7), "resolutionunit": "CENTIMETER"}, (1.0, "nm")),
        ({"resolution": (72, 72), "resolutionunit": "INCH"}, (None, "pixel")),
        ({}, (None, "pixel")),
        (
            {"ome": True, "metadata": {"axes": "YX", "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.25,
                                       "PhysicalSizeXUnit": "nm", "PhysicalSizeYUnit": "nm"}},
            (0.25, "nm"),
        ),
        ({"ome": True, "metadata": {"axes": "YX", "PhysicalSizeX": 0.5}}, (0.5, "\u00b5m")),
    ],
)  # fmt: skip
def test_the_pixel_size(tmp_path: Path, options: dict[str, Any], expected: Any) -> None:
    write(tmp_path, **options)
    data = mmf.load(tmp_path)
    require_images(data)
    assert (data.pixel_size, data.unit) == expected
    contents = mmf.inspect(tmp_path)
    assert contents.reader_notes == data.reader_notes


def test_files_that_state_no_pixel_size_have_that_of_the_others(tmp_path: Path) -> None:
    write(tmp_path, **NM)
    tifffile.imwrite(tmp_path / "HAADF.tif", IMAGES["HAADF"])
    assert mmf.load(tmp_path).pixel_size == 0.05


def test_uneven_pixels_are_said(tmp_path: Path) -> None:
    write(tmp_path, **{**NM, "resolution": (20, 10)})
    ignored = mmf.load(tmp_path).reader_notes.ignored
    assert ignored == "Pixel size ignored: pixels of 0.1 x 0.05 are not square."


def test_the_channels_of_a_hyperstack(tmp_path: Path) -> None:
    path = tmp_path / "all.tif"
    channels = [Channel(name, image) for name, image in IMAGES.items()]
    write_tiff(path, channels, pixel_size=(0.05, 0.05), unit="nm")
    data = mmf.load(path)
    require_images(data)
    assert (data.pixel_size, data.unit, data.name) == (0.05, "nm", "all")


def test_the_channels_of_an_ome_tiff(tmp_path: Path) -> None:
    stack = np.stack(list(IMAGES.values()))
    metadata = {"axes": "CYX", "Channel": {"Name": list(IMAGES)}}
    tifffile.imwrite(tmp_path / "all.ome.tif", stack, ome=True, metadata=metadata)
    require_images(mmf.load(tmp_path / "all.ome.tif"))


def test_a_stack_without_labels_is_no_image(tmp_path: Path) -> None:
    write(tmp_path)
    tifffile.imwrite(tmp_path / "Co.tif", np.stack([IMAGES["Fe"]] * 2))
    data = mmf.load(tmp_path)
    assert data.reader_notes.left_out == {"Co": "it is 2 x 4 x 5, unlike the HAADF image"}


def test_colour_pictures_are_said_to_be_no_counts(tmp_path: Path, refusal: Any) -> None:
    write(tmp_path)
    tifffile.imwrite(tmp_path / "O.tif", np.zeros((4, 5, 3), np.uint8), photometric="rgb")
    message = refusal(tmp_path)
    assert "'O': is a colour picture, no counts; export the map as numbers" in message
    assert mmf.load(tmp_path, elements=["Fe"]).elements == ("Fe",)


def test_results_are_no_data(tmp_path: Path, make_result: Any, refusal: Any) -> None:
    folder = mmf.save(make_result(), tmp_path / "out")
    assert "is a folder of results; give the Fused_Reconstruction.h5 in it" in refusal(folder)
    (folder / "Fused_Reconstruction.h5").unlink()
    assert "fused images, which are no measurements" in refusal(folder)


def test_other_files_are_not_read_together(tmp_path: Path) -> None:
    paths = [*write(tmp_path), tmp_path / "a.npz"]
    np.savez(paths[-1], **IMAGES)
    with pytest.raises(mmf.MMFusionReadError, match=r"'a\.npz' is no TIFF file, and only these"):
        mmf.load(paths)
    with pytest.raises(mmf.MMFusionReadError, match="no file is named"):
        mmf.load([])
    assert mmf.load(tmp_path / "a.npz").elements == ("Fe", "O")


OME = """<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:a">
<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="float" SizeX="5" SizeY="4"
 SizeC="2" SizeZ="1" SizeT="1">
<TiffData IFD="0" FirstC="0" PlaneCount="1"><UUID FileName="Fe.tif">urn:uuid:a</UUID>
</TiffData><TiffData IFD="0" FirstC="1" PlaneCount="1"><UUID FileName="other.ome.tif">urn:uuid:b
</UUID></TiffData></Pixels></Image></OME>"""


def test_an_ome_tiff_leads_to_no_other_file(tmp_path: Path) -> None:
    paths = write(tmp_path)
    tifffile.imwrite(paths[1], IMAGES["Fe"], description=OME, metadata=None)
    tifffile.imwrite(tmp_path / "other.ome.tif", IMAGES["O"], description=OME, metadata=None)
    with openings_of(tmp_path / "other.ome.tif") as openings:
        mmf.inspect(paths)
        with suppress(mmf.MMFusionReadError):
            mmf.load(paths)
    assert openings == []


@pytest.mark.parametrize("damage", ["cut", "words", "zeros"])
def test_damaged_files_are_refused(tmp_path: Path, refusal: Any, damage: str) -> None:
    path = write(tmp_path)[1]
    content = path.read_bytes()
    changed = {"cut": content[:60], "words": b"II*\0" + b"\xff" * 90, "zeros": b"\0" * 90}
    path.write_bytes(changed[damage])
    message = refusal(tmp_path)
    assert "'Fe.tif'" in message


def test_every_byte_may_be_damaged(tmp_path: Path) -> None:
    write(tmp_path, **NM)
    path = tmp_path / "Fe.tif"
    content = path.read_bytes()
    header = content[: len(content) - IMAGES["Fe"].nbytes]
    outcomes = set()
    for place in range(len(header)):
        for value in (0, 1, 0x7F, 0xFF):
            path.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
            try:
                outcomes.add(mmf.load(tmp_path).elements)
            except mmf.MMFusionError as error:
                outcomes.add(type(error).__name__)
    assert ("Fe", "O") in outcomes or ("O", "Fe") in outcomes
    assert "MMFusionReadError" in outcomes


def written(folder: Path, images: dict[str, Any], **options: Any) -> list[Path]:
    for name, image in images.items():
        (folder / name).parent.mkdir(exist_ok=True)
        tifffile.imwrite(folder / name, np.asarray(image, np.float32), **options)
    return [folder / name for name in images]


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = ("HAADF.tif", "A/Fe.tif", "B/Fe.tif")
    images = {name: rng.random((6, 7)) for name in names}
    paths = written(tmp_path, images)
    with pytest.raises(mmf.MMFusionReadError, match=r"'A/Fe\.tif', 'B/Fe\.tif' all stand for 'Fe'"):
        mmf.load(paths)
    with pytest.raises(mmf.MMFusionReadError, match="2 images are called 'Fe': 'A/Fe"):
        mmf.load(paths, elements=["Fe"])
    for name in names[1:]:
        data = mmf.load(paths, elements=[name])
        np.testing.assert_array_equal(data.maps["Fe"], images[name].astype(np.float32))
    assert [item.name for item in mmf.inspect(paths).items] == ["HAADF", *names[1:]]


def test_two_endings_of_one_name_are_told_apart(tmp_path: Path) -> None:
    images = {"HAADF.tif": np.eye(5), "HAADF.tiff": 2 * np.eye(5), "Fe.tif": np.eye(5)}
    written(tmp_path, images)
    with pytest.raises(mmf.MMFusionReadError, match=r"'HAADF\.tif', 'HAADF\.tiff'; choose"):
        mmf.load(tmp_path)
    with pytest.raises(mmf.MMFusionReadError, match="2 images are called 'HAADF'"):
        mmf.load(tmp_path, haadf="HAADF")
    data = mmf.load(tmp_path, haadf="HAADF.tiff")
    assert data.haadf.max() == 2
    assert list(data.reader_notes.left_out) == ["HAADF.tif"]


def test_each_file_has_its_own_pixel_size(tmp_path: Path) -> None:
    metadata = {"unit": "nm"}
    paths = written(
        tmp_path, {"A/HAADF.tif": np.eye(6)}, imagej=True, resolution=(2, 2), metadata=metadata
    )
    paths += written(
        tmp_path,
        {"B/HAADF.tif": np.eye(6), "Fe.tif": np.eye(6)},
        imagej=True,
        resolution=(4, 4),
        metadata=metadata,
    )
    for name, size in (("A/HAADF.tif", 0.5), ("B/HAADF.tif", 0.25)):
        assert mmf.load(paths, haadf=name).pixel_size == size


def test_a_file_named_twice_is_one(tmp_path: Path) -> None:
    paths = written(tmp_path, {"HAADF.tif": np.eye(6), "Fe.tif": np.eye(6)})
    assert mmf.load([*paths, str(paths[1])]) == mmf.load(paths)


def test_images_of_other_shapes_with_a_role_are_said_to_be_left_out(tmp_path: Path) -> None:
    images = {"HAADF.tif": np.eye(6), "Fe.tif": np.eye(6), "Fe_K.tif": np.eye(9)}
    written(tmp_path, images | {"ADF survey.tif": np.eye(8)})
    assert dict(mmf.load(tmp_path).reader_notes.left_out) == {
        "ADF survey": "it is 8 x 8, unlike the HAADF image",
        "Fe_K": "it is 9 x 9, unlike the HAADF image",
    }
