"""The noise: Poisson counts of the right mean, and a HAADF image of the right composition."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.simulate.measurement import (
    Dose,
    HaadfImaging,
    distorted,
    haadf_image,
    measure,
)
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


def test_an_offset_is_a_part_of_the_maximum():
    plain = haadf_image(SPECIMEN, HaadfImaging())
    lifted = haadf_image(SPECIMEN, HaadfImaging(offset=0.25))
    np.testing.assert_allclose(lifted, (plain + 0.25) / 1.25, rtol=1e-12)


def test_blur_makes_the_image_less_sharp_and_keeps_its_levels():
    plain, blurred = (haadf_image(SPECIMEN, HaadfImaging(blur=b)) for b in (0.0, 3.0))
    assert np.abs(np.diff(blurred, axis=1)).max() < 0.2 * np.abs(np.diff(plain, axis=1)).max()
    np.testing.assert_allclose(blurred[:, [0, -1]], plain[:, [0, -1]], rtol=1e-9)


def centres(image):
    """Where every row crosses the middle of the step."""
    middle = (image[:, :1] + image[:, -1:]) / 2
    at = np.argmax(image > middle, axis=1)
    rows = np.arange(len(image))
    left, right = image[rows, at - 1], image[rows, at]
    return at - (right - middle[:, 0]) / (right - left)


def test_drift_grows_from_the_first_row_to_the_last():
    image = haadf_image(SPECIMEN, HaadfImaging(blur=2.0))
    moved = distorted(image, HaadfImaging(drift=3.0), np.random.default_rng(0))
    np.testing.assert_allclose(centres(moved) - centres(image), np.linspace(0, 3, 300), atol=0.02)


def test_jitter_moves_rows_at_random():
    image = haadf_image(SPECIMEN, HaadfImaging(blur=2.0))
    moved = distorted(image, HaadfImaging(jitter=0.5), np.random.default_rng(0))
    shifts = centres(moved) - centres(image)
    assert shifts.std() == pytest.approx(0.5, rel=0.15)
    assert abs(shifts.mean()) < 0.1


def test_without_flaws_nothing_is_drawn_from_the_random_numbers():
    rng = np.random.default_rng(0)
    image = haadf_image(SPECIMEN, HaadfImaging())
    assert distorted(image, HaadfImaging(), rng) is image
    assert rng.random() == np.random.default_rng(0).random()
