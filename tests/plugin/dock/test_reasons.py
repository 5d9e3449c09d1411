"""The whole reason of a failure stands in the dock, in the words of its widgets."""

from __future__ import annotations

import re

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget
from tests.bad_values import IDENTIFIERS

from napari_mmfusion.plugin.dock.parameters.parameter_tools import PRESETS
from napari_mmfusion.plugin.run.job import Request

pytestmark = pytest.mark.gui


def words_of(dock):
    """Every text and tooltip in the dock, seen or not."""
    for widget in dock.native.findChildren(QWidget):
        yield widget.toolTip()
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        if isinstance(widget, QComboBox):
            for index in range(widget.count()):
                yield widget.itemText(index)
                yield str(widget.itemData(index, Qt.ItemDataRole.ToolTipRole) or "")


def assert_no_identifiers(dock):
    words = [each for each in words_of(dock) if each]
    assert len(words) > 50
    assert [each for each in words if re.search(IDENTIFIERS, each)] == []


def test_no_text_and_no_tooltip_speaks_python(dock, run_and_wait):
    assert_no_identifiers(dock)
    dock.parameters.value = PRESETS["Tutorial 2 (EELS, Co3O4)"]
    run_and_wait(dock)
    assert "Raise Iterations" in dock.run_panel.verdict.text()
    assert_no_identifiers(dock)


def test_a_run_that_cannot_start_says_why_below_its_button(dock, notices, run_and_wait):
    holed = np.eye(64, 96, dtype=np.float32)
    holed[:3] = np.nan
    dock._viewer.layers["Sc"].data = holed
    run_and_wait(dock)
    (notice,) = notices
    problem = dock.run_panel.problem
    assert problem.text() == notice
    assert problem.isVisible()
    assert "option --crop of mmfusion fuse" in notice
    assert_no_identifiers(dock)
    dock._viewer.layers["Sc"].data = np.eye(64, 96, dtype=np.float32)
    run_and_wait(dock)
    assert not problem.isVisible()


def test_an_unknown_element_is_told_in_words_of_the_table(dock, notices, run_and_wait):
    row = dock.choice.rows[0]
    row.symbol, row.typed_symbol = "Xx", "Xx"
    dock.choice.changed.emit()
    run_and_wait(dock)
    assert "Z of Xx" in dock.run_panel.problem.text()
    assert "Weighting unit" in dock.run_panel.problem.text()
    assert notices == [dock.run_panel.problem.text()]


def test_a_file_without_haadf_is_told_below_load(dock, notices, qtbot, tmp_path):
    file = tmp_path / "maps.npz"
    np.savez(file, Sc=np.eye(8), O=np.eye(8))
    file.write_bytes(file.read_bytes()[:-20])
    with qtbot.waitCallback(timeout=60_000) as over:
        dock.loader.finished.connect(over, check_nargs=False)
        dock.loader.load([str(file)])
    assert notices == [dock.load_message.text()]
    assert dock.load_message.text().startswith("maps.npz: ")
    assert_no_identifiers(dock)


def test_the_tools_say_why_they_did_nothing(dock, notices):
    dock._viewer.layers.selection.clear()
    dock.tools.load_button.click()
    assert dock.tools.message.text() == notices[-1] == "Select one layer in the layer list first"
    dock.parameters.field("regularize").value = False
    dock.auto.button.click()
    dock.save.ask_and_save()
    assert dock.save.message.text() == notices[-1]


def test_a_preset_that_stops_early_says_so(dock):
    box = dock.tools.presets
    for name, stops in (("Tutorial 2 (EELS, Co3O4)", True), ("Tutorial 1 (EDX, DyScO3)", False)):
        box.setCurrentText(name)
        box.activated.emit(box.currentIndex())
        assert ("stops after 30 iterations" in dock.tools.message.text()) == stops


def test_the_note_of_the_preset_is_true(tutorial_file):
    data = mmf.load(tutorial_file("Co3O4_Mn3O4.h5"), elements=["Co", "Mn", "O"])
    preset = PRESETS["Tutorial 2 (EELS, Co3O4)"]
    assert preset.n_iter == 30
    early, late = (mmf.fuse(data, preset, n_iter=n).verdict for n in (30, 90))
    assert early.needs_iterations
    assert [status.value for status in late.terms.values()] == [
        "converged",
        "converged",
        "swinging evenly by less than 0.5 %",
    ]


def test_the_haadf_weight_in_use_is_shown(dock):
    field = dock.parameters.field("lambda_haadf")
    assert field.number.box.text() == f"{1 / 3:.4g}"
    assert not field.number.isEnabled()


def test_a_request_beyond_the_memory_is_told_in_labels(dock, notices):
    params = dock.parameters.value.replace(n_iter=10_000)
    dock._viewer.layers["HAADF"].data = np.zeros((1200, 1200), np.float32)
    dock.session.start(Request(params, dock.run_panel.pace_box.value, keep_history=True))
    assert dock.run_panel.problem.text() == notices[-1]
    assert_no_identifiers(dock)
