"""Fused multi-modal electron microscopy: chemical maps sharpened by the HAADF image.

>>> import napari_mmfusion as mmf
>>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
>>> result = mmf.fuse(data, lambda_tv=0.1)
"""

from napari_mmfusion._version import __version__
from napari_mmfusion.core.convergence.verdict import Verdict
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import (
    MMFusionComputeError,
    MMFusionDataError,
    MMFusionError,
    MMFusionParameterError,
    MMFusionReadError,
    MMFusionStoppedError,
    MMFusionWriteError,
)
from napari_mmfusion.core.fusion import (
    FusionResult,
    FusionRun,
    FusionState,
    StopFlag,
    fuse,
    fuse_iter,
)
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.curves import ScoreCurve
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggest import THOROUGH, suggest, suggest_iter
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.core.trust import (
    BootstrapState,
    Interval,
    NullElementTest,
    Residuals,
    TvOnly,
    bootstrap,
    bootstrap_iter,
    null_element_test,
    residuals,
    tv_only,
)
from napari_mmfusion.core.tv import tv_norm, tv_prox, tv_prox_with_gap
from napari_mmfusion.io import load, save
from napari_mmfusion.simulate import PHANTOMS, simulate

__all__ = [
    "PHANTOMS",
    "THOROUGH",
    "BootstrapState",
    "FusionDataset",
    "FusionParameters",
    "FusionResult",
    "FusionRun",
    "FusionState",
    "Interval",
    "MMFusionComputeError",
    "MMFusionDataError",
    "MMFusionError",
    "MMFusionParameterError",
    "MMFusionReadError",
    "MMFusionStoppedError",
    "MMFusionWriteError",
    "NullElementTest",
    "Residuals",
    "ScoreCurve",
    "StopFlag",
    "Suggestion",
    "Trial",
    "TvOnly",
    "Verdict",
    "__version__",
    "bootstrap",
    "bootstrap_iter",
    "fuse",
    "fuse_iter",
    "load",
    "null_element_test",
    "residuals",
    "save",
    "simulate",
    "suggest",
    "suggest_iter",
    "tv_norm",
    "tv_only",
    "tv_prox",
    "tv_prox_with_gap",
]
