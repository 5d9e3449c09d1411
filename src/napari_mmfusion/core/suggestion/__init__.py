"""Lambdas from the data: pixels held out, their score, the search, and its assumptions."""

from napari_mmfusion.core.suggestion.curves import ScoreCurve
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggest import THOROUGH, suggest, suggest_iter
from napari_mmfusion.core.suggestion.suggestion import Suggestion

__all__ = ["THOROUGH", "ScoreCurve", "Suggestion", "Trial", "suggest", "suggest_iter"]
