"""The button that saves the overlay figure."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf

components = pytest.importorskip("napari.components")

from qtpy.QtWidgets import QFileDialog  # noqa: E402

from napari_mmfusion.plugin.compare import overlay_figure  # noqa: E402
from napari_mmfusion.plugin.compare.overlay_figure import compose  # noqa: E402
from napari_mmfusion.plugin.dock.save_panel import SavePanel  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import (  # noqa: E402
    add_layers,
    fused_layer_data,
    show_layers,
)
from napari_mmfusion.plugin.layers.layer_set import LayerSet  # noqa: E402

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]

PNG, TIFF = "PNG image (*.png)", "TIFF image (*.tif *.tiff)"


@pytest.fixture(scope="module")
def result():
    return mmf.fuse(mmf.simulate("core-shell", shape=(24, 32), counts=20), n_iter=3)


@pytest.fixture
def layers(result):
    viewer = components.ViewerModel()
    haadf, *maps = add_layers(viewer, result.data)
    model, *fused = show_layers(viewer, fused_layer_data(result))
    noted = LayerSet(viewer)
    noted.set_measured(None, haadf)
    noted.set_fused(None, model)
    for element, raw, layer in zip(result.maps, maps, fused, strict=True):
        noted.set_measured(element, raw)
        noted.set_fused(element, layer)
    noted.viewer = viewer  # otherwise it would be deleted
    return noted


@pytest.fixture
def folder(tmp_path):
    """Matplotlib keeps its settings in the one of the test."""
    made = tmp_path / "figures"
    made.mkdir()
    return made


@pytest.fixture
def panel(layers, result, qtbot):
    look = {"opacity": 1.0, "style": "light"}
    made = SavePanel(layers.viewer, layers, lambda: result, lambda: look)
    qtbot.addWidget(made.native)
    return made


@pytest.fixture
def answers(monkeypatch, answer_replace):
    """Answer the dialogs: the file and its kind, and whether to replace."""

    def give(path, kind=PNG, replace=None):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
        return answer_replace(replace)

    return give


def click(panel, qtbot):
    with qtbot.waitSignal(panel.task.done, timeout=120_000):
        panel.figure_button.native.click()
        assert not panel.button.enabled
        assert panel.figure_button.text == "Saving..."


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("fig.png", PNG, "fig.png"),
        ("fig", PNG, "fig.png"),
        ("fig", TIFF, "fig.tif"),
        ("fig.v2", PNG, "fig.v2.png"),
        ("fig.TIFF", PNG, "fig.TIFF"),
    ],
)
def test_the_button_writes_the_figure(panel, qtbot, folder, answers, messages, typed, kind, name):
    answers(folder / typed, kind)
    click(panel, qtbot)
    assert [path.name for path in folder.iterdir()] == [name]
    assert messages == [f"Saved to {folder / name}"]
    assert panel.button.enabled
    assert panel.figure_button.text == "Save figure..."
    image = pytest.importorskip("PIL.Image")
    with image.open(folder / name) as picture:
        assert picture.format == ("PNG" if name.endswith(".png") else "TIFF")
        assert picture.width == 1500


def test_the_figure_shows_what_the_viewer_shows(
    panel, layers, result, qtbot, folder, answers, monkeypatch
):
    layers.fused("Co").colormap = "red"
    layers.fused("Co").contrast_limits = (0.1, 0.6)
    layers.measured(None).contrast_limits = (0.0, 0.5)
    drawn = {}

    def look(haadf, maps, **options):
        drawn.update(haadf=haadf, maps=maps, **options)
        return draw(haadf, maps, **options)

    draw = overlay_figure.draw_overlay
    monkeypatch.setattr(overlay_figure, "draw_overlay", look)
    answers(folder / "fig.tif")
    click(panel, qtbot)
    assert drawn["haadf"] is result.data.haadf
    assert list(drawn["maps"]) == ["Co", "S", "O"]
    assert drawn["colours"]["Co"] == "#ff0000"
    assert drawn["limits"]["Co"] == pytest.approx((0.1, 0.6))
    assert drawn["limits"]["HAADF"] == pytest.approx((0.0, 0.5))
    assert (drawn["pixel_size"], drawn["unit"]) == (result.data.pixel_size, "nm")
    assert (drawn["opacity"], drawn["style"]) == (1.0, "light")
    pixels = compose(drawn["haadf"], drawn["maps"], drawn["colours"], drawn["limits"], 1.0, "light")
    picture = tifffile.imread(folder / "fig.tif")[..., :3]
    side = 1500 // 32
    centres = picture[side // 2 : 24 * side : side, side // 2 :: side][:24, :32]
    inside = np.s_[2:12, 2:-2]  # away from the scale bar
    np.testing.assert_allclose(centres[inside].astype(int), pixels[inside], atol=60)


def test_a_file_is_replaced_only_after_confirmation(panel, qtbot, folder, answers, messages):
    (folder / "fig.png").write_text("precious")
    questions = answers(folder / "fig", replace=False)
    panel.figure_button.native.click()
    assert not panel.busy
    assert "'fig.png'" in questions[0]
    assert (folder / "fig.png").read_text() == "precious"
    answers(folder / "fig", replace=True)
    click(panel, qtbot)
    assert (folder / "fig.png").read_bytes().startswith(b"\x89PNG")
    answers(folder / "fig.png")  # the dialog itself has asked about this name
    click(panel, qtbot)
    assert messages == [f"Saved to {folder / 'fig.png'}"] * 2


def test_a_missing_folder_is_named(panel, qtbot, folder, answers, messages):
    answers(folder / "no" / "fig.png")
    click(panel, qtbot)
    assert len(messages) == 1
    assert f"there is no folder {folder / 'no'}" in messages[0]
    assert panel.figure_button.enabled


def test_a_full_disk_loses_nothing(panel, qtbot, folder, answers, messages, monkeypatch):
    (folder / "fig.png").write_text("precious")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("napari_mmfusion.io.atomic_write.os.fsync", full)
    answers(folder / "fig.png")
    click(panel, qtbot)
    assert len(messages) == 1
    assert "No space left on device" in messages[0]
    assert [path.read_text() for path in folder.iterdir()] == ["precious"]


def test_a_dialog_that_is_cancelled_writes_nothing(panel, answers, messages):
    answers("")
    panel.figure_button.native.click()
    assert not panel.busy
    assert messages == []


def test_without_a_result_the_message_says_what_to_do(qtbot, messages):
    viewer = components.ViewerModel()
    panel = SavePanel(viewer, LayerSet(viewer))
    qtbot.addWidget(panel.native)
    panel.figure_button.native.click()
    assert messages == ["there is no fused layer to save; press Run first"]
