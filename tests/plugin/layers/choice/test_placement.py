"""How maps lie on the HAADF image: what differs is said with numbers, what is rounding is not."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("napari")

from napari.layers import Image

from napari_mmfusion.plugin.layers.choice.placement import find_misfit, lacks_pixel_size

pytestmark = pytest.mark.usefixtures("qapp")
ANGLE = 3.0


def image(shape=(36, 44), **place):
    place = {"scale": (0.5, 0.5), "units": ("nm", "nm")} | place
    return Image(np.zeros(shape), **place)


def turned(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return [[c, -s, 0], [s, c, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"scale": (0.5001, 0.5)},  # 0.02 %: square all the same
        {"scale": (0.50005, 0.49995)},
        {"scale": (5, 5), "units": ("angstrom", "angstrom")},
        {"scale": (5e-4, 5e-4), "units": ("um", "um")},
        {"translate": (0.01, 0)},
        {"rotate": 0.01},
        {"scale": (0.25, 0.25), "affine": np.diag([2.0, 2.0, 1.0])},
        {"scale": (1, 1), "units": ("pixel", "pixel")},  # nothing is known of it
    ],
    ids=str,
)
def test_what_fits_is_not_mentioned(place):
    assert find_misfit(image(), image(**place)) == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"scale": (0.51, 0.51)}, "pixels of 0.51 nm, those of the HAADF 0.5 nm"),
        ({"scale": (0.5, 0.6)}, "pixels of 0.5 x 0.6 nm"),
        ({"scale": (0.5, 0.5), "units": ("um", "um")}, "pixels of 500 nm"),
        ({"translate": (1.5, -4)}, "shifted by 3 rows and -8 columns"),
        ({"rotate": ANGLE}, "rotated by"),
        ({"affine": turned(ANGLE)}, "rotated by"),
        ({"shear": [0.1]}, "sheared"),
        ({"affine": np.diag([1.0, -1.0, 1.0])}, "mirrored"),
        ({"scale": (2, 2), "units": ("pixel", "pixel")}, "in pixel, the HAADF in nm"),
    ],
    ids=str,
)
def test_what_differs_is_said(place, words):
    assert words in find_misfit(image(), image(**place))
    assert "tick it to fuse it pixel by pixel" in find_misfit(image(), image(**place))


@pytest.mark.parametrize(
    ("haadf", "other", "words"),
    [
        ((36, 44), (37, 44), ["37 x 44", "36 x 44", "Crop"]),
        ((72, 88), (36, 44), ["36 x 44", "72 x 88", "2 times as fine", "Bin it 2 x 2"]),
        ((36, 44), (108, 132), ["the map is 3 times as fine"]),
        ((36, 44), (44, 36), ["transposed"]),
        ((72, 44), (36, 44), ["Crop"]),
    ],
)
def test_another_shape_is_said_with_both(haadf, other, words):
    said = find_misfit(image(haadf), image(other))
    for each in words:
        assert each in said


def test_a_layer_without_a_pixel_size_is_noticed():
    bare = {"scale": (1, 1), "units": ("pixel", "pixel")}
    assert lacks_pixel_size(image(), image(**bare))
    assert lacks_pixel_size(image(**bare), image())
    assert not lacks_pixel_size(image(**bare), image(**bare))
    assert not lacks_pixel_size(image(), image())
