"""All steps in a real window: find the data, run, watch, read the verdict."""

from __future__ import annotations

import gc
import weakref
from functools import partial

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.run.streaming import Pace

pytestmark = pytest.mark.gui


def as_layers_hold(data):
    """The data in the float32 that layers have."""
    return mmf.FusionDataset(data.haadf, data.maps, data.pixel_size, data.unit)


def assert_idle(widget):
    panel = widget.run_panel
    assert not widget.session.busy
    assert panel.run_button.enabled
    assert not panel.stop_button.enabled
    assert not panel.pause_button.enabled


def test_a_run_shows_its_result(dock, phantom, run_and_wait):
    run_and_wait(dock)
    expected = mmf.fuse(as_layers_hold(phantom))
    for element in phantom.elements:
        layer = dock.layers.fused(element)
        assert layer.name == f"{element} fused"
        np.testing.assert_array_equal(layer.data, expected.maps[element])
        noted = layer.metadata["mmfusion"]
        assert mmf.FusionParameters(**noted["parameters"]) == expected.params
        assert noted["element"] == element
    assert dock.layers.fused(None).name == "HAADF model"
    np.testing.assert_array_equal(dock.session.result.costs, expected.costs)
    np.testing.assert_array_equal(dock.curves.costs, expected.costs)
    assert dock.run_panel.verdict.text() == str(expected.verdict)
    assert_idle(dock)


def test_every_iteration_is_painted(dock, run_and_wait, monkeypatch):
    pictures = []
    frames = []
    dock.session.iterated.connect(lambda costs: frames.append(len(costs)))
    watch = dock.session._watch
    when_painted = watch.when_painted

    def read_and_go_on(painted):
        image = dock._viewer.window._qt_viewer.canvas.native.grabFramebuffer()
        bits = image.constBits()
        if not isinstance(bits, memoryview):  # PyQt's pointer, where PySide gives the memory
            bits = bits.asstring(image.sizeInBytes())
        pictures.append(bytes(bits))
        painted()

    def read_when_painted(painted, **how):
        when_painted(partial(read_and_go_on, painted), **how)

    monkeypatch.setattr(watch, "when_painted", read_when_painted)
    run_and_wait(dock)
    assert frames == [1] * 30
    assert len(set(pictures)) >= 30


def test_the_tutorial_file_converges(make_napari_viewer, tutorial_file, run_and_wait):
    path = tutorial_file("PTO_Trilayer_dataset.npz")
    data = mmf.load(path)
    viewer = make_napari_viewer(show=True)
    add_layers(viewer, data, str(path))
    widget = FusionWidget(viewer)
    viewer.window.add_dock_widget(widget)
    run_and_wait(widget)
    expected = mmf.fuse(as_layers_hold(data))
    for element in data.elements:
        np.testing.assert_array_equal(widget.layers.fused(element).data, expected.maps[element])
        noted = widget.layers.fused(element).metadata["mmfusion"]
        assert (noted["file"], noted["sha256"]) == (str(path), data.source_sha256)
    assert "Converged" in widget.run_panel.verdict.text()
    assert str(path) in widget.script()
    widget.close_session()


def test_the_fast_pace_loses_no_cost(dock, phantom, run_and_wait):
    dock.run_panel.pace_box.value = Pace.FAST
    run_and_wait(dock)
    expected = mmf.fuse(as_layers_hold(phantom))
    np.testing.assert_array_equal(dock.curves.costs, expected.costs)
    np.testing.assert_array_equal(dock.layers.fused("O").data, expected.maps["O"])


def test_a_second_run_uses_the_same_layers(dock, run_and_wait):
    run_and_wait(dock)
    first = {element: dock.layers.fused(element) for element in dock.layers.elements()}
    count = len(dock._viewer.layers)
    before = dock.session.result.maps["Sc"].copy()
    first["Sc"].contrast_limits = (0.0, 0.5)
    dock.parameters.field("lambda_tv").value = 0.5
    run_and_wait(dock)
    assert {element: dock.layers.fused(element) for element in first} == first
    assert len(dock._viewer.layers) == count
    assert first["Sc"].contrast_limits == [0.0, 0.5]
    assert not np.array_equal(before, dock.session.result.maps["Sc"])
    np.testing.assert_array_equal(
        dock.curves.plot.previous[-1], mmf.fuse(dock.choice.source().dataset()).costs[-1]
    )


def test_iterations_are_kept_on_request(dock, phantom, run_and_wait):
    dock.run_panel.history_box.value = True
    dock.parameters.field("n_iter").value = 4
    run_and_wait(dock)
    stack = dock._viewer.layers["O iterations"]
    states = list(mmf.fuse_iter(as_layers_hold(phantom), n_iter=4))
    np.testing.assert_array_equal(stack.data, np.stack([s.maps["O"] for s in states]))
    assert stack.scale[1:].tolist() == dock.layers.fused("O").scale.tolist()


def test_layers_lie_where_the_haadf_lies(dock, run_and_wait):
    haadf = dock.choice.haadf
    run_and_wait(dock)
    fused = dock.layers.fused("Sc")
    np.testing.assert_array_equal(fused.scale, haadf.scale)
    assert fused.units == haadf.units
    assert fused.axis_labels == haadf.axis_labels


def test_a_job_is_freed_before_the_next(dock, run_and_wait):
    jobs = []
    dock.session.runner.started.connect(lambda job: jobs.append(weakref.ref(job)))
    run_and_wait(dock)
    run_and_wait(dock)
    gc.collect()
    assert jobs[0]() is None
    assert jobs[1]() is not None


def test_parameters_come_back_from_a_layer_and_from_the_last_session(dock, run_and_wait):
    dock.parameters.field("lambda_tv").value = 0.02
    dock.parameters.field("threshold").value = 0.1
    used = dock.parameters.value
    run_and_wait(dock)
    dock.parameters.value = mmf.FusionParameters()
    dock._viewer.layers.selection.active = dock.layers.fused("Sc")
    dock.tools.load_button.click()
    assert dock.parameters.value == used
    again = FusionWidget(dock._viewer)
    dock._viewer.window.add_dock_widget(again, name="again")
    assert again.parameters.value == used
    again.close_session()


def test_what_napari_injects_is_unwrapped(make_napari_viewer, phantom):
    from napari.utils._proxies import PublicOnlyProxy

    viewer = make_napari_viewer()
    add_layers(viewer, phantom)
    widget = FusionWidget(PublicOnlyProxy(viewer))
    viewer.window.add_dock_widget(widget)
    assert widget.choice.haadf is viewer.layers["HAADF"]
    widget.close_session()


def test_a_comparison_follows_the_table(dock, run_and_wait, qtbot):
    run_and_wait(dock)
    other = dock._viewer.add_image(np.ones((64, 96), np.float32), name="second scan")
    dock.compare.mode.value = "Grid"
    assert not other.visible
    (row,) = [row for row in dock.choice.rows if row.symbol == "Sc"]
    dock.choice.assign(row, other)
    qtbot.waitUntil(lambda: other.visible)
    assert not dock._viewer.layers["Sc"].visible
    dock.compare.mode.value = "None"
    row.symbol, row.typed_symbol = "Ti", True
    dock.choice.changed.emit()
    qtbot.waitUntil(lambda: "Ti" in dock.compare.channel.choices)
