"""Pixel sizes as files state them: lengths only, and one for all images of a data set."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.io.calibration import Calibration, check_calibration

LENGTHS = {
    "nm": "nm",
    "[n_m]": "nm",
    "(nm)": "nm",
    "nm/pixel": "nm",
    "Å": "Å",
    "A": "A",
    "Angstrom": "angstrom",
    "nanometers": "nanometers",
    "micron": "um",
    "inch": "inch",
    "px": "pixel",
    "Pixels": "pixel",
    "": "pixel",
}
OTHERS = ("px/nm", "1/nm", "nm^-1", "eV", "keV", "s", "mrad", "counts", "M", "NM", "lattice")


@pytest.mark.parametrize("unit", LENGTHS)
def test_units_of_length_are_taken(unit):
    assert check_calibration(0.5, unit) == (0.5, LENGTHS[unit], "")


@pytest.mark.parametrize("unit", OTHERS)
@pytest.mark.parametrize("kind", ["npz", "h5"])
def test_other_units_are_no_pixel_size(write_npz, write_h5, images, unit, kind):
    if kind == "npz":
        path = write_npz(images | {"pixel_size": 0.5, "unit": unit})
    else:
        path = write_h5(images)
        with h5py.File(path, "a") as file:
            file.attrs.update(pixel_size=0.5, unit=unit)
    data = mmf.load(path)
    assert (data.pixel_size, data.unit) == (None, "pixel")
    assert data.reader_notes.ignored == f"Pixel size ignored: {unit!r} is no unit of length."


def with_sizes(path, images, sizes):
    with h5py.File(path, "w") as file:
        for name, image in images.items():
            file[name] = image
            if name in sizes:
                size, unit = sizes[name]
                file[name].attrs.update(pixel_size=size, unit=unit)
    return path


@pytest.mark.parametrize(
    ("sizes", "expected", "says"),
    [
        (
            {"HAADF": (0.05, "nm"), "Co": (0.1, "nm")},
            (0.05, "nm"),
            "The pixel size of Co (0.1 nm) d",
        ),
        (
            {"HAADF": (0.05, "nm"), "Co": (0.05, "um")},
            (0.05, "nm"),
            "The pixel size of Co (0.05 um",
        ),
        ({"HAADF": (0.05, "nm"), "Co": (0.5, "A"), "O": (5e-5, "µm")}, (0.05, "nm"), ""),
        ({"HAADF": (0.05, "nm"), "Co": (0.05001, "nm")}, (0.05, "nm"), ""),
        ({"Co": (0.1, "nm"), "O": (0.1, "nm")}, (0.1, "nm"), ""),
        (
            {"Co": (0.1, "nm"), "O": (0.2, "nm")},
            (None, "pixel"),
            "Pixel size of the maps ignored: Co",
        ),
    ],
)
def test_pixel_sizes_that_differ_are_said(tmp_path, images, sizes, expected, says):
    path = with_sizes(tmp_path / "a.h5", images, sizes)
    data, contents = mmf.load(path), mmf.inspect(path)
    assert (data.pixel_size, data.unit) == expected
    assert data.reader_notes.ignored.startswith(says)
    assert bool(data.reader_notes.ignored) == bool(says)
    assert contents.reader_notes.ignored == data.reader_notes.ignored


def test_pixel_sizes_of_files_that_differ_are_said(tmp_path, images):
    for name, image in images.items():
        resolution = (20, 20) if name == "HAADF" else (10, 10)
        tifffile.imwrite(
            tmp_path / f"{name}.tif",
            image.astype(np.float32),
            imagej=True,
            resolution=resolution,
            metadata={"unit": "nm"},
        )
    data = mmf.load(tmp_path)
    assert data.pixel_size == 0.05
    assert data.reader_notes.ignored == (
        "The pixel size of Co (0.1 nm), O (0.1 nm) differs from that of the HAADF image (0.05 nm),"
        " which is used."
    )


def test_a_size_without_unit_is_compared_as_a_number():
    from napari_mmfusion.io.calibration import agreed

    haadf = Calibration(0.05, "nm")
    assert agreed(haadf, {"Co": Calibration(0.05, "pixel")}) == haadf
    assert agreed(haadf, {"Co": Calibration(0.1, "pixel")}).ignored
