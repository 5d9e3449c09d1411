"""Raw and fused alternately."""

from __future__ import annotations

import pytest

pytest.importorskip("napari.components")

from napari_mmfusion.plugin.compare.modes.blink import Blink
from napari_mmfusion.plugin.qt.napari_versions import text_of


def visible(viewer):
    return {layer.name for layer in viewer.layers if layer.visible}


def test_raw_and_fused_take_turns(fused):
    mode = Blink(fused.viewer, fused.layers)
    mode.enter()
    for _ in range(2):
        assert visible(fused.viewer) == {"Sc", "Dy", "O"}
        assert text_of(fused.viewer).text == "raw"
        mode.tick()
        assert visible(fused.viewer) == {"Sc fused", "Dy fused", "O fused"}
        assert text_of(fused.viewer).text == "fused"
        mode.tick()


@pytest.mark.parametrize(("channel", "names"), [("Dy", ["Dy", "Dy fused"]), (None, ["HAADF"])])
def test_one_channel_alone(fused, channel, names):
    mode = Blink(fused.viewer, fused.layers, (channel,))
    mode.enter()
    assert visible(fused.viewer) == {names[0]}
    mode.tick()
    assert visible(fused.viewer) == {names[1] if channel else "HAADF model"}


def test_a_late_tick_after_leaving_does_nothing(fused):
    mode = Blink(fused.viewer, fused.layers)
    mode.enter()
    mode.leave()
    before = visible(fused.viewer)
    mode.tick()
    assert visible(fused.viewer) == before
