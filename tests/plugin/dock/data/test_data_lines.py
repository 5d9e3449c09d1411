"""The lines under the table, pressed as a person presses them."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf

pytest.importorskip("napari")

from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.looks.look import is_gray
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.qt.texts.message import Message

pytestmark = pytest.mark.gui
SHAPE = (40, 56)
DATA = mmf.simulate("lattice", shape=SHAPE, counts=20, seed=1)


@pytest.fixture
def open_dock(make_napari_viewer):
    docks = []

    def open_dock(viewer=None):
        viewer = viewer or make_napari_viewer(show=True)
        docks.append(FusionWidget(viewer))
        viewer.window.add_dock_widget(docks[-1], name=f"Multi-modal fusion {len(docks)}")
        docks[-1].parameters.field("n_iter").value = 3
        return docks[-1]

    yield open_dock
    for dock in docks:
        dock.close_session()


@pytest.fixture
def tif_dock(open_dock, tmp_path):
    """Maps as napari's own reader shows them: gray."""
    for name, image in {"HAADF": DATA.haadf, **DATA.maps}.items():
        tifffile.imwrite(tmp_path / f"{name}.tif", image)
    dock = open_dock()
    names = ["HAADF", *DATA.elements]
    dock._viewer.open([tmp_path / f"{name}.tif" for name in names], plugin="napari")
    return dock


def press(dock, text):
    (button,) = [each for each in dock.lines.buttons if each.text() == text]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def said(dock, part):
    return any(part in words for words in dock.lines.words)


def colours(of):
    return {tuple(of(each).colormap.map(1.0).ravel()[:3].round(2)) for each in DATA.elements}


def test_gray_maps_are_coloured_once_on_request(tif_dock, run_and_wait):
    measured = tif_dock.layers.measured
    assert said(tif_dock, "Sc, Dy, O are shown in gray.")
    before = {
        layer.name: (layer.colormap.name, layer.blending, layer.opacity)
        for layer in tif_dock._viewer.layers
    }
    press(tif_dock, "Colour")
    assert len(colours(measured)) == 3
    assert not said(tif_dock, "gray")
    press(tif_dock, "Undo")
    assert before == {
        layer.name: (layer.colormap.name, layer.blending, layer.opacity)
        for layer in tif_dock._viewer.layers
    }
    assert not said(tif_dock, "gray")  # asked once
    run_and_wait(tif_dock)
    assert len(colours(tif_dock.layers.fused)) == 3
    assert not any(is_gray(tif_dock.layers.fused(element)) for element in DATA.elements)


def test_coloured_tif_maps_give_outputs_of_their_colours(tif_dock, run_and_wait):
    press(tif_dock, "Colour")
    run_and_wait(tif_dock)
    assert colours(tif_dock.layers.fused) == colours(tif_dock.layers.measured)


def test_maps_of_our_reader_are_not_asked_about(open_dock):
    from napari_mmfusion.plugin.layers.layer_data import add_layers

    dock = open_dock()
    add_layers(dock._viewer, DATA)
    assert dock.lines.words == []
    assert dock.lines.isHidden()


