"""The figure of what the canvas shows."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_mmfusion.plugin.compare.figure.view_figure import draw_view, save_view

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)
COLOURS = {"HAADF": "white", "Sc": "#00ff00", "O": "red"}


def blank(shape):
    return np.zeros((*shape, 3), np.uint8)


def texts(figure):
    axes = [text.get_text() for text in figure.axes[0].texts]
    return axes, [text.get_text() for text in figure.legends[0].get_texts()]


def test_scale_bar_and_legend():
    bar, legend = texts(draw_view(PICTURE, colours=COLOURS, pixel_size=0.5, unit="nm"))
    assert bar == ["10 nm"]
    assert legend == ["HAADF", "Sc", "O"]


@pytest.mark.parametrize("options", [{}, {"pixel_size": 1.0}])
def test_without_a_length_there_is_no_scale_bar(options):
    assert texts(draw_view(PICTURE, colours=COLOURS, **options))[0] == []


def test_names_are_not_rendered_as_formulas():
    _, legend = texts(draw_view(PICTURE, colours={"$x": "red", r"\frac": "blue"}))
    assert legend == ["$x", r"\frac"]


def test_without_colours_the_figure_is_the_picture():
    figure = draw_view(PICTURE)
    assert figure.legends == []
    figure.canvas.draw()
    drawn = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    side = drawn.shape[0] / PICTURE.shape[0]
    rows = ((np.arange(PICTURE.shape[0]) + 0.5) * side).astype(int)
    columns = ((np.arange(PICTURE.shape[1]) + 0.5) * side).astype(int)
    np.testing.assert_array_equal(drawn[np.ix_(rows, columns)], PICTURE)


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (60, 20)])
def test_the_image_is_as_wide_as_the_figure(shape):
    figure = draw_view(blank(shape), colours=COLOURS, pixel_size=1.0, unit="nm")
    assert figure.axes[0].get_position().width == pytest.approx(1)


@pytest.mark.parametrize("shape", [(40, 60), (300, 10), (10, 300), (1, 1)])
@pytest.mark.parametrize("n", [1, 4, 11])
def test_the_legend_fits_below_the_image(shape, n):
    colours = {f"Element {i}"[-4:]: "red" for i in range(n)}
    figure = draw_view(blank(shape), colours=colours, pixel_size=1.0, unit="nm")
    figure.canvas.draw()
    legend, below = figure.legends[0].get_window_extent(), figure.axes[0].get_window_extent()
    assert legend.x0 >= -1
    assert legend.x1 <= figure.bbox.width + 1
    assert legend.y0 >= -1
    assert legend.y1 <= below.y0 + 1


@pytest.mark.parametrize("ending", ["png", "tif", "TIFF"])
def test_the_file_holds_the_figure(tmp_path, ending):
    path = tmp_path / f"view.{ending}"
    assert save_view(path, PICTURE, colours=COLOURS, pixel_size=1.0, unit="nm") == path
    if ending == "png":
        image = pytest.importorskip("matplotlib.image").imread(path)
    else:
        image = tifffile.imread(path)
    assert image.shape[1] == 1500
    assert image.shape[0] == pytest.approx(1000 + 126, abs=2)


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(mmf.MMFusionWriteError, match="png"):
        save_view(tmp_path / "view.jpg", PICTURE)


def test_a_missing_folder_is_an_mmfusion_error(tmp_path):
    with pytest.raises(mmf.MMFusionWriteError, match="view"):
        save_view(tmp_path / "no" / "view.png", PICTURE)


def test_it_needs_no_napari():
    code = (
        "import sys; import numpy as np;"
        "from napari_mmfusion.plugin.compare.figure import view_figure;"
        "view_figure.draw_view(np.zeros((4, 4, 3), np.uint8), colours={'Sc': 'red'});"
        "assert not {'napari', 'qtpy', 'matplotlib.pyplot'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
