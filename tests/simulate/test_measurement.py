"""The noise: Poisson counts of the right mean, and a HAADF image of the right composition."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.simulate.measurement import Dose, HaadfImaging, haadf_image, measure
from napari_mmfusion.simulate.phantoms import PHANTOMS
from napari_mmfusion.simulate.specimen import Specimen

FLAT = np.full((300, 400), 0.5)
STEP = np.repeat([0.0, 1.0], 200)[None, :] * np.ones((300, 1))
SPECIMEN = Specimen({"Fe": FLAT, "O": STEP}, {"Fe": FLAT, "O": STEP}, {})


def measured(seed=0, **changes):
    dose = Dose(**{"counts": 8.0, "background_counts": 0.0, "haadf_counts": 500.0} | changes)
    return measure(SPECIMEN, dose, HaadfImaging(), np.random.default_rng(seed))


@pytest.mark.parametrize("counts", [1.0, 10.0, 100.0])
def test_maps_have_the_mean_and_variance_of_poisson_counts(counts):
    _, maps = measured(counts=counts)
    n = FLAT.size
    assert maps["Fe"].mean() == pytest.approx(0.5, abs=5 * np.sqrt(0.5 / counts / n))
    assert maps["Fe"].var() == pytest.approx(0.5 / counts, rel=5 * np.sqrt(3 / n))


def test_maps_are_whole_counts():
    _, maps = measured(counts=8.0)
    for image in maps.values():
        np.testing.assert_array_equal(image * 8, np.round(image * 8))


def test_background_adds_counts_where_there_is_nothing():
    _, without = measured()
    _, with_background = measured(background_counts=4.0)
    assert without["O"][:, :200].max() == 0
    assert with_background["O"][:, :200].mean() == pytest.approx(4 / 8, rel=0.02)


def test_noise_is_independent_between_images():
    _, maps = measured()
    residuals = [(maps["Fe"] - FLAT)[:, 200:].ravel(), (maps["O"] - STEP)[:, 200:].ravel()]
    assert abs(np.corrcoef(residuals)[0, 1]) < 0.02


def test_haadf_has_the_noise_of_its_counts():
    haadf, _ = measured(haadf_counts=500.0)
    assert haadf[:, 200:].mean() == pytest.approx(1, abs=1e-3)
    assert haadf[:, 200:].var() == pytest.approx(1 / 500, rel=0.03)


@pytest.mark.parametrize(("gamma", "weighting", "power"), [(1.6, "z", 1.0), (1.0, "z^1.7", 1.7)])
def test_haadf_is_the_weighted_sum_of_powers(gamma, weighting, power):
    expected = 26**power * FLAT**gamma + 8**power * STEP**gamma
    imaging = HaadfImaging(gamma=gamma, weighting=weighting)
    np.testing.assert_allclose(
        haadf_image(SPECIMEN, imaging), expected / expected.max(), rtol=1e-12
    )


def test_haadf_comes_from_the_sharp_maps():
    specimen = PHANTOMS["lattice"].draw((64, 64), 0.02)
    sharp = Specimen(specimen.haadf_maps, specimen.haadf_maps, {})
    imaging = HaadfImaging()
    np.testing.assert_array_equal(haadf_image(specimen, imaging), haadf_image(sharp, imaging))


def test_a_ramp_rises_from_left_to_right():
    plain = haadf_image(SPECIMEN, HaadfImaging())
    ramp = 1.1 * haadf_image(SPECIMEN, HaadfImaging(ramp=0.1)) - plain
    np.testing.assert_allclose(ramp, np.broadcast_to(np.linspace(0, 0.1, 400), (300, 400)))


def test_a_shifted_image_lies_further_right_than_the_maps():
    plain = haadf_image(SPECIMEN, HaadfImaging())
    shifted = haadf_image(SPECIMEN, HaadfImaging(shift=3))
    np.testing.assert_array_equal(shifted[:, 3:], plain[:, :-3])
    np.testing.assert_array_equal(shifted[:, :3], plain[:, [0, 0, 0]])
