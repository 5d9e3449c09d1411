"""The simulated samples under File > Open Sample."""

from __future__ import annotations

from napari_mmfusion.plugin.layers.layer_data import LayerData, hand_to_napari, layer_data
from napari_mmfusion.simulate import simulate

_SHAPE = (256, 256)
_COUNTS = 10.0


def core_shell() -> list[LayerData]:
    """A sphere of CoS in a shell of CoO, with at most 10 counts per pixel."""
    return _sample("core-shell")


def lattice() -> list[LayerData]:
    """Atom columns of DyScO3, with at most 10 counts per pixel."""
    return _sample("lattice")


def wedge() -> list[LayerData]:
    """GaAs beside AlAs, thin at one edge, with at most 10 counts per pixel."""
    return _sample("wedge")


def null_element() -> list[LayerData]:
    """The core-shell particle on a film of carbon, whose map has no structure."""
    return _sample("null-element")


def _sample(name: str) -> list[LayerData]:
    return hand_to_napari(layer_data(simulate(name, shape=_SHAPE, counts=_COUNTS)))
