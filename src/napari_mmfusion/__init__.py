"""Fused multi-modal electron microscopy: chemical maps sharpened by the HAADF image.

>>> import napari_mmfusion as mmf
>>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
>>> result = mmf.fuse(data, lambda_tv=0.1)
"""

from napari_mmfusion._version import __version__
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import (
    MMFusionComputeError,
    MMFusionDataError,
    MMFusionError,
    MMFusionParameterError,
    MMFusionReadError,
    MMFusionWriteError,
)
from napari_mmfusion.core.fusion import FusionResult, FusionState, StopFlag, fuse, fuse_iter
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.tv import tv_norm, tv_prox, tv_prox_with_gap
from napari_mmfusion.core.verdict import Verdict
from napari_mmfusion.io import load, save
from napari_mmfusion.simulate import PHANTOMS, simulate

__all__ = [
    "PHANTOMS",
    "FusionDataset",
    "FusionParameters",
    "FusionResult",
    "FusionState",
    "MMFusionComputeError",
    "MMFusionDataError",
    "MMFusionError",
    "MMFusionParameterError",
    "MMFusionReadError",
    "MMFusionWriteError",
    "StopFlag",
    "Verdict",
    "__version__",
    "fuse",
    "fuse_iter",
    "load",
    "save",
    "simulate",
    "tv_norm",
    "tv_prox",
    "tv_prox_with_gap",
]
