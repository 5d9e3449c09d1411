"""What is wrong with the images stands in the dock before Run, found in a thread."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.layers.results.result_from_layers import result_among

pytestmark = pytest.mark.gui
SHAPE = (48, 64)
SOUND = mmf.simulate("core-shell", shape=SHAPE, counts=20, seed=1)


def spoilt(value, where=(20, 30)):
    map_ = SOUND.maps["Co"].copy()
    map_[where] = value
    return mmf.FusionDataset(SOUND.haadf, {**SOUND.maps, "Co": map_}, 0.1, "nm", name="spoilt")


@pytest.fixture
def open_dock(make_napari_viewer):
    docks = []

    def open_dock(data):
        viewer = make_napari_viewer(show=True)
        add_layers(viewer, data)
        docks.append(FusionWidget(viewer))
        viewer.window.add_dock_widget(docks[-1], name="Multi-modal fusion")
        docks[-1].parameters.field("n_iter").value = 3
        return docks[-1]

    yield open_dock
    for dock in docks:
        dock.close_session()


def wait_for_check(qtbot, dock):
    findings = dock.findings
    qtbot.waitUntil(
        lambda: (
            findings._working is not None
            and findings._working == findings._key
            and not findings.task.busy
        )
    )


def said(dock, part):
    return [words for words in dock.lines.words if part in words]


def test_a_spike_is_said_and_lowered_by_one_click(open_dock, qtbot, run_and_wait):
    dock = open_dock(spoilt(400))
    qtbot.waitUntil(lambda: bool(said(dock, "Pixel (20, 30) of map Co stretches its range")))
    dock.lines.press("Lower")
    assert dock.parameters.value.normalisation == "robust"
    assert said(dock, "the normalisation lowers them")
    assert "Lower" not in [button.text() for button in dock.lines.buttons]
    assert "Replace" in [button.text() for button in dock.lines.buttons]
    run_and_wait(dock)
    expected = mmf.fuse(spoilt(400), dock.parameters.value)
    np.testing.assert_array_equal(dock.layers.fused("Co").data, expected.maps["Co"])
    dock.history.undo()
    assert dock.parameters.value.normalisation == "maximum"
    assert "Lower" in [button.text() for button in dock.lines.buttons]


def test_a_spike_is_replaced_on_request(open_dock, qtbot, run_and_wait):
    dock = open_dock(spoilt(400))
    qtbot.waitUntil(lambda: bool(said(dock, "stretches its range")))
    dock.lines.press("Lower")
    dock.lines.press("Replace")
    assert said(dock, "replaced by their neighbours")
    assert "data = data.without_spikes()" in dock.script()
    run_and_wait(dock)
    expected = mmf.fuse(spoilt(400).without_spikes(), dock.parameters.value)
    np.testing.assert_array_equal(dock.layers.fused("Co").data, expected.maps["Co"])
    wait_for_check(qtbot, dock)
    assert not said(dock, "stretches its range")
    dock.lines.press("Take back")
    assert "made from other images" in dock.run_panel.stale.text()
    qtbot.waitUntil(lambda: bool(said(dock, "stretches its range")))


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (np.s_[:, :3], "Co has a rim of NaN (lines: 3 at the left)"),
        ((20, 30), "1 pixel inside Co is NaN"),
    ],
)
def test_pixels_without_a_measurement_are_left_out(
    open_dock, qtbot, run_and_wait, tmp_path, where, sentence
):
    dock = open_dock(spoilt(np.nan, where))
    qtbot.waitUntil(lambda: bool(said(dock, sentence)))
    dock.lines.press("Leave out")
    assert "data = data.masked()" in dock.script()
    run_and_wait(dock)
    expected = mmf.fuse(spoilt(np.nan, where).masked(), dock.parameters.value)
    np.testing.assert_array_equal(dock.layers.fused("Co").data, expected.maps["Co"])
    saved = mmf.load_result(dock.save.save_to(tmp_path / "out"))
    np.testing.assert_array_equal(saved.data.mask, expected.data.mask)
    assert saved.data.provenance == expected.data.provenance != ()
    assert np.isnan(dock._viewer.layers["Co"].data[where]).all()  # the layer stays as it is


def test_a_rim_of_zeros_is_left_out_on_request(open_dock, qtbot, run_and_wait, tmp_path):
    data = mmf.FusionDataset(
        np.pad(SOUND.haadf, ((0, 0), (4, 0))),
        {name: np.pad(image + 1, ((0, 0), (4, 0))) for name, image in SOUND.maps.items()},
    )
    dock = open_dock(data)
    qtbot.waitUntil(lambda: bool(said(dock, "rim of zeros")))
    dock.lines.press("Leave out")
    assert said(dock, "The rims are left out of the fusion.")
    wait_for_check(qtbot, dock)
    assert not said(dock, "rim of zeros")
    assert "data = data.without_rims()" in dock.script()
    run_and_wait(dock)
    expected = mmf.fuse(data.without_rims(), dock.parameters.value)
    np.testing.assert_array_equal(dock.layers.fused("Co").data, expected.maps["Co"])
    saved = mmf.load_result(dock.save.save_to(tmp_path / "out"))
    assert saved.data.mask[:, 4:].all()
    assert not saved.data.mask[:, :4].any()
    from_layers = result_among(dock._viewer.layers)
    for name in data.elements:
        np.testing.assert_array_equal(from_layers.data.maps[name], saved.data.maps[name])
    np.testing.assert_array_equal(from_layers.data.mask, saved.data.mask)


def test_pixels_that_the_file_leaves_out_are_not_fused(open_dock, run_and_wait):
    mask = np.ones(SOUND.shape, bool)
    mask[19:29, 27:37] = False
    data = SOUND.masked(mask)
    dock = open_dock(data)
    assert said(dock, f"100 of {mask.size} pixels are left out, as in the file.")
    run_and_wait(dock)
    expected = mmf.fuse(data, dock.parameters.value)
    fused = dock.layers.fused("Co").data  # of layers, which are float32
    np.testing.assert_allclose(fused, expected.maps["Co"], atol=1e-6)
    assert abs(fused - mmf.fuse(SOUND, dock.parameters.value).maps["Co"]).max() > 1e-3


def test_nothing_is_said_of_sound_images_and_findings_follow_the_choice(open_dock, qtbot):
    dock = open_dock(SOUND)
    wait_for_check(qtbot, dock)
    assert dock.findings.found == ()
    add_layers(dock._viewer, spoilt(400))
    (other,) = [each for each in dock.choice.data_sets if each.reading != dock.choice.reading]
    dock.choice.choose(other.reading)
    qtbot.waitUntil(lambda: bool(said(dock, "stretches its range")))
    (first,) = [each for each in dock.choice.data_sets if each.reading != dock.choice.reading]
    dock.choice.choose(first.reading)
    assert not said(dock, "stretches its range")  # at once, not after the next check
    wait_for_check(qtbot, dock)
    assert not said(dock, "stretches its range")


def test_closing_during_a_check_is_quiet(open_dock, qtbot):
    dock = open_dock(spoilt(400))
    dock.findings._timer.stop()
    dock.findings._begin()
    dock.close_session()
    qtbot.wait(50)
    assert dock.findings.found == ()
