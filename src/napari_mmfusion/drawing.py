"""What all figures of images have in common: a canvas, the contrast, a scale bar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

INSET = 0.05
"""Distance of words and scale bar from the edges, as a part of the panel's width."""
PLATE = {"boxstyle": "square,pad=0.2", "facecolor": "black", "edgecolor": "none", "alpha": 0.85}
"""What lies behind words, so that they are read on any image."""

_BRIGHTEST = 99.8
"""Percentile shown at full brightness, so that a few hot pixels do not darken the rest."""
_BAR = 0.35
"""Longest scale bar, as a part of the panel's width."""


def white_figure(width: float, height: float, dpi: float) -> Figure:
    """An empty figure, in inches, that belongs to no window and is ready to be saved."""
    # Imported late, because it is slow. The canvas is chosen by hand, because pyplot would
    # change the state of the calling program.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def contrast_of(image: NDArray[Any]) -> tuple[float, float]:
    """Values of `image` to show darkest and brightest: all but a few hot pixels."""
    low, high = float(np.min(image)), float(np.percentile(image, _BRIGHTEST))
    return low, high if high > low else float(np.max(image))


def draw_scale_bar(axes: Axes, pixel_size: float | None, unit: str, size: float = 9) -> None:
    """Draw a bar of a round length in the lower left corner.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Shows an image whose pixels are one wide.
    pixel_size : float or None
        Width of a pixel in `unit`; without a length there is no bar.
    unit : str
        Unit of `pixel_size`.
    size : float
        Size of the letters in points.
    """
    from matplotlib.patheffects import withStroke

    if pixel_size is None or unit == "pixel":
        return
    left, right = axes.get_xlim()
    length = _round_length(_BAR * (right - left) * pixel_size)
    part = length / pixel_size / (right - left)
    axes.plot(
        [INSET, INSET + part],
        [INSET, INSET],
        transform=axes.transAxes,
        color="white",
        linewidth=2.5,
        solid_capstyle="butt",
        path_effects=[withStroke(linewidth=5, foreground="black")],
    )
    axes.annotate(
        f"{length:g} {unit}",
        (INSET + part / 2, INSET),
        xycoords="axes fraction",
        xytext=(0, 6),
        textcoords="offset points",
        ha="center",
        va="bottom",
        color="white",
        fontsize=size,
        bbox=PLATE,
        parse_math=False,
    )


def _round_length(longest: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is at most `longest`."""
    power = 10.0 ** math.floor(math.log10(longest))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= longest * (1 + 1e-9))
