"""The button that saves the figure of what the canvas shows."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

components = pytest.importorskip("napari.components")

from qtpy.QtWidgets import QFileDialog  # noqa: E402

from napari_mmfusion.plugin.compare.figure import view_figure  # noqa: E402
from napari_mmfusion.plugin.dock.results.save_panel import SavePanel  # noqa: E402
from napari_mmfusion.plugin.layers.layer_set import LayerSet  # noqa: E402
from napari_mmfusion.plugin.qt.napari_versions import camera_of, fit_to_view  # noqa: E402

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("qapp")]

PNG, TIFF = "PNG image (*.png)", "TIFF image (*.tif *.tiff)"


@pytest.fixture
def folder(tmp_path):
    """Matplotlib keeps its settings in the one of the test."""
    made = tmp_path / "figures"
    made.mkdir()
    return made


@pytest.fixture
def panel(dock):
    return dock.save


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
        assert max(picture.size) >= 1500


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn last: the picture and the options."""
    last = {}

    def look(picture, **options):
        last.update(picture=picture, **options)
        return draw(picture, **options)

    draw = view_figure.draw_view
    monkeypatch.setattr(view_figure, "draw_view", look)
    return last


def show_only(dock, *names):
    for layer in dock._viewer.layers:
        layer.visible = layer.name in names


def rescaled(picture, shape):
    """The picture's colours at the middle of each of so many rows and columns."""
    rows, columns = (
        ((np.arange(n) + 0.5) * side / n).astype(int)
        for n, side in zip(shape, picture.shape, strict=False)
    )
    return picture[np.ix_(rows, columns)].astype(int)


def test_hidden_maps_are_not_in_the_figure(dock, panel, qtbot, folder, answers, drawn, phantom):
    show_only(dock, "O")
    fit_to_view(dock._viewer)
    layer = dock._viewer.layers["O"]
    layer.colormap, layer.blending, layer.contrast_limits = "red", "opaque", (2.0, 30.0)
    answers(folder / "fig.tif")
    click(panel, qtbot)
    assert drawn["colours"] == {"O": "#ff0000"}
    assert drawn["unit"] == phantom.unit
    shape = phantom.maps["O"].shape
    found = rescaled(drawn["picture"], shape)
    assert found[..., 1:].max() == 0
    expected = np.clip((phantom.maps["O"] - 2.0) / 28.0, 0, 1) * 255
    np.testing.assert_allclose(found[..., 0], expected, atol=2)
    assert drawn["pixel_size"] * drawn["picture"].shape[1] == pytest.approx(
        phantom.pixel_size * shape[1], rel=0.01
    )
    assert tifffile.imread(folder / "fig.tif").shape[1] == 1500


def test_the_figure_has_the_zoom_of_the_canvas(dock, panel, qtbot, folder, answers, drawn, phantom):
    show_only(dock, "HAADF")
    whole = camera_of(dock._viewer).zoom
    camera_of(dock._viewer).zoom = 4 * whole
    answers(folder / "fig.png")
    click(panel, qtbot)
    assert camera_of(dock._viewer).zoom == pytest.approx(4 * whole)
    assert drawn["colours"] == {"HAADF": "#ffffff"}
    width = drawn["pixel_size"] * drawn["picture"].shape[1] / phantom.pixel_size
    assert width < 0.5 * phantom.haadf.shape[1]
    # What is seen lies around the middle of the image, as in the canvas.
    seen = dock._viewer.screenshot(flash=False)[..., :3]
    np.testing.assert_allclose(
        rescaled(drawn["picture"], (40, 40)), rescaled(seen, (40, 40)), atol=255
    )
    near = rescaled(drawn["picture"], (9, 9))[4, 4], rescaled(seen, (9, 9))[4, 4]
    np.testing.assert_allclose(*near, atol=8)


@pytest.mark.parametrize("mode", ["Grid", "Overlay", "Swipe", "Difference"])
def test_the_figure_is_of_the_mode_that_is_on(
    dock, panel, qtbot, folder, answers, drawn, run_and_wait, mode
):
    run_and_wait(dock)
    dock.compare.mode.value = mode
    answers(folder / "fig.png")
    click(panel, qtbot)
    seen = dock._viewer.screenshot(flash=False)[..., :3]
    assert seen.any()
    if mode == "Grid":
        assert drawn["pixel_size"] is None  # each of its cells has its own scale bar
        assert drawn["picture"].shape[0] / drawn["picture"].shape[1] == pytest.approx(
            seen.shape[0] / seen.shape[1], rel=0.01
        )
        small = rescaled(drawn["picture"], seen.shape[:2])
        assert np.mean(np.abs(small - seen) > 40) < 0.05
    legend = set(drawn["colours"])
    assert legend == (set() if mode == "Difference" else {"HAADF", *dock.layers.elements()}) - (
        {"HAADF"} if mode == "Swipe" else set()
    )


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


def test_without_a_window_the_message_says_what_to_do(qtbot, messages):
    viewer = components.ViewerModel()
    panel = SavePanel(viewer, LayerSet(viewer))
    qtbot.addWidget(panel.native)
    panel.figure_button.native.click()
    assert messages == ["no layer is visible; show what the figure should show"]
