"""Layers held weakly, by key."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

components = pytest.importorskip("napari.components")

from napari_mmfusion.plugin.layers.held_layers import HeldLayers, find_layer  # noqa: E402


@pytest.fixture
def viewer():
    return components.ViewerModel()


def test_a_layer_counts_while_it_is_in_the_viewer(viewer):
    held = HeldLayers[str](viewer)
    layer = held["Sc"] = viewer.add_image(np.eye(3), name="Sc")
    held["O"] = viewer.add_image(np.eye(3), name="O")
    layer.name = "renamed"
    assert held.get("Sc") is layer
    assert held.get("Fe") is None
    viewer.layers.remove(layer)
    assert held.get("Sc") is None
    assert list(held) == ["Sc", "O"]
    assert held.present() == {"O": viewer.layers["O"]}
    viewer.layers.append(layer)
    assert held.get("Sc") is layer


def test_layers_and_viewer_are_not_kept_alive(viewer):
    held = HeldLayers[str](viewer)
    held["Sc"] = viewer.add_image(np.eye(3))
    gone = weakref.ref(viewer.layers.pop())
    viewer.layers.selection.clear()
    gc.collect()
    assert gone() is None
    assert held.get("Sc") is None


def test_forgotten_layers_are_missing(viewer):
    held = HeldLayers[int](viewer)
    for key in range(3):
        held[key] = viewer.add_image(np.eye(3))
    for key in held:
        del held[key]
    assert len(held) == 0
    assert not held.present()


def test_without_a_viewer_or_a_reference_there_is_no_layer(viewer):
    layer = viewer.add_image(np.eye(3))
    assert find_layer(viewer, weakref.ref(layer)) is layer
    assert find_layer(None, weakref.ref(layer)) is None
    assert find_layer(viewer, None) is None
