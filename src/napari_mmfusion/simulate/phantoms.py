"""Specimens whose composition is known: what the microscope would see without noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.simulate.core_shell import core_shell, null_element
from napari_mmfusion.simulate.dopant import dopant
from napari_mmfusion.simulate.interface import interface
from napari_mmfusion.simulate.lattice import lattice
from napari_mmfusion.simulate.needles import needles
from napari_mmfusion.simulate.polycrystal import polycrystal
from napari_mmfusion.simulate.porous import porous
from napari_mmfusion.simulate.specimen import Phantom
from napari_mmfusion.simulate.wedge import wedge

PHANTOMS: Final[Mapping[str, Phantom]] = FrozenMapping(
    {
        "core-shell": Phantom("Core-shell particle, CoS in CoO", ("Co", "S", "O"), 0.1, core_shell),
        "lattice": Phantom("Atomic lattice, DyScO3 [001]", ("Sc", "Dy", "O"), 0.02, lattice),
        "wedge": Phantom("Wedge with an interface, GaAs | AlAs", ("Ga", "Al", "As"), 0.5, wedge),
        "null-element": Phantom(
            "Core-shell particle on a carbon film", ("Co", "S", "O", "C"), 0.1, null_element
        ),
        "polycrystal": Phantom(
            "Polycrystal of three phases, Ti-Al-Nb", ("Ti", "Al", "Nb"), 1.0, polycrystal
        ),
        "interface": Phantom(
            "Interface of oxides, LaMnO3 on SrTiO3", ("Sr", "La", "Ti", "Mn"), 0.03, interface
        ),
        "needles": Phantom("Needles in a metal, Al-Cu-Mg", ("Al", "Cu", "Mg"), 0.5, needles),
        "dopant": Phantom("Dopant at grain boundaries, Y in Al2O3", ("Al", "O", "Y"), 0.5, dopant),
        "porous": Phantom("Porous gold, Au-Ag-Cu", ("Au", "Ag", "Cu"), 0.5, porous),
    }
)
"""The specimens `simulate` knows, by name."""
