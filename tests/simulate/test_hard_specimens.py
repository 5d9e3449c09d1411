"""What makes each of the five harder specimens hard."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.simulate.phantoms import PHANTOMS

NAMES = ("polycrystal", "porous", "needles", "interface", "dopant")


def draw(name, shape=(96, 96)):
    return PHANTOMS[name].draw(shape, PHANTOMS[name].pixel_size)


def contrast(name):
    """Part of its mean by which the noiseless linear HAADF image varies between phases."""
    data = mmf.simulate(name, shape=(96, 96), gamma=1, weighting="z^1.7", haadf_counts=1e8)
    means = [data.haadf[phase].mean() for phase in draw(name).phases.values()]
    return np.ptp(means) / np.mean(means)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(24, 40), (96, 96), (150, 61)])
def test_each_phase_is_there_and_alone(name, shape):
    phases = draw(name, shape).phases
    total = sum(phase.astype(int) for phase in phases.values())
    assert total.max() <= 1
    if min(shape) > 60:
        assert all(phase.any() for phase in phases.values())


@pytest.mark.parametrize("name", NAMES)
def test_drawing_again_gives_the_same(name):
    for one, two in zip(draw(name).maps.values(), draw(name).maps.values(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_grains_differ_in_the_maps_and_hardly_in_the_haadf():
    specimen = draw("polycrystal")
    thickness = sum(specimen.maps.values())
    np.testing.assert_allclose(thickness, np.broadcast_to(thickness[:1], thickness.shape))
    parts = [specimen.maps["Cr"][phase].mean() for phase in specimen.phases.values()]
    assert max(parts) > 4 * min(parts)
    assert contrast("polycrystal") < 0.3


def test_platinum_is_a_skin_and_pores_are_empty():
    specimen = draw("porous")
    skin, inside = specimen.phases["skin"], specimen.phases["inside"]
    assert specimen.maps["Pt"][skin].mean() > 5 * specimen.maps["Pt"][inside].mean()
    solid = sum(specimen.maps.values())
    assert 0.2 < np.mean(solid < 0.02) < 0.4


def test_needles_are_two_to_three_pixels_wide():
    from scipy.ndimage import binary_opening

    needles = draw("needles").maps["Cu"] > 0.2
    assert needles.sum() > 300
    crossings = binary_opening(needles, np.ones((6, 6)))
    assert crossings.sum() < 0.2 * needles.sum()


def test_columns_of_the_interface_change_within_cells():
    maps = draw("interface").maps
    height = maps["La"].shape[0]
    for upper, lower in (("La", "Sr"), ("Al", "Ti")):
        assert maps[upper][: height // 3].max() > 0.9
        assert maps[upper][2 * height // 3 :].max() < 0.01
        assert maps[lower][: height // 3].max() < 0.01
    narrow, wide = draw("interface").haadf_maps["La"], maps["La"]
    assert (narrow > 0.5).sum() < 0.7 * (wide > 0.5).sum()


def test_the_dopant_is_little_and_not_in_the_haadf():
    specimen = draw("dopant")
    boundaries, grains = (specimen.phases[name] for name in ("boundaries", "grains"))
    yttrium = specimen.maps["Y"]
    assert yttrium.max() < 0.07
    assert yttrium[boundaries].mean() > 3 * yttrium[grains].mean()
    assert contrast("dopant") < 0.15  # of the thickness
