"""Fused maps over the HAADF image."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.channels import NothingToCompareError
from napari_mmfusion.plugin.compare.modes.overlay import LuminanceOverlay, Overlay


def visible(viewer):
    return [layer.name for layer in viewer.layers if layer.visible]


def test_fused_maps_lie_over_the_haadf_image(fused):
    mode = Overlay(fused.viewer, fused.layers, opacity=0.5)
    fused.viewer.layers.move(0, 5)  # the user's own order does not matter
    mode.enter()
    assert visible(fused.viewer) == ["HAADF", "Sc fused", "Dy fused", "O fused"]
    assert all(layer.blending == "additive" for layer in fused.viewer.layers if layer.visible)
    assert fused.layers.fused("O").opacity == 0.5


def test_the_haadf_image_is_dimmed(fused):
    mode = Overlay(fused.viewer, fused.layers)
    mode.enter()
    haadf = fused.layers.measured(None)
    mode.set_opacity(0.2)
    assert fused.layers.fused("Sc").opacity == 0.2
    pale = haadf.opacity
    mode.set_opacity(1.0)
    assert haadf.opacity < pale < 1
    mode.set_opacity(0.0)
    assert haadf.opacity == 1


@pytest.mark.parametrize("kind", [Overlay, LuminanceOverlay])
def test_the_haadf_image_must_be_there(fused, kind):
    fused.viewer.layers.remove(fused.layers.measured(None))
    with pytest.raises(NothingToCompareError, match="HAADF"):
        kind(fused.viewer, fused.layers).enter()


def test_luminance_is_one_picture(fused):
    mode = LuminanceOverlay(fused.viewer, fused.layers, opacity=1)
    mode.enter()
    (layer,) = mode.own_layers()
    assert visible(fused.viewer) == [layer.name]
    assert layer.rgb
    assert layer.data.shape == (*fused.data.shape, 3)
    gray = fused.data.normalised("HAADF") * 255
    luma = layer.data @ np.array([0.2126, 0.7152, 0.0722])
    np.testing.assert_allclose(luma, gray, atol=2.1)


def test_luminance_follows_the_opacity(fused):
    mode = LuminanceOverlay(fused.viewer, fused.layers)
    mode.enter()
    (layer,) = mode.own_layers()
    assert np.ptp(layer.data.astype(int), axis=2).max() > 10
    mode.set_opacity(0)
    assert np.ptp(layer.data.astype(int), axis=2).max() <= 1


@pytest.mark.parametrize(
    "change",
    [
        lambda layer: setattr(layer, "data", layer.data[::-1].copy()),
        lambda layer: setattr(layer, "colormap", "red"),
        lambda layer: setattr(layer, "contrast_limits", (0.1, 0.2)),
    ],
)
def test_luminance_follows_the_fused_layers(fused, change):
    mode = LuminanceOverlay(fused.viewer, fused.layers)
    mode.enter()
    (layer,) = mode.own_layers()
    before = layer.data.copy()
    change(fused.layers.fused("Sc"))
    assert not np.array_equal(layer.data, before)
