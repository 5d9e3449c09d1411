"""A file shows the same layers whichever way it is opened."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

napari = pytest.importorskip("napari")

from napari.components import ViewerModel  # noqa: E402
from qtpy.QtWidgets import QFileDialog  # noqa: E402

from napari_mmfusion.cli import main  # noqa: E402
from napari_mmfusion.io.tiff import Channel, write_tiff  # noqa: E402
from napari_mmfusion.plugin.dock.widget import FusionWidget  # noqa: E402
from napari_mmfusion.plugin.layers.results.file_layers import add_file  # noqa: E402

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def sample():
    return mmf.simulate("lattice", shape=(32, 48), counts=20)


def write_npz(path, data):
    np.savez(path, HAADF=data.haadf, **data.maps, pixel_size=0.1, unit="nm")


def write_h5(path, data):
    with h5py.File(path, "w", track_order=True) as file:
        for name, image in {"HAADF": data.haadf, **data.maps}.items():
            file[name] = image
        file.attrs["pixel_size"], file.attrs["unit"] = 0.1, "nm"


WRITERS = {".npz": write_npz, ".h5": write_h5, ".hdf5": write_h5}


@pytest.fixture(params=[*WRITERS, "folder"])
def path(request, tmp_path, sample):
    if request.param == "folder":
        folder = tmp_path / "sample"
        folder.mkdir()
        for name, image in {"HAADF": sample.haadf, **sample.maps}.items():
            channels = [Channel(name, image)]
            write_tiff(folder / f"7 HAADF {name}.tif", channels, pixel_size=(0.1, 0.1), unit="nm")
        return folder
    file = tmp_path / f"sample{request.param}"
    WRITERS[request.param](file, sample)
    return file


def drag(path, make_napari_viewer, **_):
    viewer = make_napari_viewer()
    viewer.window._qt_viewer._qt_open([str(path)], stack=False, plugin="napari-mmfusion")
    return viewer


def load_button(path, make_napari_viewer, monkeypatch, qtbot):
    viewer = make_napari_viewer(show=True)
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget)
    chosen = [str(file) for file in sorted(path.iterdir())] if path.is_dir() else [str(path)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    widget.load_button.native.click()
    qtbot.waitUntil(lambda: not widget.loader.busy)
    widget.close_session()
    return viewer


def command_line(path, make_napari_viewer, monkeypatch, **_):
    monkeypatch.setattr(napari, "Viewer", make_napari_viewer)
    monkeypatch.setattr(napari, "run", lambda: None)
    assert main(["view", str(path)]) == 0
    return napari.current_viewer()


def summary(layer, *, source=True):
    look = layer.colormap.name, layer.blending, tuple(layer.contrast_limits)
    place = tuple(layer.scale), tuple(map(str, layer.units)), layer.axis_labels
    # The reading tells one opening of a file from the next.
    noted = {key: note for key, note in layer.metadata["mmfusion"].items() if key != "reading"}
    noted = noted if source else noted["element"]
    return layer.name, layer.data.dtype, layer.data.tobytes(), noted, look, place


@pytest.mark.parametrize("way", [drag, load_button, command_line])
def test_every_way_shows_what_load_finds(path, way, make_napari_viewer, monkeypatch, qtbot):
    expected = add_file(ViewerModel(), path)
    viewer = way(path, make_napari_viewer, monkeypatch=monkeypatch, qtbot=qtbot)
    assert [summary(layer) for layer in viewer.layers] == [summary(layer) for layer in expected]
    overlays = getattr(getattr(viewer, "canvas", None), "overlays", None)
    assert (viewer.scale_bar if overlays is None else overlays.scale_bar).visible


def test_every_format_shows_the_same(tmp_path, sample):
    shown = []
    for ending, write in WRITERS.items():
        write(tmp_path / f"sample{ending}", sample)
        layers = add_file(ViewerModel(), tmp_path / f"sample{ending}")
        assert [layer.name for layer in layers] == ["HAADF", "Sc", "Dy", "O"]
        shown.append([summary(layer, source=False) for layer in layers])
    assert shown[0] == shown[1] == shown[2]