def test_a_colour_picture_is_converted_with_a_warning(tif_dock, run_and_wait):
    viewer = tif_dock._viewer
    rng = np.random.default_rng(0)
    gray = rng.integers(0, 255, SHAPE).astype(np.uint8)
    picture = np.stack([gray, gray // 2, np.zeros_like(gray)], axis=-1)
    viewer.add_image(picture, name="Fe", rgb=True)
    assert said(tif_dock, "'Fe' is a colour picture (RGB)")
    press(tif_dock, "To gray")
    layer = viewer.layers["Fe gray"]
    np.testing.assert_array_equal(layer.data, gray)
    assert [row.symbol for row in tif_dock.choice.chosen()] == ["Sc", "Dy", "O", "Fe"]
    assert said(tif_dock, "Fe: brightness of a picture, no counts")
    assert tif_dock.choice.mixture() == ""
    run_and_wait(tif_dock)
    assert "Fe" in tif_dock.session.result.maps


def test_colours_on_the_last_axis_are_a_picture_too(tif_dock):
    tif_dock._viewer.add_image(np.zeros((*SHAPE, 3)), name="export", rgb=False)
    assert said(tif_dock, "'export' is a colour picture")


def test_a_slice_of_a_stack_is_used(tif_dock, run_and_wait):
    viewer = tif_dock._viewer
    stack = np.random.default_rng(0).random((5, *SHAPE))
    viewer.add_image(stack, name="Fe")
    assert said(tif_dock, "'Fe' is a stack, 5 x 40 x 56")
    viewer.dims.set_current_step(0, 3)
    press(tif_dock, "Use slice")
    np.testing.assert_array_equal(viewer.layers["Fe slice 3"].data, stack[3])
    assert "Fe" in [row.symbol for row in tif_dock.choice.chosen()]
    run_and_wait(tif_dock)
    assert tif_dock.session.result.data.elements == ("Sc", "Dy", "O", "Fe")


@pytest.mark.parametrize("shape", [(1, *SHAPE), (3, 2, *SHAPE)])
def test_stacks_of_other_depths_too(tif_dock, shape):
    tif_dock._viewer.add_image(np.random.default_rng(0).random(shape), name="Fe")
    press(tif_dock, "Use slice")
    assert "Fe" in [row.symbol for row in tif_dock.choice.chosen()]


def test_a_haadf_of_another_name_is_asked_for(open_dock):
    dock = open_dock()
    dock._viewer.add_image(DATA.haadf, name="Detector 2")
    for element in DATA.elements:
        dock._viewer.add_image(DATA.maps[element], name=element)
    assert said(dock, "No image is called HAADF or ADF")
    assert said(dock, "'Detector 2'")
    dock.choice.haadf = dock._viewer.layers["Detector 2"]
    assert not said(dock, "No image is called")
    assert [row.symbol for row in dock.choice.chosen()] == ["Sc", "Dy", "O"]


def test_images_that_are_left_out_are_listed(tif_dock):
    tif_dock._viewer.add_image(np.ones(SHAPE), name="left over")
    assert said(tif_dock, "Not fused, as no element is in the name: 'left over'")
    tif_dock.choice.add_row()
    assert not said(tif_dock, "left over")


def test_why_an_image_is_left_out_and_what_was_guessed(tif_dock):
    for name in ("BF-S", "STO film In", "STO film C"):
        tif_dock._viewer.add_image(np.random.default_rng(0).random(SHAPE), name=name)
    assert said(tif_dock, "Not fused, as 'BF' is another signal: 'BF-S'")
    assert said(tif_dock, "Guessed from the name: In ('In' may be a word), C ('C' may be a label)")


def messages(dock):
    QApplication.processEvents()  # Qt shows what was added to a layout in the next turn
    return [each.text() for each in dock.table.findChildren(Message) if not each.isHidden()]


def test_a_map_of_another_shape_says_so_beside_its_row(tif_dock):
    tif_dock._viewer.add_image(np.ones((41, 56)), name="Fe")
    words = "Fe: 41 x 56 pixels, but the HAADF has 40 x 56. Crop or resample one of them."
    assert messages(tif_dock) == [words]
    (row,) = [row for row in tif_dock.choice.rows if row.symbol == "Fe"]
    assert not row.enabled


def test_a_shifted_map_is_not_fused_unless_ticked(tif_dock, run_and_wait):
    layer = tif_dock._viewer.layers["Sc"]
    layer.translate = (4, 0)
    assert "Sc: shifted by 4 rows and 0 columns" in messages(tif_dock)[0]
    assert [row.symbol for row in tif_dock.choice.chosen()] == ["Dy", "O"]
    row = tif_dock.choice.rows[0]
    row.enabled = row.typed_enabled = True
    tif_dock.choice.changed.emit()
    assert messages(tif_dock)
    run_and_wait(tif_dock)
    assert "Sc" in tif_dock.session.result.maps
    layer.translate = (0, 0)
    assert messages(tif_dock) == []


def test_a_haadf_twice_as_fine_is_said_with_both_shapes(open_dock):
    dock = open_dock()
    dock._viewer.add_image(np.random.default_rng(0).random((80, 112)), name="HAADF")
    dock._viewer.add_image(DATA.maps["Sc"], name="Sc")
    (said_there,) = messages(dock)
    for part in ("40 x 56", "80 x 112", "2 times as fine", "Bin it 2 x 2"):
        assert part in said_there


def test_a_pixel_size_on_one_side_only_is_said(tif_dock):
    haadf = tif_dock._viewer.layers["HAADF"]
    haadf.scale, haadf.units = (0.1, 0.1), ("nm", "nm")
    assert said(tif_dock, "has a pixel size")
    assert [row.symbol for row in tif_dock.choice.chosen()] == ["Sc", "Dy", "O"]


def test_two_docks_write_their_own_layers_and_say_so(tif_dock, open_dock, run_and_wait):
    first = tif_dock
    run_and_wait(first)
    second = open_dock(first._viewer)
    assert said(first, "Another dock")
    assert said(second, "Another dock")
    assert second.layers.fused("Sc") is None
    before = {element: first.layers.fused(element).data.copy() for element in DATA.elements}
    second.parameters.field("lambda_tv").value = 1.0
    run_and_wait(second)
    for element, image in before.items():
        assert first.layers.fused(element) is not second.layers.fused(element)
        np.testing.assert_array_equal(first.layers.fused(element).data, image)
    second.close_session()
    assert not said(first, "Another dock")


def test_a_dock_that_is_opened_again_takes_the_layers_over(tif_dock, open_dock, run_and_wait):
    run_and_wait(tif_dock)
    layer = tif_dock.layers.fused("Sc")
    tif_dock.close_session()
    assert open_dock(tif_dock._viewer).layers.fused("Sc") is layer


def test_live_waits_quietly_for_layers_that_come_one_by_one(open_dock, qtbot, notices):
    dock = open_dock()
    dock.run_panel.live_box.value = True
    dock._viewer.add_image(DATA.haadf, name="HAADF")
    qtbot.wait(50)
    for element in DATA.elements:
        dock._viewer.add_image(DATA.maps[element], name=element)
    qtbot.waitUntil(lambda: dock.live.settled and dock.session.result is not None)
    assert notices == []
    qtbot.waitUntil(lambda: set(dock.session.result.maps) == set(DATA.elements))


def set_row(dock, symbol, *, number=None, weight=None, on=True):
    (row,) = [row for row in dock.choice.rows if row.symbol == symbol]
    row.typed_number, row.typed_weight = number, weight
    row.enabled, row.typed_enabled = on, True
    dock.choice.changed.emit()


@pytest.mark.parametrize("name", ["Sc fused", "HAADF model"])
def test_loading_parameters_from_a_layer_makes_the_next_run_equal_it(tif_dock, run_and_wait, name):
    tif_dock.parameters.field("threshold").value = 0.1
    set_row(tif_dock, "Sc", number=40)
    set_row(tif_dock, "Dy", weight=0.7)
    set_row(tif_dock, "O", on=False)
    run_and_wait(tif_dock)
    expected = tif_dock.session.result
    tif_dock.keep_result()
    (layer,) = [each for each in tif_dock._viewer.layers if each.name.startswith(f"{name} (")]
    tif_dock.parameters.value = mmf.FusionParameters()
    set_row(tif_dock, "Sc", weight=2.0)
    set_row(tif_dock, "Dy")
    set_row(tif_dock, "O")
    tif_dock._viewer.layers.selection.active = layer
    tif_dock.tools.load_button.click()
    assert [row.symbol for row in tif_dock.choice.chosen()] == ["Sc", "Dy"]
    table = tif_dock.table
    assert [field.value() for field in table._numbers[:2]] == [40, None]
    assert [field.text() for field in table._numbers[:2]] == ["40", "66"]
    assert table._weights[1].text() == "0.7"
    run_and_wait(tif_dock)
    result = tif_dock.session.result
    assert result.params == expected.params
    for element, image in expected.maps.items():
        np.testing.assert_array_equal(result.maps[element], image)


def test_loading_names_what_is_missing(tif_dock, run_and_wait, monkeypatch):
    from napari_mmfusion.plugin.dock.parameters import parameter_tools

    messages = []
    monkeypatch.setattr(parameter_tools, "show_info", messages.append)
    run_and_wait(tif_dock)
    tif_dock._viewer.layers.remove("Dy")
    tif_dock._viewer.layers.selection.active = tif_dock._viewer.layers["Sc fused"]
    tif_dock.tools.load_button.click()
    assert messages == ["Parameters taken from Sc fused; there is no map of Dy here"]


def test_the_bootstrap_tells_the_means_of_the_layers_shown(tif_dock, run_and_wait, qtbot):
    run_and_wait(tif_dock)
    tif_dock.trust.buttons["bootstrap"].click()
    qtbot.waitUntil(lambda: not tif_dock.trust.busy)
    words = tif_dock.trust.message.text()
    assert "Unit: that of the fused layers" in words
    for element in DATA.elements:
        mean = float(tif_dock.layers.fused(element).data.mean())
        part = words.partition(f"{element} ")[2]
        assert float(part.partition(" [")[0]) == pytest.approx(mean, rel=0.01)
        low, high = (float(each) for each in part.partition("[")[2].partition("]")[0].split(","))
        assert mean - 0.2 < low < high < mean + 0.2


def test_a_note_tells_to_which_data_a_result_belongs(tif_dock, run_and_wait):
    run_and_wait(tif_dock)
    notes = [LayerNote.of(tif_dock.layers.fused(element)) for element in (None, *DATA.elements)]
    assert {note.reading for note in notes} == {tif_dock.choice.reading}
    assert len({note.run for note in notes}) == 1
    assert tif_dock.session.result.data.name.endswith("HAADF.tif")
