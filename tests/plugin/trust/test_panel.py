"""The trust tools in a real window: press, watch, cancel."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.trust import bootstrap_iter

pytest.importorskip("napari")

from pytestqt.exceptions import capture_exceptions

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.trust.tools import TOOLS

pytestmark = pytest.mark.gui
DATA = mmf.simulate("core-shell", shape=(40, 48), counts=10, seed=0)
RESULT = mmf.fuse(DATA, lambda_tv=0.05)


@pytest.fixture
def dock(make_napari_viewer):
    """A dock with the layers of a finished fusion of a particle."""
    viewer = make_napari_viewer(show=True)
    add_layers(viewer, DATA)
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget, name="Multi-modal fusion")
    widget.session.result = RESULT
    yield widget
    widget.close_session()


@pytest.fixture
def press(qtbot):
    """Press a button and return when its tool has ended and all is shown."""

    def press(dock, key):
        dock.trust.buttons[key].click()
        assert dock.trust.busy
        qtbot.waitUntil(lambda: not dock.trust.busy, timeout=60_000)
        qtbot.waitUntil(lambda: not dock.trust._turns._work, timeout=60_000)

    return press


def shown(dock, key):
    return [layer for layer in dock._viewer.layers if LayerNote.of(layer).tool == key]


def test_each_button_shows_layers_at_the_place_of_the_haadf(dock, press):
    haadf = dock.layers.measured(None)
    outcomes = set()
    for key, count, colours in (
        ("residuals", 4, "blue-white-red"),
        ("missed-structure", 3, "blue-white-red"),
        ("tv-only", 3, "blue-white-red"),
        ("null-element", 1, "inferno"),
        ("bootstrap", 3, "inferno"),
    ):
        press(dock, key)
        layers = shown(dock, key)
        assert len(layers) == count
        for layer in layers:
            assert LayerNote.of(layer).role is Role.TRUST
            assert layer.colormap.name == colours
            np.testing.assert_array_equal(layer.scale, haadf.scale)
            assert layer.units == haadf.units
            low, high = layer.contrast_limits
            assert low == (-high if colours == "blue-white-red" else 0)
        outcomes.add(dock.trust.message.text())
        assert not dock.trust.cancel_button.isVisible()
    assert len(outcomes - {""}) == 5


def test_the_layers_hold_what_the_api_finds(dock, press):
    press(dock, "residuals")
    found = mmf.residuals(RESULT)
    by_element = {LayerNote.of(layer).element: layer for layer in shown(dock, "residuals")}
    np.testing.assert_array_equal(by_element[None].data, found.haadf)
    np.testing.assert_array_equal(by_element["S"].data, found.maps["S"])
    assert dock.trust.message.text() == str(found)


def test_another_tool_replaces_the_pictures(dock, press):
    press(dock, "tv-only")
    kept = shown(dock, "tv-only")[0]
    kept.name = "for the paper"
    press(dock, "residuals")
    assert shown(dock, "tv-only") == [kept]
    assert len(shown(dock, "residuals")) == 4
    press(dock, "tv-only")
    assert shown(dock, "residuals") == []
    assert len(shown(dock, "tv-only")) == 4
    assert kept.name == "for the paper"


def test_the_pictures_can_be_removed(dock, press):
    dock.trust_section.expand()
    assert not dock.trust.remove_button.isVisible()
    before = list(dock._viewer.layers)
    press(dock, "residuals")
    assert dock.trust.remove_button.isVisible()
    dock.trust.remove_button.click()
    assert list(dock._viewer.layers) == before
    assert not dock.trust.remove_button.isVisible()
    press(dock, "null-element")
    dock._viewer.layers.remove(shown(dock, "null-element")[0])
    assert not dock.trust.remove_button.isVisible()


def test_a_second_time_goes_into_the_same_layers(dock, press):
    press(dock, "tv-only")
    first = shown(dock, "tv-only")
    for layer in first:
        layer.visible = False
    press(dock, "tv-only")
    assert shown(dock, "tv-only") == first
    assert [layer.visible for layer in first] == [False, False, True]  # they overlap
    dock._viewer.layers.remove(first[0])
    press(dock, "tv-only")
    assert len(shown(dock, "tv-only")) == 3


def test_the_layers_are_not_fused_nor_saved(dock, press):
    press(dock, "tv-only")
    assert [row.symbol for row in dock.choice.chosen()] == list(DATA.elements)
    measured = {dock.layers.measured(name) for name in (None, *DATA.elements)}
    assert not measured & set(shown(dock, "tv-only"))
    assert dock.save.result() is RESULT


def test_the_bootstrap_streams(dock, press):
    seen = []
    dock.trust.task.stepped.connect(lambda outcome: seen.append((outcome.done, outcome.total)))
    press(dock, "bootstrap")
    assert seen == [(i, 20) for i in range(1, 21)]
    assert "whole image" in dock.trust.message.text()


@pytest.fixture
def replicates(monkeypatch):
    """Set the number of repeats of the bootstrap."""

    def replicates(n):
        monkeypatch.setattr(
            "napari_mmfusion.plugin.trust.tools.bootstrap_iter", partial(bootstrap_iter, n=n)
        )

    return replicates


def test_steps_that_come_too_fast_are_skipped(dock, press, monkeypatch):
    shown_steps = []
    show = dock.trust._pictures.show

    def slow(tool, outcome, *rest):
        shown_steps.append(outcome.done)
        while dock.trust.task.busy:  # all others come meanwhile
            yield
        yield from show(tool, outcome, *rest)

    monkeypatch.setattr(dock.trust._pictures, "show", slow)
    press(dock, "bootstrap")
    assert shown_steps == [1, 20]
    last = mmf.bootstrap(RESULT)
    (layer,) = (layer for layer in shown(dock, "bootstrap") if layer.visible)
    element = LayerNote.of(layer).element
    np.testing.assert_array_equal(layer.data, last.deviations[element])


def test_cancel_ends_it_and_another_can_start(dock, press, qtbot, replicates):
    replicates(10_000)
    dock.trust_section.expand()
    dock.trust.buttons["bootstrap"].click()
    assert not dock.trust.buttons["residuals"].isEnabled()
    qtbot.waitUntil(lambda: dock.trust.progress.done > 1, timeout=60_000)
    dock.trust.cancel_button.click()
    qtbot.waitUntil(lambda: not dock.trust.busy, timeout=60_000)
    assert "whole image" in dock.trust.message.text()
    assert dock.trust.message.text().endswith("\nCancelled.")
    press(dock, "residuals")
    assert "Residuals" in dock.trust.message.text()


@pytest.mark.parametrize("kind", ["shapes", "labels"])
def test_every_marked_region_has_an_interval(dock, press, replicates, kind):
    replicates(3)
    haadf = dock.layers.measured(None)
    place = {"scale": haadf.scale, "translate": haadf.translate, "units": haadf.units}
    if kind == "shapes":
        square = [[10, 10], [10, 20], [20, 20], [20, 10]]
        layer = dock._viewer.add_shapes([square], shape_type="polygon", **place)
    else:
        labels = np.zeros(DATA.shape, np.uint8)
        labels[10:20, 10:20] = 1
        layer = dock._viewer.add_labels(labels, **place)
    dock._viewer.layers.selection.active = layer
    press(dock, "bootstrap")
    assert ("region 1" if kind == "shapes" else "label 1") in dock.trust.message.text()
    assert "whole image" not in dock.trust.message.text()


def test_regions_elsewhere_are_refused(dock):
    dock._viewer.add_labels(np.ones((4, 4), np.uint8))
    dock.trust.buttons["bootstrap"].click()
    assert not dock.trust.busy
    assert "does not lie on the pixels" in dock.trust.message.text()


def test_before_a_run_it_says_what_to_do(dock):
    dock.session.result = None
    dock.trust.buttons["residuals"].click()
    assert not dock.trust.busy
    assert "press Run" in dock.trust.message.text()


def test_an_error_is_reported_once(dock, press, notices, monkeypatch):
    def fail(*_, **__):
        raise mmf.MMFusionDataError("no luck")

    monkeypatch.setattr("napari_mmfusion.plugin.trust.tools.residuals", fail)
    press(dock, "residuals")
    assert notices == ["No luck"]
    assert dock.trust.buttons["residuals"].isEnabled()


@pytest.mark.parametrize("key", [tool.key for tool in TOOLS])
def test_closing_the_viewer_during_an_examination_is_quiet(
    make_napari_viewer, phantom, qtbot, notices, key
):
    viewer = make_napari_viewer(show=True)
    add_layers(viewer, phantom)
    dock = FusionWidget(viewer)
    viewer.window.add_dock_widget(dock)
    with qtbot.waitCallback(timeout=60_000) as over:
        dock.session.finished.connect(over, check_nargs=False)
        dock.run()
    task = dock.trust.task
    with capture_exceptions() as exceptions:
        dock.trust.buttons[key].click()
        assert task.busy
        viewer.close()
        qtbot.waitUntil(lambda: not task.busy, timeout=60_000)
        qtbot.wait(50)
    assert exceptions == []
    assert notices == []


def test_closing_the_window_ends_the_work(dock, qtbot):
    dock.trust.buttons["bootstrap"].click()
    task = dock.trust.task
    dock.trust.deleteLater()
    qtbot.waitUntil(lambda: not task.busy, timeout=60_000)


def test_every_button_is_explained_in_words():
    for tool in TOOLS:
        for text in (tool.explanation, tool.details):
            assert text.endswith(".")
            assert not set("`<>:_\\") & set(text)
        assert len(tool.details) > len(tool.explanation)
