"""The figure: every image in its place and colour, with nothing cut off."""

from __future__ import annotations

import subprocess
import sys

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import to_rgb

import napari_mmfusion as mmf
from napari_mmfusion.cli.figure import draw_figure, save_figure
from napari_mmfusion.cli.panel import ENLARGEMENT
from napari_mmfusion.colours import element_colours


def fused(shape=(96, 96), **changes):
    data = mmf.simulate("core-shell", shape=shape, counts=10)
    given = {"pixel_size": data.pixel_size, "unit": data.unit} | changes
    return mmf.fuse(mmf.FusionDataset(data.haadf, data.maps, **given), n_iter=3), data.truth


@pytest.fixture(scope="module")
def drawn():
    result, truth = fused()
    return draw_figure(result, truth), result


def words_in(axes):
    return [text.get_text() for text in axes.texts]


def test_one_column_an_image_and_four_rows(drawn):
    figure, result = drawn
    titles = [axes.get_title() for axes in figure.axes[:4]]
    assert titles == ["HAADF", *result.data.elements]
    assert [axes.get_ylabel() for axes in figure.axes[::4]] == [
        "raw",
        "fused",
        "raw, 3×",
        "fused, 3×",
    ]
    assert len(figure.axes) == 16


def test_panels_show_the_images_themselves(drawn):
    figure, result = drawn
    raw = [result.data.haadf, *result.data.maps.values()]
    reconstructed = [result.haadf, *result.maps.values()]
    for axes, image in zip(figure.axes, (raw + reconstructed) * 2, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image)


def test_every_element_has_its_colour_and_the_haadf_is_gray(drawn):
    figure, result = drawn
    for axes, element in zip(figure.axes[1:4], result.data.elements, strict=True):
        brightest = axes.images[0].get_cmap()(1.0)[:3]
        np.testing.assert_allclose(
            brightest, to_rgb(element_colours(result.data.elements)[element])
        )
        assert axes.images[0].get_cmap()(0.0)[:3] == (0, 0, 0)
    assert figure.axes[0].images[0].get_cmap()(1.0)[:3] == (1, 1, 1)


def test_enlarged_panels_show_what_the_rectangles_outline(drawn):
    figure, _ = drawn
    (rectangle,) = figure.axes[0].patches
    left, right = figure.axes[8].get_xlim()
    bottom, top = figure.axes[8].get_ylim()
    assert (left, right - left) == (rectangle.get_x(), rectangle.get_width())
    assert (top, bottom - top) == (rectangle.get_y(), rectangle.get_height())
    assert rectangle.get_width() == 96 / ENLARGEMENT


def test_errors_and_the_model_are_named(drawn):
    figure, _ = drawn
    assert all(words_in(axes)[0].startswith("nRMSE ") for axes in figure.axes[1:4])
    assert "model" in words_in(figure.axes[4])
    assert words_in(figure.axes[9]) == []


def test_without_truth_no_error_is_named():
    result, _ = fused()
    assert not any(
        "nRMSE" in word for axes in draw_figure(result, {}).axes for word in words_in(axes)
    )


@pytest.mark.parametrize("shape", [(96, 96), (48, 128), (128, 48), (16, 200)])
def test_nothing_is_cut_off(shape):
    result, truth = fused(shape)
    figure = draw_figure(result, truth)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    page = figure.bbox
    for axes in figure.axes:
        for text in (axes.title, axes.yaxis.label, *axes.texts):
            if text.get_text():
                box = text.get_window_extent(renderer)
                assert page.x0 <= box.x0
                assert box.x1 <= page.x1
                assert page.y0 <= box.y0
                assert box.y1 <= page.y1


def test_bars_are_as_long_as_they_say(drawn):
    figure, result = drawn
    for axes in (figure.axes[0], figure.axes[8]):
        (bar,) = axes.lines
        (label,) = [word for word in words_in(axes) if word.endswith(" nm")]
        shown = np.diff(axes.get_xlim())[0] * result.data.pixel_size
        assert np.ptp(bar.get_xdata()) * shown == pytest.approx(float(label.split()[0]))
        assert 0.1 <= np.ptp(bar.get_xdata()) <= 0.35


@pytest.mark.parametrize("changes", [{"pixel_size": None}, {"pixel_size": 2.0, "unit": "pixel"}])
def test_without_a_length_there_is_no_bar(changes):
    result, _ = fused(**changes)
    assert not any(axes.lines for axes in draw_figure(result, {}).axes)


@pytest.mark.parametrize("unit", ["nm", "\N{MICRO SIGN}m", r"$\frac{$", "1/nm"])
def test_any_unit_of_a_file_is_drawn_as_it_is(unit, tmp_path):
    result, _ = fused((32, 32), unit=unit)
    save_figure(result, tmp_path / "figure.png")


def test_the_file_holds_the_picture(drawn, tmp_path):
    _, result = drawn
    save_figure(result, tmp_path / "figure.png")
    picture = matplotlib.image.imread(tmp_path / "figure.png")[:, :, :3]
    gray = picture.max(axis=2) - picture.min(axis=2) < 0.02
    third = picture.shape[1] // 4
    assert gray[:, :third].mean() > 0.99  # the HAADF column
    assert (~gray[:, third:]).mean() > 0.2  # the elements' columns


def test_drawing_leaves_pyplot_alone(tmp_path):
    code = (
        "import sys, pathlib, napari_mmfusion as mmf;"
        "from napari_mmfusion.cli.figure import save_figure;"
        "r = mmf.fuse(mmf.simulate('core-shell', shape=(32, 32)), n_iter=1);"
        "save_figure(r, pathlib.Path(sys.argv[1]));"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "figure.png"], check=True)
