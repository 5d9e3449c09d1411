"""The compiled core; only this module imports it."""

from __future__ import annotations

from napari_mmfusion import _native
from napari_mmfusion._native import (
    ComputeError,
    FusionOptions,
    FusionProblem,
    GuidedSolver,
    Solver,
    StopFlag,
    available_simd_levels,
    build_info,
    make_converged_plan,
    make_guided_plan,
    make_matched_plan,
    make_tutorial_plan,
    simd_level,
)

__all__ = [
    "ComputeError",
    "FusionOptions",
    "FusionProblem",
    "GuidedSolver",
    "Solver",
    "StopFlag",
    "available_simd_levels",
    "build_info",
    "make_converged_plan",
    "make_guided_plan",
    "make_matched_plan",
    "make_tutorial_plan",
    "simd_level",
    "tv_duality_gap",
    "tv_norm",
    "tv_prox",
]

tv_prox = _native.tv_prox
tv_duality_gap = _native.tv_duality_gap
tv_norm = _native.tv_norm
