"""Parameters to begin with: of the published tutorial, and for maps of few counts."""

from __future__ import annotations

from typing import Final

from napari_mmfusion.core.parameters import FusionParameters

PRESETS: Final = {
    "Tutorial 1 (EDX)": FusionParameters(
        lambda_chem=0.08, lambda_tv=0.15, n_iter=30, n_iter_tv=3, background=0.24
    ),
    "Tutorial 2 (EELS)": FusionParameters(
        lambda_chem=0.006, lambda_tv=0.022, n_iter=30, n_iter_tv=6, background=0.01, threshold=0.2
    ),
    "Few counts (then Auto)": FusionParameters(
        weighting="z/fitted", lambda_chem=0.01, lambda_tv=0.1, n_iter_tv=2, background=0.01
    ),
}
"""Name of each preset and its parameters."""
