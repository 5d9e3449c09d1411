"""Contrast limits of raw and fused layers that follow each other."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from napari_mmfusion.plugin.compare.channels import Pair, pairs_of, range_of
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample
from napari_mmfusion.plugin.layers.looks.own_limits import follow_image, set_limits

if TYPE_CHECKING:
    from napari.layers import Image


class _Limits:
    """The limits that a layer has, to be restored."""

    def __init__(self, layer: Image) -> None:
        low, high = layer.contrast_limits
        self.layer = weakref.ref(layer)
        self._limits = float(low), float(high)
        self._image = layer.data
        self._follow = follow_image(layer)

    def restore(self) -> None:
        """Set them again, or those of a new image if they followed the image before."""
        layer = self.layer()
        if layer is None:
            return
        if not self._follow:
            layer.contrast_limits = self._limits
        elif layer.data is self._image:
            set_limits(layer, self._limits)
        else:
            set_limits(layer, limits_of_sample(layer.data))


class LinkedContrast:
    """Keeps the contrast limits of each fused layer equal to those of its raw layer.

    Fused maps are relative to the range of the measured image, so equal limits have different
    numbers: ``offset + scale * fused`` is in measured units. A change of either is applied to the
    other.
    """

    def __init__(self, layers: LayerSet) -> None:
        self._layers = layers
        self._followed: list[tuple[weakref.ref[Image], Callable[[], None]]] = []
        self._before: list[_Limits] = []
        self._busy = False

    @property
    def is_on(self) -> bool:
        """Whether layers are linked."""
        return bool(self._followed)

    def link(self) -> None:
        """Give the fused layers the limits of the raw ones, and keep them together."""
        self._stop_following()
        for pair in pairs_of(self._layers, (None, *self._layers.elements())):
            for layer in (pair.raw, pair.fused):
                self._remember(layer)
            self._follow_raw(pair.channel)
            for layer, follow in ((pair.raw, self._follow_raw), (pair.fused, self._follow_fused)):
                callback = partial(follow, pair.channel)
                layer.events.contrast_limits.connect(callback)
                self._followed.append((weakref.ref(layer), callback))

    def unlink(self) -> None:
        """Make the limits independent again, with the values they had before `link`."""
        self._stop_following()
        for before in self._before:
            before.restore()
        self._before.clear()

    def _stop_following(self) -> None:
        for reference, callback in self._followed:
            layer = reference()
            if layer is not None:
                layer.events.contrast_limits.disconnect(callback)
        self._followed.clear()

    def _remember(self, layer: Image) -> None:
        """Note the limits of a layer, unless it has been linked before."""
        if all(before.layer() is not layer for before in self._before):
            self._before.append(_Limits(layer))

    def _follow_raw(self, channel: str | None, _event: object = None) -> None:
        for pair in self._pairs(channel):
            offset, scale = range_of(pair.raw)
            self._set(pair.fused, *((limit - offset) / scale for limit in pair.raw.contrast_limits))

    def _follow_fused(self, channel: str | None, _event: object = None) -> None:
        for pair in self._pairs(channel):
            offset, scale = range_of(pair.raw)
            self._set(pair.raw, *(offset + scale * limit for limit in pair.fused.contrast_limits))

    def _pairs(self, channel: str | None) -> list[Pair]:
        return [] if self._busy else list(pairs_of(self._layers, (channel,)))

    def _set(self, layer: Image, low: float, high: float) -> None:
        # Otherwise the layers would answer each other without end because of rounding errors.
        self._busy = True
        try:
            layer.contrast_limits = (low, high)
        finally:
            self._busy = False
