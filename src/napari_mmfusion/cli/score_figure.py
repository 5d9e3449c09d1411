"""The figure of a search: the score curves with their minima."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.drawing import white_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#9BB8D3", "#1F5C99")
"""Of the coarse and of the fine curve."""


def draw_scores(suggestion: Suggestion) -> Figure:
    """One panel for each setting, with its curves, coarse and fine, and the value suggested."""
    figure = white_figure(8.0, 3.4, 150)
    names = dict.fromkeys(curve.along for curve in suggestion.curves)
    lowest = min(float(curve.scores.min()) for curve in suggestion.curves)
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    figure.subplots_adjust(left=0.1, right=0.98, bottom=0.17, top=0.88, wspace=0.08)
    for axes, along in zip(panels, names, strict=True):
        curves = [curve for curve in suggestion.curves if curve.along == along]
        labels = ("coarse", "fine") if len(curves) > 1 else ("lowest of each",)
        for curve, colour, label in zip(curves, _COLOURS, labels, strict=False):
            axes.plot(curve.values, curve.scores - lowest, "o-", color=colour, ms=4, label=label)
        chosen = getattr(suggestion.params, along)
        title = FusionParameters.info(along).label
        axes.axvline(chosen, color="#C1440E", lw=1.2, label=f"suggested {chosen:.3g}")
        axes.set(xscale="log", xlabel=f"{title} ({along})")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=9)
    panels[0].set_ylabel("loss of held-out pixels, above the lowest")
    figure.suptitle(f"Settings for the {suggestion.params.solver} solver", fontsize=11)
    return figure
