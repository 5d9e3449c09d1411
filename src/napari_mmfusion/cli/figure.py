"""The figure of a fusion: every image raw and fused, whole and enlarged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from napari_mmfusion.cli import panel
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.drawing import draw_scale_bar, white_figure
from napari_mmfusion.simulate import nrmse

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANEL, _GAP = 2.56, 0.06
_LEFT, _TOP, _EDGE = 0.36, 0.34, 0.08
"""Inches: the longer side of a panel, the space between panels, and the margins; the left and
the top one hold the titles."""
_DPI = 200

_FUSED = "fused"

Truth = Mapping[str, FloatImage]
"""The noiseless map of every element."""


class _Row(NamedTuple):
    label: str
    images: Mapping[str, FloatImage]
    enlarged: bool


def save_figure(result: FusionResult, path: Path, truth: Truth | None = None) -> None:
    """Draw raw and fused images one above the other and write them to `path` as PNG.

    One column for the HAADF and for each element; rows for the raw and the fused images, then
    for an enlarged part of each. Every image has its own contrast. Maps whose truth is given
    name their error.
    """
    draw_figure(result, truth or {}).savefig(path, format="png")


def draw_figure(result: FusionResult, truth: Truth) -> Figure:
    """The figure that `save_figure` writes."""
    raw = {HAADF: result.data.haadf, **result.data.maps}
    fused = {HAADF: result.haadf, **result.maps}
    rows = [
        _Row("raw", raw, enlarged=False),
        _Row(_FUSED, fused, enlarged=False),
        _Row(f"raw, {panel.ENLARGEMENT}\N{MULTIPLICATION SIGN}", raw, enlarged=True),
        _Row(f"fused, {panel.ENLARGEMENT}\N{MULTIPLICATION SIGN}", fused, enlarged=True),
    ]
    ny, nx = result.data.shape
    height = _PANEL * max(min(1, ny / nx), 0.27)
    width = _PANEL * max(min(1, nx / ny), 0.27)
    total_height = _TOP + len(rows) * (height + _GAP) - _GAP + _EDGE
    total_width = _LEFT + len(raw) * (width + _GAP) - _GAP + _EDGE
    figure = white_figure(total_width, total_height, _DPI)
    for i, row in enumerate(rows):
        bottom = total_height - _TOP - height - i * (height + _GAP)
        for j, (name, image) in enumerate(row.images.items()):
            left = _LEFT + j * (width + _GAP)
            axes = figure.add_axes(
                (
                    left / total_width,
                    bottom / total_height,
                    width / total_width,
                    height / total_height,
                )
            )
            panel.show_image(axes, image, panel.colourmap(name, result.data.elements))
            if i == 0:
                axes.set_title(name, fontsize=13, pad=4, parse_math=False)
            if j == 0:
                axes.set_ylabel(row.label, fontsize=12, labelpad=5)
            if row.enlarged:
                panel.enlarge(axes, result.data.shape)
            else:
                panel.outline_enlarged(axes, result.data.shape)
                panel.write(axes, _words(name, row, truth))
            if j == 0:
                draw_scale_bar(axes, result.data.pixel_size, result.data.unit)
    return figure


def _words(name: str, row: _Row, truth: Truth) -> str:
    """What to know about an image: that it is a model, or its error."""
    if name == HAADF:
        return "model" if row.label == _FUSED else ""
    return f"nRMSE {nrmse(row.images[name], truth[name]):.2f}" if name in truth else ""
