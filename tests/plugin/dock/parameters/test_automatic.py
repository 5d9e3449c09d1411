"""The method: automatic at first, found before Run, and its parameters alone are shown."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.plugin.dock.parameters.method_box import AUTOMATIC, METHODS
from napari_mmfusion.plugin.dock.settings import load_automatic, save_parameters

pytest.importorskip("napari")

SOLVERS = mmf.FusionParameters.info("solver").choices


def shown(dock):
    """The parameters that can be seen."""
    rows = dock.parameters._rows
    return {name for name, (label, field) in rows.items() if not field.isHidden()}


def choose(dock, key):
    box = dock.parameters.method.box
    box.setCurrentIndex(box.findData(key))


def test_every_solver_is_a_method():
    assert {method.key for method in METHODS} == {AUTOMATIC, *SOLVERS}
    for method in METHODS:
        assert method.sentence.endswith(".")


@pytest.mark.gui
@pytest.mark.automatic
def test_run_finds_the_method_first_and_says_whether_it_helps(dock, qtbot, run_and_wait):
    assert dock.parameters.method.automatic
    assert dock.auto.button.text() == "Compare methods"
    run_and_wait(dock)
    result = dock.session.result
    data = dock.choice.source().dataset()
    expected = mmf.suggest(data, solver="auto")
    assert result.params.solver == expected.params.solver
    assert result.choice is not None
    assert result.choice.method == expected.choice.method
    assert str(result.choice) in str(result.verdict)
    assert dock.parameters.method.automatic
    assert dock.auto.table.rowCount() == len(expected.choice.scores)
    again = mmf.fuse(data, result.params)
    for name, image in result.maps.items():
        np.testing.assert_array_equal(image, again.maps[name])
    # A second run needs no second search.
    with qtbot.assertNotEmitted(dock.auto.ended):
        run_and_wait(dock)
    assert dock.session.result.choice is not None


@pytest.mark.gui
@pytest.mark.automatic
def test_other_data_are_compared_anew(dock, qtbot):
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    assert not dock.automatic.is_to_be_found
    dock.choice.rows[0].layer.data = dock.choice.rows[0].layer.data[::-1]
    qtbot.waitUntil(lambda: dock.automatic.is_to_be_found)


@pytest.mark.gui
@pytest.mark.automatic
def test_a_search_that_is_cancelled_runs_nothing(dock, qtbot):
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.run_panel.run_button.native.click()
        assert dock.auto.busy
        dock._stop_all()
    assert not dock.session.busy
    assert dock.session.result is None
    assert dock.automatic.is_to_be_found


@pytest.mark.gui
@pytest.mark.automatic
def test_a_method_of_the_table_is_taken_with_its_settings(dock, qtbot):
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    choice = mmf.suggest(dock.choice.source().dataset(), solver="auto").choice
    names = [score.name for score in choice.scores]
    table = dock.auto.table
    table.take(names.index("raw"))  # no fusion
    assert dock.parameters.method.automatic
    table.take(names.index("guided"))
    assert not dock.parameters.method.automatic
    params = dock.parameters.value
    assert params.solver == "guided"
    assert params.guided_tv == pytest.approx(choice.score("guided").settings["guided_tv"], rel=1e-2)
    assert shown(dock) == set(mmf.FusionParameters.used_by("guided")) - {
        "solver",
        "weights",
        "atomic_numbers",
    }
    dock.history.undo()
    assert dock.parameters.value.solver == choice.method or choice.method == "plain TV"


@pytest.mark.gui
@pytest.mark.parametrize("solver", SOLVERS)
def test_only_the_parameters_of_the_method_are_shown(dock, solver):
    choose(dock, solver)
    assert dock.parameters.value.solver == solver
    used = set(mmf.FusionParameters.used_by(solver))
    assert shown(dock) == used - {"solver", "weights", "atomic_numbers"}
    choose(dock, AUTOMATIC)
    assert shown(dock) == {"normalisation"}
    assert dock.parameters.value.solver == solver


@pytest.mark.gui
@pytest.mark.automatic
def test_settings_of_other_methods_do_not_reach_the_search(dock):
    choose(dock, "tutorial")
    dock.parameters.value = dock.parameters.value.replace(gamma=1.1, background=0.9, n_iter=3)
    choose(dock, AUTOMATIC)
    _, params = dock.automatic._request()
    assert (params.gamma, params.background, params.n_iter) == (1.6, 0.24, 30)


@pytest.mark.gui
@pytest.mark.automatic
def test_the_script_finds_the_method_until_it_was_found(dock, qtbot):
    assert 'mmf.fuse(data, solver="auto")' in dock.script()
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    found = dock.script()
    assert "auto" not in found
    assert f"solver={dock.parameters.value.solver!r}" in found


def test_the_method_is_kept_between_sessions():
    assert load_automatic()
    save_parameters(mmf.FusionParameters(), automatic=False)
    assert not load_automatic()
    save_parameters(mmf.FusionParameters(), automatic=True)
    assert load_automatic()


@pytest.mark.gui
def test_presets_and_undo_leave_the_automatic_method(dock):
    choose(dock, AUTOMATIC)
    dock.tools.presets.setCurrentIndex(2)
    dock.tools.presets.activated.emit(2)
    assert not dock.parameters.method.automatic
    assert dock.parameters.value.solver == "tutorial"
