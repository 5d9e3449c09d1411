"""The window opens a file once, in every way of opening."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from openings import openings_of

napari = pytest.importorskip("napari")

from napari.components import ViewerModel  # noqa: E402

from napari_mmfusion.cli import main  # noqa: E402
from napari_mmfusion.plugin.contributions.reader import get_reader  # noqa: E402
from napari_mmfusion.plugin.contributions.writer_hdf5 import write_hdf5  # noqa: E402
from napari_mmfusion.plugin.dock.data.file_loader import FileLoader  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import layer_data  # noqa: E402

ENDINGS = {"npz": ".npz", "foreign h5": ".h5", "result": ".h5", "layers": ".h5"}


@pytest.fixture(params=list(ENDINGS))
def path(request, tmp_path, phantom):
    images = {"HAADF": phantom.haadf, **phantom.maps}
    path = tmp_path / f"sample{ENDINGS[request.param]}"
    if request.param == "npz":
        np.savez(path, **images, pixel_size=0.1, unit="nm")
    elif request.param == "foreign h5":
        with h5py.File(path, "w") as file:
            file.update(images)
            file.attrs["pixel_size"], file.attrs["unit"] = 0.1, "nm"
    elif request.param == "layers":
        write_hdf5(str(path), layer_data(phantom))
    else:
        folder = mmf.save(mmf.fuse(phantom, n_iter=1), tmp_path / "result")
        (folder / "Fused_Reconstruction.h5").rename(path)
    return path


def test_the_reader(path):
    with openings_of(path) as openings:
        assert get_reader(str(path))(str(path))
    assert openings == ["Python"]


def test_the_load_button(path, qtbot):
    viewer = ViewerModel()
    loader = FileLoader(viewer)
    with openings_of(path) as openings:
        loader.load([str(path)])
        qtbot.waitUntil(lambda: not loader.busy)
    assert openings == ["Python"]


@pytest.mark.gui
def test_the_command_line(path, make_napari_viewer, monkeypatch):
    monkeypatch.setattr(napari, "Viewer", make_napari_viewer)
    monkeypatch.setattr(napari, "run", lambda: None)
    with openings_of(path) as openings:
        assert main(["view", str(path)]) == 0
    assert openings == ["Python"]
