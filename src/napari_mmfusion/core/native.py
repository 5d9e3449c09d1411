"""The one door to the compiled core."""

from __future__ import annotations

from napari_mmfusion import _native
from napari_mmfusion._native import (
    ComputeError,
    ConvergedPlan,
    FusionProblem,
    StopFlag,
    TutorialPlan,
    available_simd_levels,
    build_info,
    simd_level,
)

__all__ = [
    "ComputeError",
    "ConvergedPlan",
    "FusionProblem",
    "StopFlag",
    "TutorialPlan",
    "available_simd_levels",
    "build_info",
    "simd_level",
    "tv_duality_gap",
    "tv_norm",
    "tv_prox",
]

tv_prox = _native.tv_prox
tv_duality_gap = _native.tv_duality_gap
tv_norm = _native.tv_norm
