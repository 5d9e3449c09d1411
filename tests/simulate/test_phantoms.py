"""The noiseless specimens: geometry, composition, scale."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.core.elements import SYMBOLS
from napari_mmfusion.simulate.grains import grains
from napari_mmfusion.simulate.phantoms import PHANTOMS

PHANTOMS_OF_PARTICLE = ("null-element", "core-shell")
SHAPES = [(96, 96), (64, 120), (121, 65)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", PHANTOMS)
def test_maps_have_one_scale_whose_maximum_is_one(name, shape):
    phantom = PHANTOMS[name]
    specimen = phantom.draw(shape, phantom.pixel_size)
    for images in (specimen.maps, specimen.haadf_maps):
        assert tuple(images) == phantom.elements
        assert all(symbol in SYMBOLS for symbol in images)
        assert all(image.shape == shape and image.min() >= 0 for image in images.values())
        assert max(image.max() for image in images.values()) == 1
        # A dopant has 2 % of all atoms; every other map has more.
        least = 0.02 if name == "dopant" else 0.1
        assert min(image.max() for image in images.values()) > least


@pytest.mark.parametrize("shape", SHAPES)
def test_core_shell_is_symmetric(shape):
    for image in PHANTOMS["core-shell"].draw(shape, 0.1).maps.values():
        np.testing.assert_array_equal(image, image[::-1])
        np.testing.assert_array_equal(image, image[:, ::-1])


def test_core_shell_is_half_cobalt_everywhere():
    maps = PHANTOMS["core-shell"].draw((128, 128), 0.1).maps
    np.testing.assert_allclose(maps["S"] + maps["O"], maps["Co"], atol=1e-12)


def test_core_shell_has_the_volumes_of_its_spheres():
    # The projection of a sphere sums to its volume; probe blur does not change the sum.
    n = 200
    maps = PHANTOMS["core-shell"].draw((n, n), 0.1).maps
    sulphur, cobalt = maps["S"].sum(), maps["Co"].sum()
    assert sulphur / cobalt == pytest.approx((0.23 / 0.375) ** 3, rel=2e-3)
    # Co is the chord of the whole sphere, 1 at the centre: 4/3 pi R^3 / 2R.
    assert cobalt == pytest.approx(2 / 3 * np.pi * (0.375 * n) ** 2, rel=5e-3)


def test_core_shell_is_empty_outside_the_shell():
    image = PHANTOMS["core-shell"].draw((160, 120), 0.1).maps["Co"]
    y, x = np.indices(image.shape)
    radius = np.hypot(y - 79.5, x - 59.5)
    assert image[radius > 0.375 * 120 + 6].max() == 0
    assert image[radius < 0.375 * 120 - 6].min() > 0.3


def test_lattice_repeats_with_its_cell():
    # At this pixel size the cell is 26 pixels high; 0.544 nm is no whole number of pixels.
    maps = PHANTOMS["lattice"].draw((104, 64), 0.022).maps
    for image in maps.values():
        np.testing.assert_allclose(image[26:], image[:-26], atol=1e-12)


def test_lattice_is_stoichiometric():
    # Many cells: DyScO3 has three oxygen atoms for one of each metal.
    maps = PHANTOMS["lattice"].draw((520, 544), 0.022).maps
    assert maps["Sc"].sum() == pytest.approx(maps["Dy"].sum(), rel=1e-3)
    assert maps["O"].sum() == pytest.approx(3 * maps["Dy"].sum(), rel=1e-3)


def test_lattice_is_wider_in_edx_than_in_haadf():
    specimen = PHANTOMS["lattice"].draw((128, 128), 0.02)
    for element, edx in specimen.maps.items():
        haadf = specimen.haadf_maps[element]
        assert np.mean(edx > edx.max() / 2) > 1.2 * np.mean(haadf > haadf.max() / 2)


def test_lattice_resolves_its_columns():
    # 20 to 30 pixels per cell: scandium columns are separate, with nothing in between.
    image = PHANTOMS["lattice"].draw((256, 256), PHANTOMS["lattice"].pixel_size).maps["Sc"]
    inner = image[1:-1, 1:-1]
    around = [
        np.roll(image, (dy, dx), (0, 1))[1:-1, 1:-1]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if (dy, dx) != (0, 0)
    ]
    columns = np.logical_and.reduce([inner > other for other in around]) & (inner > 0.5)
    cells = 5.12 * 5.12 / (0.572 * 0.544)
    assert np.count_nonzero(columns) == pytest.approx(2 * cells, rel=0.1)
    assert np.median(image) < 0.05


def test_a_huge_pixel_costs_no_more_than_a_small_one():
    image = PHANTOMS["lattice"].draw((64, 64), 1000.0).maps["O"]
    assert np.isfinite(image).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", PHANTOMS)
def test_a_phase_has_one_composition(name, shape):
    phantom = PHANTOMS[name]
    specimen = phantom.draw(shape, phantom.pixel_size)
    assert specimen.phases
    for region in specimen.phases.values():
        assert region.shape == shape
        assert region.sum() >= 10


def test_the_shell_is_cobalt_oxide_and_the_middle_holds_most_of_the_sulphur():
    specimen = PHANTOMS["core-shell"].draw((128, 128), 0.1)
    shell, core = specimen.phases["shell"], specimen.phases["core"]
    maps = specimen.maps
    np.testing.assert_allclose(maps["O"][shell], maps["Co"][shell], rtol=1e-2)
    assert maps["S"][core].mean() > maps["O"][core].mean() > 0


def test_the_wedge_grows_thicker_and_then_stays_even():
    arsenic = PHANTOMS["wedge"].draw((100, 80), 0.5).maps["As"]
    middle = arsenic[:, 20]
    np.testing.assert_allclose(middle[10:51], np.interp(np.arange(10.5, 51), [0, 60], [0.25, 1]))
    np.testing.assert_allclose(middle[68:], 1)


def test_the_wedge_has_its_step_in_two_maps_of_three():
    specimen = PHANTOMS["wedge"].draw((100, 80), 0.5)
    gallium, aluminium, arsenic = specimen.maps.values()
    np.testing.assert_allclose(gallium + aluminium, arsenic, atol=1e-12)
    np.testing.assert_allclose(arsenic, arsenic[:, :1] * np.ones(80), atol=1e-12)
    assert gallium[specimen.phases["GaAs"]].min() > 0.999
    assert gallium[specimen.phases["AlAs"]].max() < 0.001
    np.testing.assert_allclose(gallium, aluminium[:, ::-1], atol=1e-12)


def test_the_null_element_is_the_particle_on_a_film_that_is_the_same_everywhere():
    specimen, particle = (PHANTOMS[name].draw((96, 64), 0.1) for name in PHANTOMS_OF_PARTICLE)
    assert np.ptp(specimen.maps["C"]) == 0
    for name, image in particle.maps.items():
        np.testing.assert_array_equal(specimen.maps[name], image)


NEW = ("polycrystal", "interface", "needles", "dopant", "porous")


@pytest.mark.parametrize("name", NEW)
def test_a_specimen_is_always_drawn_alike(name):
    phantom = PHANTOMS[name]
    first, second = (phantom.draw((48, 64), phantom.pixel_size) for _ in range(2))
    for element, image in first.maps.items():
        np.testing.assert_array_equal(image, second.maps[element])


def fractions(specimen, region):
    amounts = {name: image[region].mean() for name, image in specimen.maps.items()}
    return {name: amount / sum(amounts.values()) for name, amount in amounts.items()}


def test_the_grains_of_a_polycrystal_have_the_composition_of_their_phase():
    specimen = PHANTOMS["polycrystal"].draw((200, 200), 1.0)
    found = fractions(specimen, specimen.phases["Ti2AlNb"])
    assert found == pytest.approx({"Ti": 0.5, "Al": 0.25, "Nb": 0.25}, abs=0.01)
    # Grains of one phase differ in thickness, which is not chemistry.
    titanium = specimen.maps["Ti"][specimen.phases["TiAl"]]
    assert np.ptp(titanium) > 0.15


def test_the_needles_are_two_to_three_pixels_wide_whatever_the_size():
    for side in (96, 256):
        image = PHANTOMS["needles"].draw((side, side), 0.5).maps["Mg"]
        bright = image > 0.5 * image.max()
        inside = bright[1:-1, 1:-1]
        # Of a needle two or three pixels wide, hardly any pixel is two pixels from its edge.
        deep = inside & np.logical_and.reduce(
            [np.roll(bright, s, a)[1:-1, 1:-1] for s in (-2, 2) for a in (0, 1)]
        )
        assert inside.sum() > side
        assert deep.mean() < 0.05 * inside.mean()


def test_only_magnesium_tells_the_needles_apart():
    specimen = PHANTOMS["needles"].draw((192, 192), 0.5)
    copper, magnesium = specimen.maps["Cu"], specimen.maps["Mg"]
    for kind in ("Al2Cu", "Al2CuMg"):
        assert copper[specimen.phases[kind]].mean() > 0.1
    assert magnesium[specimen.phases["Al2CuMg"]].min() > 0.05
    assert magnesium[specimen.phases["Al2Cu"]].mean() < 0.02


def test_the_dopant_is_two_per_cent_of_the_boundaries_and_absent_from_some():
    specimen = PHANTOMS["dopant"].draw((256, 256), 0.5)
    inside, at = (fractions(specimen, specimen.phases[name]) for name in ("grains", "boundaries"))
    assert at["Y"] == pytest.approx(0.018, abs=0.003)
    assert inside["Y"] < 0.1 * at["Y"]
    boundaries = grains((256, 256), 3.5, 61).boundary < 0.7
    yttrium = specimen.maps["Y"][boundaries] / specimen.maps["O"][boundaries]
    assert np.percentile(yttrium, 2) < 0.5 * np.median(yttrium)


def test_the_pores_are_empty_and_silver_fades_to_the_right():
    specimen = PHANTOMS["porous"].draw((160, 160), 0.5)
    total = np.sum(list(specimen.maps.values()), axis=0)
    assert 0.2 < np.mean(total < 0.05 * total.max()) < 0.6
    left, right = (fractions(specimen, specimen.phases[f"silver {s}"]) for s in ("left", "right"))
    assert left["Ag"] > 1.4 * right["Ag"]
    assert left["Cu"] == pytest.approx(right["Cu"], rel=0.01)


def test_the_interface_has_one_perovskite_on_either_side():
    specimen = PHANTOMS["interface"].draw((192, 160), 0.03)
    below, above = specimen.phases["SrTiO3"], specimen.phases["LaMnO3"]
    assert specimen.maps["La"][below].max() < 0.05
    assert specimen.maps["Sr"][above].max() < 0.05
    found = fractions(specimen, below)
    assert found["Sr"] == pytest.approx(0.5, abs=0.06)  # cells are cut by the edges
    for element, edx in specimen.maps.items():
        haadf = specimen.haadf_maps[element]
        assert np.mean(edx > edx.max() / 2) > 1.2 * np.mean(haadf > haadf.max() / 2)


def test_a_boundary_is_as_far_from_both_grains():
    cells = grains((80, 120), 4, 7)
    steps = cells.number[:, 1:] != cells.number[:, :-1]
    assert steps.any()
    # The boundary runs between two pixels that belong to different grains.
    assert cells.boundary[:, 1:][steps].max() <= 1
    assert cells.boundary.min() >= 0
    assert cells.number.max() < cells.total
