"""Names of layers."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.core.elements import HAADF

__all__ = ["HAADF", "HAADF_MODEL", "fused_name", "history_name"]

HAADF_MODEL: Final = f"{HAADF} model"


def fused_name(element: str) -> str:
    """Name of the layer of a fused map.

    Examples
    --------
    >>> fused_name("Sc"), history_name("Sc")
    ('Sc fused', 'Sc iterations')
    """
    return f"{element} fused"


def history_name(element: str) -> str:
    """Name of the stack with every iteration of a fused map."""
    return f"{element} iterations"
