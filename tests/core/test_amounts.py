"""Fused maps in measured units keep the measured amounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import napari_mmfusion as mmf
from napari_mmfusion.core.amounts import with_measured_amounts
from napari_mmfusion.simulate.quality import fraction_error
from tutorial import Tutorial

SETTINGS: dict[str, dict[str, Any]] = {
    "tutorial": {},
    "few counts": {"weighting": "z/fitted", "n_iter_tv": 2, "background": 0.01},
    "guided": {"solver": "guided"},
}


def test_the_formula() -> None:
    rng = np.random.default_rng(3)
    x, b = rng.random((40, 30)), rng.poisson(5.0, (40, 30)).astype(float)
    y = x * gaussian_filter(b, 8.0) / gaussian_filter(x, 8.0)
    np.testing.assert_allclose(with_measured_amounts(x, b), y * b.sum() / y.sum(), rtol=1e-9)
    np.testing.assert_allclose(with_measured_amounts(3 * b, b), b, atol=1e-9)


def test_amounts_within_their_noise_are_those_of_the_fused_map() -> None:
    rng = np.random.default_rng(4)
    truth = np.full((120, 100), 0.2)
    b = rng.poisson(truth).astype(float)
    kept = with_measured_amounts(truth, b, unit=1.0)
    assert kept.std() < 0.75 * with_measured_amounts(truth, b).std()
    assert kept.sum() == pytest.approx(b.sum())
    # A level that is wrong by far more than the noise is mended as before.
    wrong = np.where(np.arange(100) < 50, 0.4, 0.2) * np.ones((120, 1))
    kept = with_measured_amounts(wrong, b, unit=1.0)
    assert kept[:, :30].mean() == pytest.approx(0.2, rel=0.1)
    assert kept[:, 70:].mean() == pytest.approx(0.2, rel=0.1)


def test_single_pixels_do_not_gather_the_counts_around_them() -> None:
    b = np.ones((90, 90))
    x = np.ones_like(b)
    x[:60] = 1e-6
    x[20, 30] = 0.1
    kept = with_measured_amounts(x, b)
    assert kept[20, 30] < 5  # and not those of 400 pixels
    # What the cap leaves at the border of the half that is right is spread over all.
    assert kept[:40].mean() == pytest.approx(1, rel=0.15)


def test_an_empty_fused_map_gives_way_to_the_blurred_measurement() -> None:
    b = np.zeros((90, 90))
    b[10, 12] = 7
    x = np.zeros_like(b)
    x[70:75, 70:75] = 1
    kept = with_measured_amounts(x, b)
    assert kept[:40, :40].sum() == pytest.approx(7, rel=0.01)
    assert kept.sum() == pytest.approx(7)
    assert (with_measured_amounts(x, np.zeros_like(b)) == 0).all()


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("counts", [2, 10])
@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_the_sum_of_every_map_is_the_measured_one(
    name: str, counts: float, settings: dict[str, Any]
) -> None:
    data = mmf.simulate(name, shape=(64, 72), counts=counts, seed=31)
    result = mmf.fuse(data, **settings)
    for element, image in data.maps.items():
        fused = result.in_measured_units(element)
        assert fused.sum() == pytest.approx(float(image.sum()), rel=1e-6)
        assert (fused >= 0).all()


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
@pytest.mark.parametrize("name", ["core-shell", "wedge"])
def test_amounts_and_fractions_of_phases_are_those_of_the_specimen(
    name: str, settings: dict[str, Any]
) -> None:
    data = mmf.simulate(name, shape=(96, 96), counts=10, seed=32)
    assert data.truth is not None
    phantom = mmf.PHANTOMS[name]
    specimen = phantom.draw(data.shape, phantom.pixel_size)
    result = mmf.fuse(data, **settings)
    kept = {element: result.amounts(element) for element in data.elements}
    plain = {
        element: result.offsets[element] + result.scales[element] * result.maps[element]
        for element in data.elements
    }
    true = {element: image.astype(float) for element, image in data.truth.items()}
    found, before = (fraction_error(maps, true, specimen.phases) for maps in (kept, plain))
    assert found < max(before, 0.005)
    assert found < 0.05

    def worst(maps: dict[str, Any]) -> float:
        """The largest error of an amount, as a part of it, in any phase that has the element."""
        return max(
            abs(maps[element][mask].mean() / image[mask].mean() - 1)
            for mask in specimen.phases.values()
            for element, image in true.items()
            if image[mask].mean() > 0.1
        )

    # The published defaults smooth away what is finer than the blur: that does not come back.
    assert worst(kept) < (0.12 if settings else worst(plain))


def test_dysprosium_scandate_keeps_its_scandium(tutorial_file: Any) -> None:
    data = mmf.load(tutorial_file("PTO_Trilayer_dataset.npz"))
    result = mmf.fuse(data)
    plain = result.offsets["Sc"] + result.scales["Sc"] * result.maps["Sc"]
    measured = data.maps["Sc"].mean()
    assert plain.mean() < 0.5 * measured
    assert result.in_measured_units("Sc").mean() == pytest.approx(measured, rel=0.03)


def test_thresholded_maps_keep_their_amounts(tutorial: Tutorial) -> None:
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    result = mmf.fuse(data, **tutorial.settings)
    for name, image in data.maps.items():
        assert result.in_measured_units(name).sum() == pytest.approx(image.sum(), rel=0.02)


def test_a_known_background_is_no_amount() -> None:
    data = mmf.simulate("core-shell", shape=(96, 96), counts=10, background_counts=5, seed=33)
    known = mmf.FusionDataset(data.haadf, data.maps, backgrounds=dict.fromkeys(data.elements, 0.5))
    assert data.truth is not None
    blind, told = (mmf.fuse(each, solver="guided") for each in (data, known))
    vacuum = np.hypot(*np.ogrid[-48:48, -48:48]) > 44
    for name, truth in data.truth.items():
        error = [np.abs(each.amounts(name) - truth).mean() for each in (blind, told)]
        assert error[1] < 0.3 * error[0]
        assert told.amounts(name)[vacuum].mean() < 0.05 < 0.4 < blind.amounts(name)[vacuum].mean()
        measured = known.maps[name]
        assert told.in_measured_units(name).mean() == pytest.approx(measured.mean(), rel=0.02)


@pytest.mark.parametrize(
    ("backgrounds", "words"),
    [({"Fe": 1.0}, "no such map"), ({"Co": -1.0}, "backgrounds"), ({"Co": np.nan}, "backgrounds")],
)
def test_impossible_backgrounds_are_refused(backgrounds: Any, words: str) -> None:
    data = mmf.simulate("core-shell", shape=(32, 32), counts=10)
    with pytest.raises(mmf.MMFusionDataError, match=words):
        mmf.FusionDataset(data.haadf, data.maps, backgrounds=backgrounds)


def test_backgrounds_stay_with_their_maps() -> None:
    data = mmf.simulate("core-shell", shape=(32, 32), counts=10)
    known = mmf.FusionDataset(data.haadf, data.maps, backgrounds={"Co": 0.1, "O": 0.2})
    assert dict(known.select(["O", "S"]).backgrounds) == {"O": 0.2}
    assert dict(known.cropped(slice(1, 30)).backgrounds) == {"Co": 0.1, "O": 0.2}
    assert known != data
