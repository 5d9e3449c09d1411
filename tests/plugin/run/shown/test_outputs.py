"""Output layers change in small steps: no turn of the event loop updates a whole frame."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

components = pytest.importorskip("napari.components")

from napari_mmfusion.plugin.layers.layer_data import add_layers  # noqa: E402
from napari_mmfusion.plugin.layers.layer_set import LayerSet  # noqa: E402
from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample  # noqa: E402
from napari_mmfusion.plugin.layers.preview_region import Region  # noqa: E402
from napari_mmfusion.plugin.run.shown import outputs as module  # noqa: E402
from napari_mmfusion.plugin.run.shown.outputs import OutputLayers  # noqa: E402


@pytest.fixture
def viewer():
    return components.ViewerModel()


@pytest.fixture
def layers(viewer):
    return LayerSet(viewer)


@pytest.fixture
def outputs(viewer, layers, phantom):
    return OutputLayers(viewer, layers, add_layers(viewer, phantom)[0], "")


@pytest.fixture(scope="module")
def states(phantom):
    return list(mmf.fuse_iter(phantom, n_iter=3))


@pytest.fixture(scope="module")
def result(phantom):
    return mmf.fuse(phantom, n_iter=3)


def all_steps(steps):
    return sum(1 for _ in steps)


def fused(layers, phantom):
    return [layers.fused(element) for element in (None, *phantom.elements)]


def test_layers_are_added_one_in_a_step(viewer, outputs, states):
    counts = [len(viewer.layers) for _ in outputs.show(states[0])]
    assert counts[-1] == 8
    assert max(np.diff(counts)) == 1


def test_a_frame_is_copied_in_bounded_steps(layers, outputs, phantom, states, monkeypatch):
    all_steps(outputs.show(states[0]))
    monkeypatch.setattr(module, "PIXELS_A_STEP", 1000)
    drawn = []
    for layer in fused(layers, phantom):
        layer.events.set_data.connect(lambda event: drawn.append(event.source))
        layer.visible = True
    drawn.clear()
    before = [layer.data.copy() for layer in fused(layers, phantom)]
    copied = 0
    for _ in outputs.show(states[1]):
        after = [layer.data.copy() for layer in fused(layers, phantom)]
        assert sum((a != b).sum() for a, b in zip(before, after, strict=True)) <= 1000
        assert drawn == []
        before = after
        copied += 1
    assert copied >= 4 * phantom.haadf.size // 1000
    assert len(drawn) == 4  # all at once, in the last step
    for layer, image in zip(
        fused(layers, phantom), (states[1].haadf, *states[1].maps.values()), strict=True
    ):
        np.testing.assert_array_equal(layer.data, image)


def test_small_frames_take_one_step(outputs, states):
    all_steps(outputs.show(states[0]))
    assert all_steps(outputs.show(states[1])) == 0


def test_listeners_are_notified_of_one_layer_in_a_step(layers, outputs, phantom, states, result):
    all_steps(outputs.show(states[-1]))
    events = []
    for layer in fused(layers, phantom):
        layer.events.data.connect(lambda event: events.append(event.source))
    counts = [0] + [len(events) for _ in outputs.settle(result)]
    assert max(np.diff(counts)) == 1
    assert set(events) == set(fused(layers, phantom))


def test_the_contrast_follows_the_result(layers, outputs, phantom, states, result):
    all_steps(outputs.show(states[0]))
    all_steps(outputs.settle(result))
    for element in phantom.elements:
        limits = tuple(layers.fused(element).contrast_limits)
        assert limits == limits_of_sample(result.maps[element])
        assert limits != limits_of_sample(states[0].maps[element])


def test_a_contrast_chosen_while_settling_stays(layers, outputs, phantom, states, result):
    all_steps(outputs.show(states[-1]))
    layer = layers.fused(phantom.elements[0])
    events = []
    layer.events.data.connect(events.append)
    for _ in outputs.settle(result):
        if events:
            layer.contrast_limits = (0.1, 0.2)
            events.clear()
    assert tuple(layer.contrast_limits) == (0.1, 0.2)
    other = layers.fused(phantom.elements[1])
    assert tuple(other.contrast_limits) == limits_of_sample(result.maps[phantom.elements[1]])


def test_a_part_is_shown_in_its_place_and_in_no_layer_that_a_person_renamed(
    layers, outputs, phantom, states
):
    all_steps(outputs.show(states[0]))
    kept, other = (layers.fused(element) for element in phantom.elements[:2])
    kept.name = "mine"
    before = {layer: layer.data.copy() for layer in (kept, other)}
    region = Region((20, 40), (30, 70), phantom.haadf.shape)
    part = mmf.FusionDataset(
        region.cut(phantom.haadf),
        {name: region.cut(image) for name, image in phantom.maps.items()},
    )
    shown = mmf.fuse(part, n_iter=1)
    outputs.show_region(region, shown)
    np.testing.assert_array_equal(kept.data, before[kept])
    expected = before[other]
    expected[20:40, 30:70] = region.trim(shown.maps[phantom.elements[1]])
    np.testing.assert_array_equal(other.data, expected)


def test_what_is_already_shown_is_not_shown_again(layers, outputs, phantom, states):
    all_steps(outputs.show(states[0]))
    drawn = []
    for layer in fused(layers, phantom):
        layer.events.set_data.connect(lambda event: drawn.append(event.source))
    all_steps(outputs.show(states[0]))
    assert drawn == []


@pytest.mark.parametrize("when", [0, 3, 7])
def test_layers_may_go_between_two_steps(
    viewer, layers, outputs, phantom, states, monkeypatch, when
):
    all_steps(outputs.show(states[0]))
    monkeypatch.setattr(module, "PIXELS_A_STEP", 1000)
    for step, _ in enumerate(outputs.show(states[1])):
        if step == when:
            viewer.layers.remove(layers.fused(phantom.elements[0]))
    assert layers.fused(phantom.elements[0]) is None
    np.testing.assert_array_equal(
        layers.fused(phantom.elements[1]).data, states[1].maps[phantom.elements[1]]
    )


def test_settling_restores_what_was_changed_meanwhile(layers, outputs, phantom, states, result):
    all_steps(outputs.show(states[-1]))
    layer = layers.fused(phantom.elements[0])
    layer.data = np.zeros((3, 4), np.uint8)
    all_steps(outputs.settle(result))
    np.testing.assert_array_equal(layer.data, result.maps[phantom.elements[0]])
    assert not np.shares_memory(layer.data, result.maps[phantom.elements[0]])
