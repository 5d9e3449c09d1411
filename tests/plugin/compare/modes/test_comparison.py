"""One mode at a time."""

from __future__ import annotations

import pytest

pytest.importorskip("napari.components")

from fused_layers import look_of
from napari_mmfusion.plugin.compare.channels import NothingToCompareError
from napari_mmfusion.plugin.compare.modes.blink import Blink
from napari_mmfusion.plugin.compare.modes.comparison import Comparison
from napari_mmfusion.plugin.compare.modes.grid import Grid
from napari_mmfusion.plugin.compare.modes.overlay import Overlay
from napari_mmfusion.plugin.compare.modes.swipe import Swipe
from napari_mmfusion.plugin.qt.napari_versions import camera_of


@pytest.fixture
def comparison(fused):
    return Comparison(fused.viewer)


def test_from_mode_to_mode_and_back(fused, comparison):
    before = look_of(fused.viewer)
    for kind in (Overlay, Grid, Swipe, Blink, Grid, Overlay):
        mode = kind(fused.viewer, fused.layers)
        comparison.choose(mode)
        assert comparison.mode is mode
        assert mode.is_on
    comparison.choose(None)
    assert comparison.mode is None
    assert look_of(fused.viewer) == before


def test_visible_layers_stay_visible(fused, comparison):
    before = look_of(fused.viewer)
    camera = camera_of(fused.viewer)
    comparison.choose(Overlay(fused.viewer, fused.layers))
    camera.center, camera.zoom = (0, 3, 4), 12.0
    comparison.choose(Swipe(fused.viewer, fused.layers))
    assert camera.center[-2:] == (3, 4)
    assert camera.zoom == 12
    comparison.choose(Grid(fused.viewer, fused.layers))
    assert camera.zoom != 12
    comparison.choose(None)
    assert look_of(fused.viewer) == before


def test_a_mode_that_cannot_be_entered_leaves_none(fused, comparison):
    before = look_of(fused.viewer)
    comparison.choose(Overlay(fused.viewer, fused.layers))
    with pytest.raises(NothingToCompareError):
        comparison.choose(Blink(fused.viewer, fused.layers, ("Xe",)))
    assert comparison.mode is None
    assert look_of(fused.viewer) == before
