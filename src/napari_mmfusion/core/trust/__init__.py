"""Tools that show how far a fusion can be trusted."""

from napari_mmfusion.core.trust.bootstrap import BootstrapState, bootstrap, bootstrap_iter
from napari_mmfusion.core.trust.intervals import Interval
from napari_mmfusion.core.trust.missed_structure import MissedStructure, missed_structure
from napari_mmfusion.core.trust.null_element import NullElementTest, null_element_test
from napari_mmfusion.core.trust.residuals import Residuals, residuals
from napari_mmfusion.core.trust.without_haadf import TvOnly, tv_only

__all__ = [
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
