"""The figure of chemistry over the HAADF image."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.plugin.compare.overlay_figure import compose, draw_overlay, save_overlay

RNG = np.random.default_rng(0)
HAADF = RNG.random((40, 60))
MAPS = {"Sc": RNG.random((40, 60)), "O": RNG.random((40, 60))}


def texts(figure):
    axes = [text.get_text() for text in figure.axes[0].texts]
    return axes, [text.get_text() for text in figure.legends[0].get_texts()]


def test_scale_bar_and_legend():
    bar, legend = texts(draw_overlay(HAADF, MAPS, pixel_size=0.5, unit="nm"))
    assert bar == ["10 nm"]
    assert legend == ["HAADF", "Sc", "O"]


@pytest.mark.parametrize("options", [{}, {"pixel_size": 1.0}])
def test_without_a_length_there_is_no_scale_bar(options):
    assert texts(draw_overlay(HAADF, MAPS, **options))[0] == []


def test_names_are_not_rendered_as_formulas():
    _, legend = texts(draw_overlay(HAADF, {"$x": HAADF, r"\frac": HAADF}))
    assert legend == ["HAADF", "$x", r"\frac"]


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (60, 20)])
def test_the_image_is_as_wide_as_the_figure(shape):
    figure = draw_overlay(np.ones(shape), {"Sc": np.ones(shape)}, pixel_size=1.0, unit="nm")
    assert figure.axes[0].get_position().width == pytest.approx(1)


@pytest.mark.parametrize("shape", [(40, 60), (300, 10), (10, 300), (1, 1)])
@pytest.mark.parametrize("n", [1, 4, 11])
def test_the_legend_fits_below_the_image(shape, n):
    image = np.ones(shape)
    maps = {f"Element {i}"[-4:]: image for i in range(n)}
    figure = draw_overlay(image, maps, pixel_size=1.0, unit="nm")
    figure.canvas.draw()
    legend, below = figure.legends[0].get_window_extent(), figure.axes[0].get_window_extent()
    assert legend.x0 >= -1
    assert legend.x1 <= figure.bbox.width + 1
    assert legend.y0 >= -1
    assert legend.y1 <= below.y0 + 1


def test_no_chemistry_is_gray_and_no_haadf_is_coloured():
    limits = {"HAADF": (0, 1), "Sc": (0, 1)}
    for style in ("light", "luminance"):
        gray = compose(HAADF, {"Sc": 0 * HAADF}, {"Sc": "red"}, limits, 0.5, style)
        assert (gray == gray[..., :1]).all()
    red = compose(0 * HAADF, {"Sc": HAADF}, {"Sc": "red"}, limits, 1.0, "light")
    np.testing.assert_allclose(red[..., 0], HAADF * 255, atol=1.01)
    assert red[..., 1:].max() == 0


@pytest.mark.parametrize("style", ["light", "luminance"])
@pytest.mark.parametrize("ending", ["png", "tif", "TIFF"])
def test_the_file_holds_the_figure(tmp_path, ending, style):
    path = tmp_path / f"overlay.{ending}"
    assert save_overlay(path, HAADF, MAPS, style=style, pixel_size=1.0, unit="nm") == path
    if ending == "png":
        image = pytest.importorskip("matplotlib.image").imread(path)
    else:
        image = tifffile.imread(path)
    assert image.shape[1] == 1500
    assert image.shape[0] == pytest.approx(1000 + 126, abs=2)


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(mmf.MMFusionWriteError, match="png"):
        save_overlay(tmp_path / "overlay.jpg", HAADF, MAPS)


def test_a_missing_folder_is_an_mmfusion_error(tmp_path):
    with pytest.raises(mmf.MMFusionWriteError, match="overlay"):
        save_overlay(tmp_path / "no" / "overlay.png", HAADF, MAPS)


def test_it_needs_no_napari():
    code = (
        "import sys; from napari_mmfusion.plugin.compare import overlay_figure; import numpy as np;"
        "overlay_figure.draw_overlay(np.eye(4), {'Sc': np.eye(4)});"
        "assert not {'napari', 'qtpy', 'matplotlib.pyplot'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
