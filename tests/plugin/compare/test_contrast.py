"""Linked contrast limits."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari.components")

from fused_layers import connections_of
from napari_mmfusion.plugin.compare.contrast import LinkedContrast
from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample
from napari_mmfusion.plugin.layers.looks.own_limits import follow_image, set_limits


def test_the_same_limits_in_measured_units(fused):
    raw, result = fused.layers.measured("Sc"), fused.layers.fused("Sc")
    low, high = raw.data.min(), raw.data.max()
    link = LinkedContrast(fused.layers)
    link.link()
    np.testing.assert_allclose(result.contrast_limits, (0, 1), atol=1e-6)
    raw.contrast_limits = (low, (low + high) / 2)
    np.testing.assert_allclose(result.contrast_limits, (0, 0.5), atol=1e-6)
    result.contrast_limits = (0.25, 0.75)
    expected = (low + 0.25 * (high - low), low + 0.75 * (high - low))
    np.testing.assert_allclose(raw.contrast_limits, expected, rtol=1e-6)
    np.testing.assert_allclose(result.contrast_limits, (0.25, 0.75))


def test_each_channel_for_itself(fused):
    LinkedContrast(fused.layers).link()
    others = fused.layers.fused("Dy").contrast_limits
    fused.layers.measured(None).contrast_limits = (6, 7)
    assert fused.layers.fused(None).contrast_limits != [0, 1]
    assert fused.layers.fused("Dy").contrast_limits == others


def test_unlinked_layers_are_free(fused):
    before = connections_of(fused.viewer)
    link = LinkedContrast(fused.layers)
    link.link()
    link.link()
    assert link.is_on
    link.unlink()
    assert not link.is_on
    assert connections_of(fused.viewer) == before
    fused.layers.measured("O").contrast_limits = (6, 7)
    np.testing.assert_allclose(fused.layers.fused("O").contrast_limits, (0, 1), atol=1e-6)


def test_unlinking_restores_the_limits_chosen_before(fused):
    raw, result = fused.layers.measured("Sc"), fused.layers.fused("Sc")
    raw.contrast_limits, result.contrast_limits = (5.5, 7), (0.1, 0.4)
    link = LinkedContrast(fused.layers)
    link.link()
    raw.contrast_limits = (6, 8)
    link.link()  # again, as when layers were added
    link.unlink()
    np.testing.assert_allclose(raw.contrast_limits, (5.5, 7))
    np.testing.assert_allclose(result.contrast_limits, (0.1, 0.4))


def test_limits_that_follow_the_image_fit_a_new_one_after_unlinking(fused):
    result = fused.layers.fused("Sc")
    set_limits(result, limits_of_sample(result.data))
    link = LinkedContrast(fused.layers)
    link.link()
    result.data = 3 * result.data
    link.unlink()
    np.testing.assert_allclose(result.contrast_limits, limits_of_sample(result.data))
    assert follow_image(result)


def test_a_deleted_layer_is_skipped(fused):
    link = LinkedContrast(fused.layers)
    link.link()
    raw = fused.layers.measured("O")
    fused.viewer.layers.remove(fused.layers.fused("O"))
    raw.contrast_limits = (6, 7)
    link.unlink()


def test_a_constant_image_has_a_scale_too(fused):
    fused.layers.measured("Sc").data = np.full(fused.data.shape, 4.0)
    link = LinkedContrast(fused.layers)
    link.link()
    assert np.isfinite(fused.layers.fused("Sc").contrast_limits).all()
