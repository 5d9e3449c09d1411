"""Runs that are stopped, paused, disturbed or fail never hang and give at most one notice."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from failing_run import fail_after
from napari_mmfusion.core import native

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.run import job as job_module
from napari_mmfusion.plugin.run.job import Request
from napari_mmfusion.plugin.run.shown import history
from napari_mmfusion.plugin.run.streaming import Pace

pytestmark = pytest.mark.gui


def at_iteration(widget, iteration, action):
    """Do `action` once, in the middle of a run."""

    def look(_):
        if len(widget.curves.costs) == iteration:
            action()

    widget.session.iterated.connect(look)


def assert_idle(widget):
    assert not widget.session.busy
    assert widget.run_panel.run_button.enabled
    assert not widget.run_panel.stop_button.enabled


def test_stop_keeps_what_was_reached(dock, run_and_wait):
    at_iteration(dock, 5, dock.run_panel.stop_button.native.click)
    run_and_wait(dock)
    result = dock.session.result
    done = len(result.costs)
    assert 5 <= done < 30
    assert result.stopped
    assert dock.layers.fused("Sc").metadata["mmfusion"]["partial"]
    np.testing.assert_array_equal(dock.layers.fused("Sc").data, result.maps["Sc"])
    assert f"{done} of 30" in dock.run_panel.verdict.text()
    assert_idle(dock)


def test_a_run_that_settles_early_is_not_partial(dock, run_and_wait):
    for name, value in {"solver": "converged", "n_iter": 400, "tolerance": 1e-2}.items():
        dock.parameters.field(name).value = value
    run_and_wait(dock)
    result = dock.session.result
    assert len(result.costs) < 400
    assert not result.stopped
    assert not dock.layers.fused("Sc").metadata["mmfusion"]["partial"]
    assert "topped" not in dock.run_panel.verdict.text()
    assert_idle(dock)


@pytest.mark.parametrize("pace", list(Pace))
def test_a_run_reports_its_start_once_and_first(dock, run_and_wait, pace):
    events = []
    dock.session.started.connect(lambda _: events.append("started"))
    dock.session.iterated.connect(lambda _: events.append("iterated"))
    dock.session.ended.connect(lambda: events.append("ended"))
    dock.run_panel.pace_box.value = pace
    for _ in range(2):
        events.clear()
        run_and_wait(dock)
        assert events[0] == "started"
        assert events.count("started") == events.count("ended") == 1
        assert "iterated" in events
    assert_idle(dock)


def test_a_run_that_fails_at_once_reports_its_start_before_its_end(
    dock, run_and_wait, notices, monkeypatch
):
    def failing(*_, **__):
        raise MemoryError

    monkeypatch.setattr(job_module, "fuse_iter", failing)
    events = []
    dock.session.started.connect(lambda _: events.append("started"))
    dock.session.ended.connect(lambda: events.append("ended"))
    run_and_wait(dock)
    assert events == ["started", "ended"]
    assert len(notices) == 1
    assert_idle(dock)


def test_pause_holds_and_resume_continues(dock, qtbot, run_and_wait):
    at_iteration(dock, 3, dock.run_panel.pause_button.native.click)
    dock.run_panel.run_button.native.click()
    qtbot.waitUntil(lambda: dock.run_panel.pause_button.text == "Resume")
    held = len(dock.curves.costs)
    qtbot.wait(200)  # long enough for the iterations that must not come
    assert len(dock.curves.costs) <= held + 1
    run_and_wait(dock, dock.run_panel.pause_button.native.click)
    assert len(dock.session.result.costs) == 30
    assert_idle(dock)


def test_a_run_may_start_as_soon_as_the_one_before_ends(dock, qtbot):
    finished = []

    def again():
        finished.append(dock.session.result)
        if len(finished) == 1:
            assert dock.session.unsettled  # its thumbnails are deferred; the next run starts first
            dock.parameters.field("lambda_tv").value = 0.3
            dock.run()
            assert dock.session.busy

    dock.session.finished.connect(again)
    dock.run_panel.run_button.native.click()
    qtbot.waitUntil(lambda: len(finished) == 2 and not dock.session.unsettled, timeout=60_000)
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    for element, image in expected.maps.items():
        np.testing.assert_array_equal(dock.layers.fused(element).data, image)
        noted = dock.layers.fused(element).metadata["mmfusion"]
        assert noted["parameters"]["lambda_tv"] == pytest.approx(0.3)
    assert_idle(dock)


def test_listeners_of_layers_are_notified_of_the_result(dock, run_and_wait):
    run_and_wait(dock)
    events = []
    for element in ("Sc", "Dy", "O"):
        layer = dock.layers.fused(element)
        layer.events.data.connect(lambda event: events.append(event.source.data.copy()))
    dock.parameters.field("lambda_tv").value = 0.3
    run_and_wait(dock)
    for image, shown in zip(dock.session.result.maps.values(), events, strict=True):
        np.testing.assert_array_equal(shown, image)


def test_the_result_does_not_share_memory_with_the_layers(dock, run_and_wait):
    run_and_wait(dock)
    for element, image in dock.session.result.maps.items():
        assert not np.shares_memory(dock.layers.fused(element).data, image)


def test_stop_ends_a_paused_run(dock, qtbot, run_and_wait):
    at_iteration(dock, 3, dock.run_panel.pause_button.native.click)
    dock.run_panel.run_button.native.click()
    qtbot.waitUntil(lambda: dock.run_panel.pause_button.text == "Resume")
    run_and_wait(dock, dock.run_panel.stop_button.native.click)
    assert dock.session.result.stopped
    assert_idle(dock)


def remove_fused(widget):
    widget._viewer.layers.remove(widget.layers.fused("Sc"))


def remove_measured(widget):
    for layer in list(widget._viewer.layers)[:4]:
        widget._viewer.layers.remove(layer)


def rename(widget):
    widget.layers.fused("Sc").name = "something else"
    widget.layers.measured("Sc").name = "Ti"


def reorder(widget):
    widget._viewer.layers.reverse()


def hide(widget):
    for layer in widget._viewer.layers:
        layer.visible = False


def replace_data(widget):
    widget.layers.fused("Sc").data = np.zeros((3, 4), dtype=np.uint8)


@pytest.mark.parametrize(
    "disturb", [remove_fused, remove_measured, rename, reorder, hide, replace_data]
)
def test_a_run_survives_what_is_done_to_layers(dock, run_and_wait, notices, disturb):
    at_iteration(dock, 4, lambda: disturb(dock))
    before = dock.choice.source().dataset()
    layers = dock.layers.of(dock.choice.reading)
    run_and_wait(dock)
    assert notices == []
    assert len(dock.session.result.costs) == 30
    expected = mmf.fuse(before)
    np.testing.assert_array_equal(layers.fused("O").data, expected.maps["O"])
    if disturb is remove_fused:
        assert layers.fused("Sc") is None
    else:
        np.testing.assert_array_equal(layers.fused("Sc").data, expected.maps["Sc"])
    assert_idle(dock)


def test_all_layers_gone_is_no_error(dock, run_and_wait, notices):
    at_iteration(dock, 4, dock._viewer.layers.clear)
    run_and_wait(dock)
    assert notices == []
    assert_idle(dock)


def test_the_viewer_may_close_during_a_run(make_napari_viewer, phantom, qtbot):
    from napari_mmfusion.plugin.layers.layer_data import add_layers

    viewer = make_napari_viewer(show=True)
    add_layers(viewer, phantom)
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget)
    with qtbot.waitCallback(timeout=20_000) as over:
        widget.session.runner.finished.connect(over, check_nargs=False)
        at_iteration(widget, 3, viewer.close)
        widget.run()
    assert not widget.session.busy


ERRORS = [
    RuntimeError("from C++"),
    ValueError("bad value"),
    MemoryError(),
    KeyError("lost"),
    OSError("disk"),
    StopIteration(),
    native.ComputeError("inside the core"),
    mmf.MMFusionComputeError("the core failed"),
]


@pytest.mark.parametrize("after", [0, 3])
def test_an_exception_gives_one_notice(dock, run_and_wait, notices, monkeypatch, after):
    for error in ERRORS:  # one run after the other: no failure spoils the next run
        monkeypatch.setattr(job_module, "fuse_iter", fail_after(after, error))
        notices.clear()
        run_and_wait(dock)
        assert len(notices) == 1, error
        assert notices[0], error
        assert_idle(dock)


def test_what_a_failed_run_reached_is_kept_and_marked(dock, run_and_wait, notices, monkeypatch):
    monkeypatch.setattr(job_module, "fuse_iter", fail_after(3, MemoryError))
    run_and_wait(dock)
    assert len(notices) == 1
    result = dock.session.result
    assert result.stopped
    expected = mmf.fuse(dock.choice.source().dataset(), n_iter=3)
    np.testing.assert_array_equal(result.costs, expected.costs)
    for element, image in expected.maps.items():
        np.testing.assert_array_equal(dock.layers.fused(element).data, image)
        assert dock.layers.fused(element).metadata["mmfusion"]["partial"]
    assert dock.run_panel.verdict.text() == "Failed after 3 of 30 iterations (partial)."


def test_an_exception_while_drawing_gives_one_notice(dock, run_and_wait, notices, monkeypatch):
    from napari_mmfusion.plugin.run.shown.outputs import OutputLayers

    def fail(*_):
        raise ValueError("no layer")

    monkeypatch.setattr(OutputLayers, "show", fail)
    run_and_wait(dock)
    assert len(notices) == 1
    assert_idle(dock)
    kept = dock.session.result
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    np.testing.assert_array_equal(kept.costs, expected.costs)
    np.testing.assert_array_equal(kept.maps["Sc"], expected.maps["Sc"])
    assert "kept" in dock.run_panel.verdict.text()


def test_run_may_be_pressed_as_soon_as_the_computation_ends(dock, run_and_wait):
    finished = []
    dock.session.finished.connect(lambda: finished.append(len(dock.session.result.costs)))

    def press_run():
        dock.session.ended.disconnect(press_run)
        assert dock.session.busy
        dock.run_panel.run_button.native.click()

    dock.session.ended.connect(press_run)
    stops = iter([dock.run_panel.stop_button.native.click])  # only the first run
    at_iteration(dock, 5, lambda: next(stops, bool)())
    run_and_wait(dock)
    assert finished == [30]  # the requested run replaces the stopped one
    np.testing.assert_array_equal(dock.layers.fused("Sc").data, dock.session.result.maps["Sc"])
    assert_idle(dock)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda w: w._viewer.layers.remove("HAADF"), "HAADF"),
        (lambda w: [setattr(row, "enabled", False) for row in w.choice.rows], "element"),
        (lambda w: setattr(w.choice.rows[0], "symbol", "O"), "twice"),
    ],
)
def test_missing_data_are_reported_before_the_run(dock, notices, spoil, words):
    spoil(dock)
    dock.run_panel.run_button.native.click()
    assert len(notices) == 1
    assert words in notices[0]
    assert_idle(dock)


def test_maps_of_another_shape_are_refused_with_a_message(dock, run_and_wait, notices):
    dock._viewer.add_image(np.ones((5, 5)), name="Fe")
    row = dock.choice.rows[-1]
    assert (row.symbol, row.enabled) == ("Fe", False)
    row.enabled = row.typed_enabled = True
    run_and_wait(dock)
    assert len(notices) == 1
    assert "shape" in notices[0]
    assert_idle(dock)


def test_a_history_that_would_fill_the_memory_is_refused_before_the_run(dock, notices, monkeypatch):
    monkeypatch.setattr(history, "MOST_BYTES", 4 * dock.choice.haadf.data.size * 3 * 10)
    params = mmf.FusionParameters(n_iter=11)
    assert not dock.session.start(Request(params, Pace.FAST, keep_history=True))
    assert len(notices) == 1
    assert "lower the number of iterations to 10" in notices[0]
    assert_idle(dock)
