"""Taking back presets, Auto, loaded parameters and single changes."""

from __future__ import annotations

import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.parameters import parameter_history
from napari_mmfusion.plugin.dock.parameters.parameter_tools import PRESETS

pytestmark = pytest.mark.gui


def choose_preset(dock, name):
    box = dock.tools.presets
    box.setCurrentText(name)
    box.activated.emit(box.currentIndex())


def undo(dock):
    dock.tools.undo_button.click()


def test_presets_are_taken_back_one_by_one(dock):
    start = dock.parameters.value.replace(lambda_tv=0.3)
    dock.parameters.value = start
    names = list(PRESETS)
    for name in names:
        choose_preset(dock, name)
    assert dock.parameters.value == PRESETS[names[-1]]
    for name in reversed(names[:-1]):
        undo(dock)
        assert dock.parameters.value == PRESETS[name]
    undo(dock)
    assert dock.parameters.value == start


def test_there_is_nothing_to_take_back_at_first_and_in_the_end(dock):
    button = dock.tools.undo_button
    assert not button.isEnabled()
    choose_preset(dock, "Published, few counts (then Auto)")
    assert button.isEnabled()
    undo(dock)
    assert dock.parameters.value == mmf.FusionParameters()
    assert not button.isEnabled()
    dock.history.undo()
    assert dock.parameters.value == mmf.FusionParameters()


def test_auto_is_one_step(dock, qtbot):
    before = dock.parameters.value.replace(n_iter=3)
    dock.parameters.value = before
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    assert dock.parameters.value != before
    undo(dock)
    assert dock.parameters.value == before


def test_parameters_loaded_from_a_layer_are_one_step(dock, run_and_wait):
    dock.parameters.field("n_iter").value = 3
    dock.choice.rows[0].typed_weight = 0.7
    dock.choice.changed.emit()
    run_and_wait(dock)
    dock.choice.rows[0].typed_weight = 0.9
    dock.choice.changed.emit()
    choose_preset(dock, "Tutorial 2 (EELS, Co3O4)")
    before = dock.parameters.value
    dock._viewer.layers.selection.active = dock.layers.fused("Sc")
    dock.tools.load_button.click()
    assert dock.parameters.value.n_iter == 3
    undo(dock)
    assert dock.parameters.value == before
    assert dock.choice.rows[0].typed_weight == 0.9


def test_a_drag_of_a_slider_is_one_step_and_another_setting_another(dock, monkeypatch):
    start = dock.parameters.value
    slider = dock.parameters.field("lambda_tv").slider
    for position in (300, 400, 500):
        slider.setValue(position)
    dragged = dock.parameters.value
    dock.parameters.field("gamma").value = 2.0
    undo(dock)
    assert dock.parameters.value == dragged
    undo(dock)
    assert dock.parameters.value == start
    monkeypatch.setattr(parameter_history, "_ONE_EDIT", -1.0)
    for position in (300, 400):
        slider.setValue(position)
    first = dock.parameters.field("lambda_tv")._scale.value(300)
    undo(dock)
    assert dock.parameters.value.lambda_tv == first


def test_numbers_typed_into_the_table_are_taken_back(dock):
    row = dock.choice.rows[1]
    box = dock.table._weights[1]
    box.setValue(0.5)
    dock.table._numbers[1].setValue(40)
    undo(dock)
    assert (row.typed_number, row.typed_weight) == (None, 0.5)
    undo(dock)
    assert (row.typed_number, row.typed_weight) == (None, None)
    assert box.value() is None


def test_a_layer_that_comes_or_goes_is_no_step(dock):
    dock._viewer.layers.remove(dock._viewer.layers["O"])
    assert not dock.history.can_undo


def test_of_many_steps_the_oldest_are_forgotten():
    shown = [0]
    history = parameter_history.ParameterHistory(
        lambda: shown[0],
        lambda state: shown.__setitem__(0, state),
        lambda one, other: {one, other} if one != other else set(),
    )
    for state in range(1, 301):
        shown[0] = state
        history.note()
    taken_back = []
    while history.can_undo:
        history.undo()
        taken_back.append(shown[0])
    assert taken_back == list(range(299, 299 - len(taken_back), -1))
    assert 100 <= len(taken_back) < 110


def test_a_change_after_several_that_are_one_step_is_a_step_of_its_own():
    shown = [0]
    history = parameter_history.ParameterHistory(
        lambda: shown[0], lambda state: shown.__setitem__(0, state), lambda one, other: one != other
    )
    with history.one_step():
        for state in (1, 2):
            shown[0] = state
            history.note()
    shown[0] = 3  # at once, and of the same kind
    history.note()
    history.undo()
    assert shown == [2]
    history.undo()
    assert shown == [0]
    assert not history.can_undo
