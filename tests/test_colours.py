"""The colours of the elements differ visibly, also for colour-blind readers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from napari_mmfusion.colours import ELEMENT_COLOURS, element_colours

# Machado, Oliveira & Fernandes, IEEE Trans. Vis. Comput. Graph. 15, 1291 (2009), severity 1.0.
VISION = {
    "usual": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Linear sRGB to CIE XYZ, relative to the white point D65.
XYZ = np.array([[0.4339, 0.3762, 0.1899], [0.2126, 0.7152, 0.0722], [0.0178, 0.1095, 0.8727]])


def lab(colour, vision):
    encoded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(VISION[vision]) @ linear, 0, 1)
    x, y, z = np.cbrt(np.maximum(XYZ @ seen, 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def smallest_difference(colours, vision):
    seen = [lab(colour, vision) for colour in colours]
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))


@pytest.mark.parametrize("vision", VISION)
def test_colours_stay_apart(vision):
    assert smallest_difference(ELEMENT_COLOURS[:3], vision) > 25
    assert smallest_difference(ELEMENT_COLOURS, vision) > 12


def test_colours_are_bright_on_black():
    assert min(lab(colour, "usual")[0] for colour in ELEMENT_COLOURS) > 55


def test_colours_go_by_place_and_never_run_out():
    names = [str(i) for i in range(20)]
    colours = element_colours(names)
    assert list(colours) == names
    assert list(colours.values())[:12] == list(ELEMENT_COLOURS)
    assert len(set(ELEMENT_COLOURS)) == 12
    assert colours["12"] == ELEMENT_COLOURS[0]
