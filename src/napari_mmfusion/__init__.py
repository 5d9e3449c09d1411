"""Fused multi-modal electron microscopy: chemical maps sharpened by the HAADF image.

>>> import napari_mmfusion as mmf
>>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
>>> result = mmf.fuse(data, lambda_tv=0.1)
"""

from typing import TYPE_CHECKING

from napari_mmfusion._version import __version__
from napari_mmfusion.core.build import build_info
from napari_mmfusion.core.convergence.verdict import Verdict
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import (
    MMFusionComputeError,
    MMFusionDataError,
    MMFusionError,
    MMFusionParameterError,
    MMFusionReadError,
    MMFusionStoppedError,
    MMFusionWarning,
    MMFusionWriteError,
)
from napari_mmfusion.core.fusion import StopFlag, fuse, fuse_iter
from napari_mmfusion.core.guide import guide_field
from napari_mmfusion.core.iteration import FusionRun
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.result import FusionResult, FusionState
from napari_mmfusion.core.tv import tv_norm, tv_prox, tv_prox_with_gap
from napari_mmfusion.simulate import PHANTOMS, simulate

if TYPE_CHECKING:
    from napari_mmfusion.core.choice import Choice, Gain, Gate, MethodScore
    from napari_mmfusion.core.data_check.check import Finding, check
    from napari_mmfusion.core.noise_model import NoiseModel, find_noise_model
    from napari_mmfusion.core.suggestion.curves import ScoreCurve
    from napari_mmfusion.core.suggestion.search import Trial
    from napari_mmfusion.core.suggestion.suggest import THOROUGH, suggest, suggest_iter
    from napari_mmfusion.core.suggestion.suggestion import Suggestion
    from napari_mmfusion.core.trust.bootstrap import BootstrapState, bootstrap, bootstrap_iter
    from napari_mmfusion.core.trust.intervals import Interval
    from napari_mmfusion.core.trust.missed_structure import MissedStructure, missed_structure
    from napari_mmfusion.core.trust.null_element import NullElementTest, null_element_test
    from napari_mmfusion.core.trust.residuals import Residuals, residuals
    from napari_mmfusion.core.trust.without_haadf import TvOnly, tv_only
    from napari_mmfusion.io import inspect, load, load_result, save

# The groups of docs/api.md.
__all__ = ["FusionDataset", "FusionParameters", "__version__", "build_info"]  # data
__all__ += ["Finding", "NoiseModel", "check", "find_noise_model"]  # checking
__all__ += ["FusionResult", "FusionRun", "FusionState", "StopFlag", "Verdict", "fuse", "fuse_iter"]
__all__ += [  # choosing
    "THOROUGH",
    "Choice",
    "Gain",
    "Gate",
    "MethodScore",
    "ScoreCurve",
    "Suggestion",
    "Trial",
    "suggest",
    "suggest_iter",
]
__all__ += [  # trusting
    "BootstrapState",
    "Interval",
    "MissedStructure",
    "NullElementTest",
    "Residuals",
    "TvOnly",
    "bootstrap",
    "bootstrap_iter",
    "missed_structure",
    "null_element_test",
    "residuals",
    "tv_only",
]
__all__ += ["guide_field", "tv_norm", "tv_prox", "tv_prox_with_gap"]  # denoising
__all__ += ["PHANTOMS", "simulate"]  # simulating
__all__ += ["inspect", "load", "load_result", "save"]  # files
__all__ += [  # errors
    "MMFusionComputeError",
    "MMFusionDataError",
    "MMFusionError",
    "MMFusionParameterError",
    "MMFusionReadError",
    "MMFusionStoppedError",
    "MMFusionWarning",
    "MMFusionWriteError",
]

# Names of modules that need SciPy, h5py or tifffile, which are slow to import.
_DATA_CHECK = ("Finding", "check")
_CHOICE = ("Choice", "Gain", "Gate", "MethodScore")
_NOISE = ("NoiseModel", "find_noise_model")
_SUGGESTION = ("THOROUGH", "ScoreCurve", "Suggestion", "Trial", "suggest", "suggest_iter")
_TRUST = (
    "BootstrapState",
    "Interval",
    "MissedStructure",
    "NullElementTest",
    "Residuals",
    "TvOnly",
    "bootstrap",
    "bootstrap_iter",
    "missed_structure",
    "null_element_test",
    "residuals",
    "tv_only",
)
_IO = ("inspect", "load", "load_result", "save")

if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used (PEP 562)."""
        if name in _DATA_CHECK:
            from napari_mmfusion.core.data_check import check as package
        elif name in _CHOICE:
            from napari_mmfusion.core import choice as package
        elif name in _NOISE:
            from napari_mmfusion.core import noise_model as package
        elif name in _SUGGESTION:
            from napari_mmfusion.core import suggestion as package
        elif name in _TRUST:
            from napari_mmfusion.core import trust as package
        elif name in _IO:
            from napari_mmfusion import io as package
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(package, name)
        return value


def __dir__() -> list[str]:
    """All names, imported or not."""
    return sorted({*globals(), *__all__})
