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


def polycrystal() -> list[LayerData]:
    """Grains of three phases of Ti, Al and Nb, of different thickness."""
    return _sample("polycrystal")


def interface() -> list[LayerData]:
    """Atom columns of LaMnO3 on SrTiO3."""
    return _sample("interface")


def needles() -> list[LayerData]:
    """Needles of Al2Cu and Al2CuMg in aluminium, 2 to 3 pixels wide."""
    return _sample("needles")


def dopant() -> list[LayerData]:
    """Yttrium at the grain boundaries of Al2O3."""
    return _sample("dopant")


def porous() -> list[LayerData]:
    """Nanoporous gold with silver inside its ligaments."""
    return _sample("porous")


def _sample(name: str) -> list[LayerData]:
    return hand_to_napari(layer_data(simulate(name, shape=_SHAPE, counts=_COUNTS)))
