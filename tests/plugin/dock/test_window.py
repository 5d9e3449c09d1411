"""A real window."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.cli import main

napari = pytest.importorskip("napari")

from napari_mmfusion.plugin.dock import window as view  # noqa: E402

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]


@pytest.fixture
def sample(tmp_path):
    data = mmf.simulate("lattice", shape=(64, 96), counts=20)
    path = tmp_path / "sample.npz"
    np.savez(path, HAADF=data.haadf, **data.maps, pixel_size=data.pixel_size, unit=data.unit)
    return path


def test_a_window_shows_the_file(sample, monkeypatch):
    seen = {}

    def run():
        viewer = napari.current_viewer()
        seen["title"] = viewer.title
        seen["layers"] = {layer.name: layer.metadata["mmfusion"] for layer in viewer.layers}
        viewer.close()

    monkeypatch.setattr(napari, "run", run)
    view.open_window(sample, elements=["Dy", "O"])
    assert "sample.npz" in seen["title"]
    assert list(seen["layers"]) == ["HAADF", "Dy", "O"]
    reading = seen["layers"]["HAADF"]["reading"]
    assert seen["layers"]["Dy"] == {
        "reading": reading,
        "file": str(sample),
        "sha256": hashlib.sha256(sample.read_bytes()).hexdigest(),
        "element": "Dy",
    }


def test_a_screenshot_shows_the_layers(sample, tmp_path, capsys):
    picture_file = tmp_path / "window.png"
    assert main(["view", str(sample), "--screenshot", str(picture_file)]) == 0
    assert str(picture_file) in capsys.readouterr().out
    assert napari.current_viewer() is None
    picture = matplotlib_image(picture_file)
    canvas = picture[50:-50, 340:-403]  # beside the docks
    assert min(picture.shape[:2]) > 500
    assert canvas.max() > 0.8
    assert (np.ptp(canvas, axis=2) > 0.2).mean() > 0.02  # the elements are coloured
    shown = np.flatnonzero(canvas[100:-100].max(axis=(0, 2)) > 0.1)
    assert np.ptp(shown) > 0.9 * canvas.shape[1]  # the image fills the window ...
    assert shown[-1] < canvas.shape[1] - 1  # ... and does not reach beyond


def test_a_run_is_pictured_with_measured_maps_above_fused_ones(sample, tmp_path):
    picture_file = tmp_path / "window.png"
    assert main(["view", str(sample), "--run", "--screenshot", str(picture_file)]) == 0
    assert napari.current_viewer() is None
    canvas = matplotlib_image(picture_file)[50:-50, 340:-403]
    middle = len(canvas) // 2
    for half in (canvas[:middle], canvas[middle:]):
        assert (np.ptp(half, axis=2) > 0.2).mean() > 0.005  # coloured maps in both rows


def test_a_screenshot_that_cannot_be_saved_closes_the_window(sample, tmp_path, capsys):
    missing = tmp_path / "no" / "folder" / "window.png"
    assert main(["view", str(sample), "--screenshot", str(missing)]) == 1
    assert capsys.readouterr().err.startswith("mmfusion: error: ")
    assert napari.current_viewer() is None


def matplotlib_image(path):
    image = pytest.importorskip("matplotlib.image")
    return image.imread(path)[:, :, :3]
