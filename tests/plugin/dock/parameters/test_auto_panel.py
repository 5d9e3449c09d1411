"""The Auto button sets the sliders to the result of `suggest`, and can be cancelled."""

from __future__ import annotations

import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")


@pytest.mark.gui
def test_it_sets_the_sliders_and_shows_the_curves(dock, qtbot):
    dock.parameters.value = dock.parameters.value.replace(n_iter=5)
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
        assert dock.auto.busy
        assert dock.auto.button.text() == "Cancel Auto"
    expected = mmf.suggest(dock.choice.source().dataset(), n_iter=5)
    shown = dock.parameters.value
    assert shown.lambda_tv == pytest.approx(expected.lambda_tv, rel=1e-3)
    assert shown.lambda_chem == pytest.approx(expected.lambda_chem, rel=1e-3)
    assert dock.auto.plot.suggestion.lambda_tv == expected.lambda_tv
    assert not dock.auto.plot.isHidden()
    assert dock.auto.button.text() == "Auto"


@pytest.mark.gui
def test_a_thorough_search_sets_all_it_chose(dock, qtbot):
    before = dock.parameters.value.replace(n_iter=2, n_iter_tv=20, background=3.0)
    dock.parameters.value = before
    dock.auto.thorough.setChecked(True)
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    expected = mmf.suggest(dock.choice.source().dataset(), before, choices=mmf.THOROUGH)
    shown = dock.parameters.value
    assert shown.n_iter_tv == expected.params.n_iter_tv
    assert shown.background == pytest.approx(expected.params.background, rel=1e-3)
    assert shown.lambda_tv == pytest.approx(expected.lambda_tv, rel=1e-3)
    assert (shown.n_iter_tv, shown.background) != (before.n_iter_tv, before.background)


@pytest.mark.gui
def test_the_curves_are_scrolled_into_sight(dock, qtbot):
    dock._viewer.window.resize(1280, 720)
    dock.parameters.value = dock.parameters.value.replace(n_iter=3)
    dock.trust_section.expand()  # far down
    qtbot.waitUntil(lambda: dock.auto.button.visibleRegion().isEmpty())
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    plot = dock.auto.plot
    qtbot.waitUntil(lambda: plot.visibleRegion().boundingRect() == plot.rect())


@pytest.mark.gui
def test_a_second_press_cancels_and_changes_nothing(dock, qtbot):
    before = dock.parameters.value.replace(n_iter=2000)
    dock.parameters.value = before
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
        dock.auto.press()
    assert dock.parameters.value == before
    assert dock.auto.plot.isHidden()
    assert not dock.auto.busy


@pytest.mark.gui
def test_data_that_cannot_be_searched_are_reported_once(dock, qtbot, notices):
    dock.parameters.value = dock.parameters.value.replace(regularize=False)
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    assert len(notices) == 1
    assert notices[0].startswith("Regularise is off")


@pytest.mark.gui
def test_warnings_are_shown(dock, qtbot):
    total = sum(row.layer.data for row in dock.choice.rows) + 1
    for row in dock.choice.rows:
        row.layer.data = (row.layer.data + 1 / len(dock.choice.rows)) / total
    dock.parameters.value = dock.parameters.value.replace(n_iter=3)
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
    assert "fractions" in dock.auto.message.text()


@pytest.mark.gui
def test_closing_ends_the_search(dock, qtbot):
    dock.parameters.value = dock.parameters.value.replace(n_iter=2000)
    with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
        dock.auto.press()
        dock.close_session()
    assert not dock.auto.busy
