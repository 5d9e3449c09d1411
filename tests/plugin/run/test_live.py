"""Live: the latest value counts, and the last result is that of a plain fusion."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.layers import preview_region as region_module
from napari_mmfusion.plugin.layers.preview_region import Region
from napari_mmfusion.plugin.run import job as job_module
from napari_mmfusion.plugin.run import live as live_module
from napari_mmfusion.plugin.run.shown import outputs as outputs_module


@pytest.mark.gui
def test_dragging_ends_at_the_plain_fusion(dock, qtbot):
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    shown = []
    dock.session.refreshed.connect(shown.append)
    for value in np.linspace(0.05, 0.4, 20):
        dock.parameters.field("lambda_tv").value = float(value)
        qtbot.wait(5)  # a hand moves
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    assert 1 <= len(shown) <= 20
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    assert expected.params.lambda_tv == pytest.approx(0.4)
    for element, image in expected.maps.items():
        np.testing.assert_array_equal(dock.layers.fused(element).data, image)
    np.testing.assert_array_equal(dock.layers.fused(None).data, expected.haadf)
    np.testing.assert_array_equal(dock.curves.costs, expected.costs)


@pytest.mark.gui
def test_switching_an_element_off_counts_as_a_change(dock, qtbot):
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    row = dock.choice.rows[0]
    row.enabled, row.typed_enabled = False, True
    dock.choice.changed.emit()
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    assert dock.session.result.data.elements == ("Dy", "O")


@pytest.mark.gui
def test_a_result_is_settled_even_if_the_next_change_is_refused(dock, qtbot, notices):
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.session.unsettled, timeout=20_000)
    qtbot.waitUntil(lambda: not dock.session.busy, timeout=20_000)
    assert dock.session.unsettled
    for row in dock.choice.rows:
        row.enabled, row.typed_enabled = False, True
    dock.choice.changed.emit()
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    assert not dock.session.unsettled
    assert notices == []  # layers may be on their way; the line of the verdict says what is missing
    assert "an element that is switched on" in dock.run_panel.verdict.text()


@pytest.mark.gui
def test_run_takes_over_from_live(dock, run_and_wait):
    dock.run_panel.live_box.value = True
    assert dock.session.busy
    run_and_wait(dock)
    assert len(dock.session.result.costs) == 30


@pytest.mark.gui
@pytest.mark.parametrize("before", [False, True])
def test_what_is_wished_during_a_run_follows_it(dock, qtbot, before):
    """Whether Live was on before the run or is switched on in its middle."""
    dock.run_panel.live_box.value = before
    qtbot.waitUntil(lambda: dock.live.settled)

    def wish(_):
        if len(dock.curves.costs) == 3:
            dock.run_panel.live_box.value = True
            dock.parameters.field("lambda_tv").value = 0.3

    dock.session.iterated.connect(wish)
    dock.run_panel.run_button.native.click()
    wished = []
    dock.session.refreshed.connect(wished.append)
    qtbot.waitUntil(lambda: bool(wished) and dock.live.settled)
    assert dock.session.result.params.lambda_tv == pytest.approx(0.3)


@pytest.mark.gui
def test_a_live_result_that_was_given_up_is_not_kept(dock, qtbot, run_and_wait, monkeypatch):
    run_and_wait(dock)
    kept = dock.session.result
    shown = dock.layers.fused("Dy").data.copy()
    given_up = threading.Event()

    def fuse_in_spite_of_it(data, params, *, stop):
        assert given_up.wait(60)
        assert stop.is_set()
        return mmf.fuse(data, params)

    monkeypatch.setattr(job_module, "fuse", fuse_in_spite_of_it)
    dock.parameters.field("lambda_tv").value = 0.3
    dock.run_panel.live_box.value = True
    assert dock.session.busy
    dock.parameters.field("lambda_tv").value = 0.35  # given up as well
    dock.run_panel.live_box.value = False
    given_up.set()
    qtbot.waitUntil(lambda: dock.live.settled)
    assert dock.session.result is kept
    np.testing.assert_array_equal(dock.layers.fused("Dy").data, shown)


@pytest.mark.gui
def test_run_takes_over_while_a_live_result_comes_to_the_canvas(dock, qtbot, monkeypatch):
    monkeypatch.setattr(outputs_module, "PIXELS_A_STEP", 500)  # so it takes many turns
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    begun = []

    def press_run(job):
        if job.stream is None and not begun:
            assert not dock.session.runner.busy
            assert dock.session.busy
            begun.append(True)
            dock.run_panel.run_button.native.click()

    dock.session.runner.finished.connect(press_run)
    dock.parameters.field("lambda_tv").value = 0.3
    qtbot.waitUntil(lambda: len(dock.curves.costs) == 30 and dock.live.settled, timeout=60_000)
    assert begun
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    np.testing.assert_array_equal(dock.layers.fused("Dy").data, expected.maps["Dy"])


@pytest.mark.gui
def test_of_large_images_the_visible_part_comes_first(dock, qtbot, run_and_wait, monkeypatch):
    run_and_wait(dock)
    monkeypatch.setattr(live_module, "MOST_PIXELS", 1000)
    monkeypatch.setattr(region_module, "MOST_PIXELS", 1000)
    regions = []
    dock.session.runner.started.connect(lambda job: regions.append(job.source.region))
    kept = []
    dock.session.ended.connect(lambda: kept.append(dock.session.result.haadf.shape))
    dock.run_panel.live_box.value = True
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    dock.parameters.field("lambda_tv").value = 0.3
    qtbot.waitUntil(lambda: dock.live.settled, timeout=20_000)
    assert regions[-2] is not None
    assert regions[-1] is None
    assert set(kept) == {dock.choice.haadf.data.shape}  # a part is shown but is no result
    expected = mmf.fuse(dock.choice.source().dataset(), dock.parameters.value)
    np.testing.assert_array_equal(dock.layers.fused("Dy").data, expected.maps["Dy"])


def test_a_region_is_nearly_what_the_whole_would_be():
    data = mmf.simulate("lattice", shape=(96, 128), counts=20, seed=2)
    region = Region((30, 62), (40, 90), (96, 128))
    whole = mmf.fuse(data)
    cut = mmf.FusionDataset(
        region.cut(data.haadf), {name: region.cut(image) for name, image in data.maps.items()}
    )
    part = mmf.fuse(cut)
    for element, image in whole.maps.items():
        found = region.trim(part.maps[element])
        assert found.shape == (32, 50)
        np.testing.assert_allclose(found, image[region.slices], atol=0.02)
