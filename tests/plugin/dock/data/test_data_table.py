"""The table of the images to fuse, used like a user uses it."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.core.weighting import element_weights, haadf_model

pytest.importorskip("napari")

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QColorDialog

from napari_mmfusion.plugin.dock.widget import FusionWidget
from person import type_over

pytestmark = pytest.mark.gui

ON, SYMBOL, LAYER, NUMBER, WEIGHT, COLOUR = range(6)


def cell(dock, element, column):
    """The widget in the row of an element."""
    (row,) = [i for i, row in enumerate(dock.choice.rows) if row.symbol == element]
    return dock.table._grid.itemAtPosition(row + 2, column).widget()


def weights(dock):
    rows = [row.symbol for row in dock.choice.rows]
    return [cell(dock, symbol, WEIGHT).text() for symbol in rows]


def shown(numbers):
    return [f"{weight:.3f}" for weight in element_weights(numbers, "z/mean", 1.6)]


def choose(box, name):
    box.setCurrentText(name)
    box.activated.emit(box.currentIndex())


def type_into(field, text):
    field.setText(text)
    field.setModified(True)  # as typing does
    field.editingFinished.emit()


def test_the_images_of_the_viewer_are_shown(dock):
    assert [row.symbol for row in dock.choice.rows] == ["Sc", "Dy", "O"]
    assert weights(dock) == shown([21, 66, 8])
    for symbol, number in (("Sc", 21), ("Dy", 66), ("O", 8)):
        assert cell(dock, symbol, ON).isChecked()
        assert cell(dock, symbol, SYMBOL).text() == symbol
        assert cell(dock, symbol, LAYER).currentText() == symbol
        assert cell(dock, symbol, NUMBER).text() == str(number)


def test_an_element_switched_off_is_not_fused(dock, run_and_wait):
    cell(dock, "Dy", ON).click()
    assert weights(dock) == [shown([21, 8])[0], "-", shown([21, 8])[1]]
    run_and_wait(dock)
    assert dock.session.result.data.elements == ("Sc", "O")
    cell(dock, "Dy", ON).click()
    assert weights(dock) == shown([21, 66, 8])


def test_another_layer_is_taken(dock):
    image = np.full((64, 96), 2.0, np.float32)
    dock._viewer.add_image(image, name="second scan")
    choose(cell(dock, "Sc", LAYER), "second scan")
    np.testing.assert_array_equal(dock.choice.source().maps["Sc"], image)
    assert [row.symbol for row in dock.choice.rows] == ["Dy", "O", "Sc"]  # as the layers are


def test_two_elements_exchange_their_layers(dock):
    choose(cell(dock, "Sc", LAYER), "O")
    maps, layers = dock.choice.source().maps, dock._viewer.layers
    np.testing.assert_array_equal(maps["Sc"], layers["O"].data)
    np.testing.assert_array_equal(maps["O"], layers["Sc"].data)


def test_the_haadf_is_chosen(dock):
    image = np.full((64, 96), 3.0, np.float32)
    dock._viewer.add_image(image, name="second detector")
    choose(dock.table._grid.itemAtPosition(1, 2).widget(), "second detector")
    np.testing.assert_array_equal(dock.choice.source().haadf, image)


def test_a_symbol_is_corrected(dock, run_and_wait):
    type_into(cell(dock, "Sc", SYMBOL), " Ti ")
    assert cell(dock, "Ti", NUMBER).text() == "22"
    assert weights(dock) == shown([22, 66, 8])
    run_and_wait(dock)
    assert dock.session.result.data.elements == ("Ti", "Dy", "O")
    assert "Ti fused" in dock._viewer.layers
    assert dock.layers.measured("Ti") is dock._viewer.layers["Sc"]
    assert dock.layers.measured("Sc") is None


def test_a_typed_atomic_number_overrides_the_weight(dock, run_and_wait):
    cell(dock, "Sc", NUMBER).setValue(40)
    assert weights(dock) == shown([40, 66, 8])
    run_and_wait(dock)
    result = dock.session.result
    assert result.params.atomic_numbers == {"Sc": 40}
    assert [f"{weight:.3f}" for weight in result.weights.values()] == shown([40, 66, 8])
    cell(dock, "Sc", NUMBER).setValue(21)
    assert dock.choice.overrides()["atomic_numbers"] is None


def test_weights_follow_the_parameters(dock):
    dock.parameters.field("weighting").value = "unit"
    assert weights(dock) == ["1.000"] * 3


def test_a_layer_without_a_symbol_gets_a_row(dock):
    dock._viewer.add_image(np.ones((64, 96), np.float32), name="left over")
    button = dock.table._grid.itemAtPosition(5, 2).widget()
    assert button.text() == "Add element"
    button.click()
    type_into(cell(dock, "", SYMBOL), "Ti")
    assert list(dock.choice.source().maps) == ["Sc", "Dy", "O", "Ti"]


def test_a_table_without_symbols_keeps_its_height(make_napari_viewer):
    viewer = make_napari_viewer(show=True)
    dock = FusionWidget(viewer)
    viewer.window.add_dock_widget(dock)
    QTest.qWait(50)
    for name in ("HAADF", "left", "right"):
        viewer.add_image(np.ones((64, 96), np.float32), name=name)
        QTest.qWait(50)
    haadf = dock.table._grid.itemAtPosition(1, 2).widget()
    assert dock.table.height() >= dock.table.minimumSizeHint().height() > 40
    assert haadf.height() >= haadf.minimumSizeHint().height()
    dock.close_session()


def test_fitted_weights_are_those_in_use(dock, qtbot):
    dock.parameters.value = dock.parameters.value.replace(weighting="z/fitted")
    model = haadf_model(dock.choice.source().dataset(), dock.parameters.value)
    in_use = [f"{weight:.3f}" for weight in model.weights.values()]
    qtbot.waitUntil(lambda: weights(dock) == in_use)
    box = dock.parameters.field("lambda_haadf").number.box
    assert box.text() == f"{model.lambda_haadf:.4g}"
    cell(dock, "Dy", ON).click()
    model = haadf_model(dock.choice.source().dataset(), dock.parameters.value)
    qtbot.waitUntil(lambda: weights(dock)[0] == f"{model.weights['Sc']:.3f}")
    assert weights(dock)[1] == "-"


def test_without_z_in_the_weighting_an_unknown_element_weighs_one(dock):
    dock._viewer.add_image(np.ones((64, 96), np.float32), name="left over")
    dock.choice.add_row()
    assert weights(dock)[-1] == "-"
    dock.parameters.field("weighting").value = "unit"
    assert weights(dock) == ["1.000"] * 4


def test_the_keyboard_stays_in_the_table_when_it_is_rebuilt(dock, qtbot):
    dock._viewer.window._qt_window.activateWindow()
    field = cell(dock, "Sc", SYMBOL)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "Ti")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: cell(dock, "Ti", SYMBOL).hasFocus())


@pytest.fixture
def dialog(monkeypatch):
    """Answer the colour dialog."""

    def answer(colour):
        monkeypatch.setattr(QColorDialog, "getColor", lambda *_: colour)

    return answer


def colour_of(layer):
    return layer.colormap.map(1.0).ravel()[:3].tolist()


def swatch(dock, element):
    return cell(dock, element, COLOUR).grab().toImage().pixelColor(11, 11).name()


def test_the_colour_dialog_colours_measured_and_fused_layer(dock, run_and_wait, dialog):
    run_and_wait(dock)
    dialog(QColor("#ff0000"))
    cell(dock, "Sc", COLOUR).click()
    assert colour_of(dock._viewer.layers["Sc"]) == [1, 0, 0]
    assert colour_of(dock._viewer.layers["Sc fused"]) == [1, 0, 0]
    assert swatch(dock, "Sc") == "#ff0000"


def test_a_cancelled_colour_dialog_changes_nothing(dock, dialog):
    before = colour_of(dock._viewer.layers["Sc"]), swatch(dock, "Sc")
    dialog(QColor())
    cell(dock, "Sc", COLOUR).click()
    assert (colour_of(dock._viewer.layers["Sc"]), swatch(dock, "Sc")) == before


def test_the_table_follows_a_colour_chosen_elsewhere(dock):
    dock._viewer.layers["O"].colormap = "#00ff00"
    assert swatch(dock, "O") == "#00ff00"


def test_a_weight_typed_overrides_the_computed_one_and_nothing_brings_it_back(dock, run_and_wait):
    computed = weights(dock)
    type_over(cell(dock, "Dy", WEIGHT), "0,75")
    assert dock.choice.overrides()["weights"] == {"Dy": 0.75}
    assert cell(dock, "Dy", WEIGHT).text() == "0.75"
    run_and_wait(dock)
    assert dock.session.result.weights["Dy"] == 0.75
    type_over(cell(dock, "Dy", WEIGHT), "much")
    assert cell(dock, "Dy", WEIGHT).text() == "much"
    assert "Weight of Dy stays 0.75" in dock.table._message.text()
    assert not dock.table._message.isHidden()
    assert dock.choice.overrides()["weights"] == {"Dy": 0.75}
    type_over(cell(dock, "Dy", WEIGHT), "")
    assert dock.table._message.isHidden()
    assert weights(dock) == computed
    assert dock.choice.overrides()["weights"] is None


def test_leaving_a_weight_as_it_is_overrides_nothing(dock):
    cell(dock, "Dy", WEIGHT).editingFinished.emit()
    assert dock.choice.overrides()["weights"] is None
