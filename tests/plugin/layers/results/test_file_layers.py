"""What a file may state about its layers, and what is refused."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_plugins import discover_plugins

components = pytest.importorskip("napari.components")

from napari_mmfusion.io.calibration import Calibration  # noqa: E402
from napari_mmfusion.io.layers_file import NamedImage, write_layers_file  # noqa: E402
from napari_mmfusion.plugin.contributions.reader import get_reader  # noqa: E402
from napari_mmfusion.plugin.layers.results.file_layers import add_file, file_layers  # noqa: E402

HOSTILE_NAMES = ["../../evil", "/etc/passwd", "a\nb", "CON", "x" * 300, "", "..", "C:\\evil", "O\0"]


def write(path, note, name="Sc"):
    image = np.eye(4, dtype=np.float32)
    write_layers_file(path, [NamedImage(name, image, note)], Calibration(None, "pixel"))
    return path


@pytest.mark.parametrize(
    "note",
    [
        {"pixel_size": [float("nan"), 1], "unit": "nm"},
        {"pixel_size": [-1, 1], "unit": "nm"},
        {"pixel_size": [10**400, 1], "unit": "nm"},
        {"pixel_size": "ab", "unit": "nm"},
        {"pixel_size": [1, 1, 1], "unit": "nm"},
        {"pixel_size": [1, 1], "unit": "9**9**9"},
        {"pixel_size": [1, 1], "unit": ["nm"]},
        {"look": "red"},
        {"look": {"colormap": "no such", "blending": "no such", "contrast_limits": [1, 0]}},
        {"look": {"colormap": {"colors": []}, "blending": [], "contrast_limits": ["a", "b"]}},
        {"look": {"contrast_limits": [float("nan"), 1]}},
        {"look": {"contrast_limits": [0, 10**400]}},
        {"mmfusion": "text"},
        {"mmfusion": {"element": ["Sc"]}},
        {"name": {"a": 1}},
    ],
    ids=str,
)
def test_invalid_notes_are_ignored(tmp_path, note):
    viewer = components.ViewerModel()
    (layer,) = add_file(viewer, write(tmp_path / "a.h5", note))
    assert tuple(layer.scale) == (1, 1)
    assert tuple(layer.contrast_limits) == (0, 1)
    assert layer.colormap.name == "gray"
    assert "mmfusion" not in layer.metadata


def test_names_in_a_file_cannot_lead_out_of_a_folder(tmp_path):
    images = [
        NamedImage(f"n{i}", np.eye(3, dtype=np.float32), {"name": name})
        for i, name in enumerate(HOSTILE_NAMES)
    ]
    write_layers_file(tmp_path / "a.h5", images, Calibration(None, "pixel"))
    viewer = components.ViewerModel()
    discover_plugins()
    add_file(viewer, tmp_path / "a.h5")
    before = {path for path in tmp_path.parent.rglob("*") if path.is_file()}
    # napari takes a dot in a name for an ending and then writes nothing.
    for layer in viewer.layers:
        assert layer.name.isprintable()
        assert not set(layer.name) & set("/\\:")
        layer.name = layer.name.replace(".", "_")
    folder = tmp_path / "deep" / "folder"
    assert len(viewer.layers.save(str(folder), plugin="napari")) == len(HOSTILE_NAMES)
    inside = {path for path in folder.iterdir() if path.is_file()}
    assert len(inside) == len(HOSTILE_NAMES)
    assert {path for path in tmp_path.parent.rglob("*") if path.is_file()} == before | inside


def test_choosing_elements_reads_what_was_measured(tmp_path):
    data = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    folder = mmf.save(mmf.fuse(data, n_iter=2), tmp_path / "results")
    path = folder / "Fused_Reconstruction.h5"

    def names(**options):
        return [attributes["name"] for _, attributes, _ in file_layers(path, **options)]

    assert names(elements=["O"]) == ["HAADF", "O"]
    measured = ["HAADF", "Co", "S", "O"]
    fused = ["HAADF model", "Co fused", "S fused", "O fused"]
    assert names(elements=None, group=None) == names() == measured + fused


def test_the_tutorials_own_results_open_as_measured_data(tmp_path):
    with h5py.File(tmp_path / "Fused_Reconstruction.h5", "w") as file:
        for name in ("raw_haadf", "fused_haadf", "raw_Sc", "fused_Sc"):
            file[name] = np.eye(4)
    layers = file_layers(tmp_path / "Fused_Reconstruction.h5")
    assert [attributes["name"] for _, attributes, _ in layers] == ["HAADF", "Sc"]


@pytest.mark.parametrize(
    "path", ["a.tif", "a.txt", "folder", [], ["a.npz", "b.tif"], "a.npz.bak", ""]
)
def test_the_reader_declines_other_files(path):
    assert get_reader(path) is None


@pytest.mark.parametrize("path", ["a.npz", "b.H5", ["a.npz", "b.hdf5"]])
def test_the_reader_accepts_files_by_their_endings(path):
    assert callable(get_reader(path))


def test_notes_are_plain_json(tmp_path):
    path = write(tmp_path / "a.h5", {"name": "Sc", "path": tmp_path})
    with h5py.File(path) as file:
        assert json.loads(file.attrs["note_Sc"])["path"] == str(tmp_path)
