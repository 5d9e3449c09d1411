"""Images with notes in one HDF5 file."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.hdf5 import writing
from napari_mmfusion.io.layers_file import (
    NamedImage,
    is_layers_file,
    read_layers,
    write_layers_file,
)

NM = Calibration(0.1, "nm")


def read(path):
    with open_file(path) as file:
        assert is_layers_file(file)
        return read_layers(file)


@pytest.fixture
def named(images):
    order = ("O", "HAADF", "Co")
    return [
        NamedImage(name, images[name].astype(np.float32), {"name": f"my {name}", "n": [1, 2]})
        for name in order
    ]


@pytest.fixture
def path(tmp_path, named):
    write_layers_file(tmp_path / "layers.h5", named, NM)
    return tmp_path / "layers.h5"


def test_images_come_back_in_order_with_their_notes(path, named):
    again = read(path)
    assert [each.name for each in again] == ["O", "HAADF", "Co"]
    for one, other in zip(again, named, strict=True):
        assert one.note == other.note
        np.testing.assert_array_equal(one.image, other.image)


def test_what_is_a_data_set_loads_as_one(path):
    data = mmf.load(path)
    assert data.elements == ("O", "Co")
    assert (data.pixel_size, data.unit) == (0.1, "nm")


@pytest.mark.parametrize("unit", ["pm", "\N{MICRO SIGN}m"])
def test_the_unit_is_that_of_the_layers(tmp_path, named, unit):
    write_layers_file(tmp_path / "layers.h5", named, Calibration(0.25, unit))
    data = mmf.load(tmp_path / "layers.h5")
    assert (data.pixel_size, data.unit) == (0.25, unit)


def test_files_of_other_programs_are_not_layers_files(write_npz, write_h5, images):
    for path in (write_npz(images), write_h5(images)):
        with open_file(path) as file:
            assert not is_layers_file(file)


@pytest.mark.parametrize("note", ["", "[1]", "{", "[" * 50_000])
def test_damaged_notes_are_refused(path, note):
    with h5py.File(path, "a") as file:
        file.attrs["note_Co"] = note
    with pytest.raises(mmf.MMFusionReadError, match=r"layers\.h5: the notes"):
        read(path)


def test_anything_but_images_is_refused(path):
    with h5py.File(path, "a") as file:
        file["more"] = np.arange(3)
    with pytest.raises(mmf.MMFusionReadError, match="'more': not a two-dimensional image"):
        read(path)


def test_a_disk_that_changes_bits_is_noticed(tmp_path, named, monkeypatch):
    def spoil(path, content):
        path.write_bytes(bytes(content))
        with h5py.File(path, "a") as file:
            file["Co"][0, 0] += 1

    monkeypatch.setattr(writing, "write_flushed", spoil)
    with pytest.raises(mmf.MMFusionWriteError, match=r"a\.h5: reads back differently"):
        write_layers_file(tmp_path / "a.h5", named, NM)
