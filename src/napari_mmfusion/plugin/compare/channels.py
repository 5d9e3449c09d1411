"""What is compared: the HAADF image and the elements, measured and fused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.plugin.compare.figure.rendering import Light
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.notes.note import LayerNote

if TYPE_CHECKING:
    from napari.layers import Image

Channel = str | None
"""An element, or None for the HAADF image."""

LOOKS = ("data", "contrast_limits", "colormap", "gamma")
"""Events of an image layer that change what it looks like."""


class NothingToCompareError(MMFusionDataError):
    """Layers that a comparison needs are missing; the message names them."""


class Pair(NamedTuple):
    """The measured layer of one channel, or that of a kept result, and the fused one."""

    channel: Channel
    raw: Image
    fused: Image

    @property
    def name(self) -> str:
        """The element's symbol, or ``HAADF``."""
        return self.channel or HAADF


def pairs_of(layers: LayerSet, channels: Sequence[Channel]) -> Iterator[Pair]:
    """The channels with two layers to compare on the same pixels; see `LayerSet.reference`."""
    for channel in channels:
        raw, fused = layers.reference(channel), layers.fused(channel)
        if raw is not None and fused is not None and raw.data.shape == fused.data.shape:
            yield Pair(channel, raw, fused)


def light_of(layer: Image) -> Light:
    """The layer's image in the colours and limits it has in the viewer."""
    steps = np.linspace(0, 1, 256) ** layer.gamma
    colours = layer.colormap.map(steps)[:, :3].astype(np.float32)
    low, high = layer.contrast_limits
    return Light(np.asarray(layer.data), colours, (float(low), float(high)))


def reference_name(layers: LayerSet) -> str:
    """What the fused layers are compared with: ``raw``, or the name of a kept result."""
    return layers.against or "raw"


def range_of(raw: Image) -> tuple[float, float]:
    """Offset and scale: ``offset + scale * fused`` is in the units of the measured image.

    The layers of a kept result are relative already.
    """
    if LayerNote.of(raw).is_result:
        return 0.0, 1.0
    low, high = float(np.min(raw.data)), float(np.max(raw.data))
    return low, (high - low) or 1.0
