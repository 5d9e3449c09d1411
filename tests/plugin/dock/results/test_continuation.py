"""Continue: offered where it helps, and the same as one longer run."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.parameters.parameter_tools import PRESETS

pytestmark = pytest.mark.gui


def set_iterations(dock, n_iter):
    dock.parameters.field("n_iter").value = n_iter


def offered(dock):
    button = dock.run_panel.continue_button
    return button.text if button.native.isVisible() else None


def press(dock, run_and_wait):
    run_and_wait(dock, dock.run_panel.continue_button.native.click)


@pytest.fixture(autouse=True)
def preset(dock):
    dock.parameters.value = PRESETS["Tutorial 2 (EELS, Co3O4)"].replace(n_iter=12)


def test_it_is_the_same_as_one_longer_run(dock, run_and_wait, tmp_path):
    assert offered(dock) is None
    run_and_wait(dock)
    first = dock.session.result
    assert "press Continue" in dock.run_panel.verdict.text()
    assert offered(dock) == f"Continue to {first.verdict.forecast} iterations"
    set_iterations(dock, 20)
    assert offered(dock) == "Continue to 20 iterations"
    seen = []
    dock.session.iterated.connect(lambda _: seen.append(len(dock.curves.costs)))
    press(dock, run_and_wait)
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    result = dock.session.result
    assert result.maps == expected.maps
    assert np.array_equal(result.costs, expected.costs)
    assert np.array_equal(dock.curves.costs, expected.costs)  # the same curves go on
    assert min(seen) > 12
    assert not len(dock.curves.plot.previous)
    assert dock.run_panel.stale.text() == ""
    saved = mmf.load_result(dock.save.save_to(tmp_path / "out"))
    assert saved.params.n_iter == len(saved.costs) == 20
    assert saved.maps == expected.maps


def test_the_iterations_shown_are_those_in_all(dock, run_and_wait):
    run_and_wait(dock)
    total = dock.session.result.verdict.forecast
    press(dock, run_and_wait)
    assert dock.parameters.value.n_iter == total == len(dock.session.result.costs)
    dock.history.undo()
    assert dock.parameters.value.n_iter == 12


def test_it_goes_on_after_a_stop(dock, run_and_wait):
    set_iterations(dock, 40)

    def stop_early():
        dock.session.iterated.connect(lambda _: dock.session.stop())
        dock.run_panel.run_button.native.click()

    run_and_wait(dock, stop_early)
    done = len(dock.session.result.costs)
    assert 0 < done < 40
    dock.session.iterated.disconnect()
    dock.session.iterated.connect(dock._on_iterated)
    assert offered(dock) == "Continue to 40 iterations"
    press(dock, run_and_wait)
    assert (
        dock.session.result.maps
        == mmf.fuse(dock.choice.source().dataset(), dock.parameters.value).maps
    )


def test_kept_iterations_are_those_of_the_rest(dock, run_and_wait):
    run_and_wait(dock)
    set_iterations(dock, 17)
    dock.run_panel.history_box.value = True
    press(dock, run_and_wait)
    (stack,) = [layer for layer in dock._viewer.layers if layer.name == "Sc iterations"]
    assert len(stack.data) == 5
    assert np.array_equal(stack.data[-1], dock.session.result.maps["Sc"])


def test_it_is_not_offered_where_it_cannot_help(dock, run_and_wait):
    run_and_wait(dock)
    assert offered(dock)
    field = dock.parameters.field("lambda_tv")
    before, field.value = field.value, 0.3
    assert offered(dock) is None
    field.value = before
    assert offered(dock)
    dock.parameters.value = mmf.FusionParameters(n_iter=60)
    run_and_wait(dock)
    assert dock.session.result.verdict.converged
    assert offered(dock) is None
    dock.parameters.value = mmf.FusionParameters(lambda_chem=2.0)
    run_and_wait(dock)
    assert "Lower Chemistry weight" in dock.run_panel.verdict.text()
    assert offered(dock) is None


def test_the_matched_solver_runs_and_offers_nothing_to_go_on_to(dock, run_and_wait, notices):
    for n_iter, words in ((30, "Complete: both estimates"), (1, "Not complete: only the first")):
        dock.parameters.value = dock.parameters.value.replace(solver="matched", n_iter=n_iter)
        run_and_wait(dock)
        assert dock.run_panel.verdict.text().count(words) == 1
        assert len(dock.curves.costs) == dock.run_panel._iterations == min(n_iter, 2)
        assert offered(dock) is None
    assert "Iterations of 2 or more" in dock.run_panel.verdict.text()
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    assert dock.session.result.maps == expected.maps
    assert notices == []
