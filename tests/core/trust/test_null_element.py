"""Structure leaks into a flat map if lambda_haadf is large, and not if it is 0."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf


@pytest.fixture(scope="module")
def lattice() -> mmf.FusionDataset:
    return mmf.simulate("lattice", shape=(96, 96), counts=10, seed=0)


def test_a_large_lambda_haadf_leaks_into_a_flat_map(lattice: mmf.FusionDataset) -> None:
    found = mmf.null_element_test(mmf.fuse(lattice, lambda_haadf=3.0, n_iter=60, lambda_chem=0.05))
    assert found.slope > 0.05
    assert found.correlation > 0.2
    assert "no evidence" in str(found)
    assert found.like in str(found)


def test_without_the_haadf_a_flat_map_stays_flat(lattice: mmf.FusionDataset) -> None:
    found = mmf.null_element_test(mmf.fuse(lattice, lambda_haadf=0))
    assert abs(found.slope) < 0.02
    assert "stays flat" in str(found)


def test_the_flat_map_is_as_weak_as_the_weakest(result: mmf.FusionResult) -> None:
    found = mmf.null_element_test(result)
    maps = result.data.maps
    assert found.like == min(maps, key=lambda name: maps[name].mean()) == "S"
    assert found.measured.mean() == pytest.approx(maps["S"].mean(), rel=0.05)
    variance = maps["S"].mean() / 10  # ten counts in one unit
    assert found.measured.var() == pytest.approx(variance, rel=0.2)
    haadf = result.data.haadf
    assert abs(np.corrcoef(found.measured.ravel(), haadf.ravel())[0, 1]) < 0.05


def test_the_seed_makes_the_noise(result: mmf.FusionResult) -> None:
    first, again, other = (mmf.null_element_test(result, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.fused, again.fused)
    assert not np.array_equal(first.fused, other.fused)


def test_maps_whose_names_hold_no_symbol_are_examined_too(measurement: mmf.FusionDataset) -> None:
    maps = dict(zip(("null", "bright", "dark"), measurement.maps.values(), strict=True))
    data = mmf.FusionDataset(measurement.haadf, maps)
    numbers = {"null": 27, "bright": 16, "dark": 8}
    assert mmf.null_element_test(mmf.fuse(data, atomic_numbers=numbers)).like == "bright"
    assert mmf.null_element_test(mmf.fuse(data, weighting="unit")).like == "bright"


def test_maps_without_noise_are_refused() -> None:
    ramp = np.add.outer(np.arange(32.0), np.arange(32.0))
    data = mmf.FusionDataset(ramp, {"Co": ramp})
    with pytest.raises(mmf.MMFusionDataError, match="no counting noise"):
        mmf.null_element_test(mmf.fuse(data))
