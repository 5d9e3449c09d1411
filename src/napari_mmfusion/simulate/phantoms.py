"""Specimens whose composition is known: what the microscope would see without noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.simulate.core_shell import core_shell, null_element
from napari_mmfusion.simulate.lattice import lattice
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
    }
)
"""The specimens `simulate` knows, by name."""
