"""What belongs to other settings or data is marked, and saved only on purpose."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from qtpy.QtWidgets import QFileDialog

from napari_mmfusion.plugin.layers.layer_data import add_layers

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def quick(dock):
    dock.parameters.field("n_iter").value = 5


def mark(dock):
    words = dock.run_panel.stale.text()
    assert dock.run_panel.stale.isHidden() == (not words)
    assert dock.run_panel.verdict.isEnabled() == (not words)
    assert dock.curves.plot._stale == bool(words)
    return words


def untick(dock, symbol):
    (row,) = [row for row in dock.choice.rows if row.symbol == symbol]
    row.enabled, row.typed_enabled = False, True
    dock.choice.changed.emit()


def test_nothing_is_marked_without_reason(dock, run_and_wait):
    assert mark(dock) == ""
    run_and_wait(dock)
    assert mark(dock) == ""
    dock._viewer.layers.reverse()
    dock._viewer.layers["Sc"].colormap = "red"
    dock._viewer.add_image(np.zeros((3, 3)), name="x")
    assert mark(dock) == ""


def test_another_parameter_is_marked_until_it_is_set_back(dock, run_and_wait):
    run_and_wait(dock)
    notes = [dict(layer.metadata.get("mmfusion", {})) for layer in dock._viewer.layers]
    field = dock.parameters.field("lambda_tv")
    before, field.value = field.value, 0.3
    assert mark(dock) == "Out of date: made with other settings (TV weight)."
    assert "made with other settings" in dock.save.button.tooltip
    assert notes == [layer.metadata.get("mmfusion", {}) for layer in dock._viewer.layers]
    field.value = before
    assert mark(dock) == ""
    assert "other settings" not in dock.save.button.tooltip


def test_a_new_run_takes_the_mark_away(dock, run_and_wait):
    run_and_wait(dock)
    dock.parameters.field("lambda_tv").value = 0.3
    run_and_wait(dock)
    assert mark(dock) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dock: untick(dock, "O"), "other images or elements"),
        (lambda dock: dock._viewer.layers.remove("Sc"), "other images or elements"),
        (
            lambda dock: setattr(dock._viewer.layers["Sc"], "data", np.ones((64, 96))),
            "other images or elements",
        ),
        (lambda dock: setattr(dock.choice.rows[0], "typed_number", 40), "Atomic numbers"),
        (lambda dock: setattr(dock.choice.rows[0], "typed_weight", 0.3), "Weights"),
    ],
)
def test_changes_of_the_table_are_marked(dock, run_and_wait, change, words):
    run_and_wait(dock)
    change(dock)
    dock.choice.changed.emit()
    assert words in mark(dock)


def test_a_layer_whose_data_were_set_anew_is_other_data(dock, run_and_wait):
    run_and_wait(dock)
    layer = dock._viewer.layers["O"]
    layer.data = layer.data.copy()
    assert "other images" in mark(dock)


def test_live_marks_nothing_that_it_is_about_to_replace(dock, run_and_wait, qtbot):
    run_and_wait(dock)
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.live.settled)
    dock.parameters.field("lambda_tv").value = 0.3
    assert mark(dock) == ""
    qtbot.waitUntil(lambda: dock.live.settled)
    assert mark(dock) == ""


def test_the_result_of_data_that_are_gone_is_written_only_on_request(
    dock, run_and_wait, qtbot, monkeypatch, answer_replace, tmp_path
):
    run_and_wait(dock)
    result = dock.session.result
    dock._viewer.layers.clear()
    assert "data that are gone" in mark(dock)
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *a: asked.append(a[1]) or str(tmp_path / "o")
    )
    questions = answer_replace(False)
    dock.save.ask_and_save()
    assert len(questions) == 1
    assert "not one of the data that are shown" in questions[0]
    assert asked == []
    questions.clear()
    questions = answer_replace(True)
    dock.save.ask_and_save()
    assert len(questions) == 1
    assert "made from data that are gone" in asked[0]
    qtbot.waitUntil(lambda: not dock.save.busy)
    assert (tmp_path / "o" / "Fused_Reconstruction.h5").exists()
    assert dock.session.result is result


def test_after_other_data_took_its_place_there_is_nothing_to_save(dock, run_and_wait, messages):
    run_and_wait(dock)
    dock._viewer.layers.clear()
    add_layers(dock._viewer, mmf.simulate("lattice", shape=(64, 96), counts=20, seed=5))
    assert "made from other data" in mark(dock)
    dock.save.ask_and_save()
    assert len(messages) == 1
    assert "press Run first" in messages[0]
    assert not dock.save.busy


def test_curves_of_other_data_do_not_stay_behind_a_new_run(dock, run_and_wait):
    run_and_wait(dock)
    dock._viewer.layers.clear()
    add_layers(dock._viewer, mmf.simulate("lattice", shape=(64, 96), counts=200, seed=5))
    run_and_wait(dock)
    assert len(dock.curves.plot.previous) == 0
    run_and_wait(dock)
    assert len(dock.curves.plot.previous) == 5


def test_a_result_from_unknown_images_is_judged_by_its_settings_alone(dock):
    """Such as one that a script put there."""
    dock.session.result = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    assert dock.session.records.why_stale(dock.parameters.value) == ""
    changed = dock.parameters.value.replace(lambda_tv=0.3)
    assert "other settings" in dock.session.records.why_stale(changed)
