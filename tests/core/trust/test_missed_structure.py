"""Missed structure: found where a map has it, and rarely where there is only noise."""

from __future__ import annotations

import dataclasses
from statistics import NormalDist

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.trust.missed_structure import FALSE_ALARM, SCALES
from napari_mmfusion.core.trust.random_field import threshold

SHAPE = (96, 96)
SPOT = (40, 60)


def with_maps(data: mmf.FusionDataset, maps: dict[str, np.ndarray]) -> mmf.FusionResult:
    """A result whose fused maps are the given ones."""
    once = mmf.fuse(data, n_iter=1)
    return dataclasses.replace(
        once, maps={name: image.astype(np.float32) for name, image in maps.items()}
    )


def flat(counts: float, seed: int, extra: np.ndarray | float = 0.0) -> mmf.FusionResult:
    """A flat map of counts, with something extra, whose fused map is a ramp of no use."""
    rng = np.random.default_rng(seed)
    ramp = np.linspace(0.5, 1.5, SHAPE[1]) * np.ones(SHAPE)
    image = rng.poisson(counts * ramp + extra).astype(float)
    return with_maps(mmf.FusionDataset(ramp, {"Fe": image}), {"Fe": ramp})


def spot(sigma: float) -> np.ndarray:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.exp(-((rows - SPOT[0]) ** 2 + (columns - SPOT[1]) ** 2) / (2 * sigma**2))


@pytest.mark.parametrize("counts", [0.2, 2, 20, 500])
@pytest.mark.parametrize("specimen", ["core-shell", "lattice", "wedge"])
def test_the_truth_misses_nothing(specimen, counts):
    alarms = 0
    for seed in range(4):
        data = mmf.simulate(specimen, shape=SHAPE, counts=counts, seed=700 + seed)
        found = mmf.missed_structure(with_maps(data, data.truth))
        alarms += sum(bool(places) for places in found.places.values())
    assert alarms <= 1  # of 12 maps, with a chance of a hundredth each


@pytest.mark.parametrize("counts", [0.5, 5, 100])
def test_noise_is_as_significant_as_it_should_be(counts):
    values = np.concatenate(
        [mmf.missed_structure(flat(counts, seed)).significance["Fe"].ravel() for seed in range(5)]
    )
    # The largest of five scales: between one and five independent looks.
    part = float(np.mean(np.abs(values) > 3))
    one = 2 * (1 - NormalDist().cdf(3))
    assert 0.3 * one < part < 6 * one


@pytest.mark.parametrize(
    ("sigma", "height"),
    [(0.0, 60.0), (1.5, 22.0), (4.0, 6.0), (1.5, -22.0), (4.0, -6.0)],
)
def test_a_spot_is_found_at_its_place_and_size(sigma, height):
    found = mmf.missed_structure(flat(40.0, 3, height * spot(sigma or 0.1)))
    sign = np.sign(height)
    strongest = found.places["Fe"][0]
    assert np.hypot(strongest.row - SPOT[0], strongest.column - SPOT[1]) <= 1 + sigma
    assert np.sign(strongest.counts) == np.sign(strongest.significance) == sign
    nearest = min(SCALES, key=lambda scale: abs(scale - sigma))
    assert abs(SCALES.index(strongest.size) - SCALES.index(nearest)) <= 1
    assert abs(strongest.significance) > found.threshold
    assert "more" in str(strongest) if sign > 0 else "fewer" in str(strongest)
    assert f"row {strongest.row}" in str(found)


def test_chemistry_averaged_away_is_shown():
    data = mmf.simulate("core-shell", shape=SHAPE, counts=50, seed=3)
    rng = np.random.default_rng(0)
    oxygen = data.maps["O"] + rng.poisson(25 * spot(1.5)) / 50
    doped = mmf.FusionDataset(data.haadf, {**data.maps, "O": oxygen})
    result = mmf.fuse(doped, solver="guided", guided_tv=40)
    places = mmf.missed_structure(result).places["O"]
    assert any(np.hypot(p.row - SPOT[0], p.column - SPOT[1]) < 4 and p.counts > 0 for p in places)


def test_masked_pixels_say_nothing():
    result = flat(20.0, 1, 400 * spot(2.0))
    assert mmf.missed_structure(result).places["Fe"]
    mask = np.ones(SHAPE, dtype=bool)
    mask[SPOT[0] - 12 : SPOT[0] + 13, SPOT[1] - 12 : SPOT[1] + 13] = False
    masked = mmf.FusionDataset(result.data.haadf, result.data.maps, mask=mask)
    found = mmf.missed_structure(with_maps(masked, result.maps))
    assert found.places["Fe"] == ()
    assert not found.significance["Fe"][~mask].any()


def test_filtered_maps_make_no_places_of_their_shared_noise():
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(5)
    ramp = np.linspace(0.5, 1.5, 128) * np.ones((128, 128))
    image = gaussian_filter(rng.poisson(10 * ramp).astype(float), 1.5)
    result = with_maps(mmf.FusionDataset(ramp, {"Fe": image}), {"Fe": ramp})
    assert len(mmf.missed_structure(result).places["Fe"]) <= 1


def test_counts_in_another_unit_change_nothing():
    plain = flat(30.0, 2, 30 * spot(2.0))
    scaled = mmf.FusionDataset(plain.data.haadf, {"Fe": plain.data.maps["Fe"] / 30})
    other = mmf.missed_structure(with_maps(scaled, plain.maps)).places["Fe"][0]
    one = mmf.missed_structure(plain).places["Fe"][0]
    assert (one.row, one.column, one.size) == (other.row, other.column, other.size)
    assert one.counts == pytest.approx(other.counts, rel=0.01)


def test_a_map_without_noise_is_not_judged():
    ramp = np.linspace(0.5, 1.5, 64) * np.ones((64, 64))
    result = with_maps(mmf.FusionDataset(ramp, {"Fe": ramp}), {"Fe": ramp})
    found = mmf.missed_structure(result)
    assert found.places["Fe"] == ()
    assert "Nothing missed" in str(found)


def test_the_threshold_holds_for_smoothed_noise():
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(8)
    limit = threshold(64 * 64, [2.0], 0.2)
    exceeded = 0
    for _ in range(200):
        noise = gaussian_filter(rng.standard_normal((96, 96)), 2.0)[16:80, 16:80]
        exceeded += bool((np.abs(noise) * 2 * np.sqrt(np.pi) * 2.0 > limit).any())
    assert 0.08 < exceeded / 200 < 0.25


def test_the_threshold_grows_with_what_is_looked_at():
    limits = [
        threshold(100, [0.0], FALSE_ALARM),
        threshold(10_000, [0.0], FALSE_ALARM),
        threshold(10_000, SCALES, FALSE_ALARM),
    ]
    assert limits == sorted(limits)
    assert threshold(10_000, [8.0], FALSE_ALARM) < threshold(10_000, [1.0], FALSE_ALARM)
