"""Structure leaks into a flat map if lambda_haadf is large, and not if it is 0."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.trust import null_element


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


def test_the_lambda_haadf_left_out_is_that_of_the_fusion(result: mmf.FusionResult) -> None:
    """With one more map the default would be smaller."""
    assert result.params.lambda_haadf is None
    given = mmf.fuse(result.data, result.params, lambda_haadf=result.lambda_haadf)
    left_out, expected = mmf.null_element_test(result), mmf.null_element_test(given)
    np.testing.assert_array_equal(left_out.fused, expected.fused)


def test_a_falling_leak_is_a_leak_too(result: mmf.FusionResult) -> None:
    found = mmf.null_element_test(result)
    for slope in (-0.2, 0.2):
        assert "no evidence" in str(replace(found, slope=slope))


def test_the_flat_map_joins_the_others_as_they_were_fused(
    measurement: mmf.FusionDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the mask, and with the atomic number of the weakest map, given or from its name."""
    mask = np.ones(measurement.shape, bool)
    mask[5:9, 7] = False
    data = mmf.FusionDataset(measurement.haadf, measurement.maps, mask=mask)
    calls: list[tuple[mmf.FusionDataset, mmf.FusionParameters]] = []

    def fuse(
        data: mmf.FusionDataset, params: mmf.FusionParameters, **more: object
    ) -> mmf.FusionResult:
        calls.append((data, params))
        return mmf.fuse(data, params, **more)

    monkeypatch.setattr(null_element, "fuse", fuse)
    for given, expected in ((None, {"null": 16}), ({"S": 34}, {"S": 34, "null": 34})):
        result = mmf.fuse(data, n_iter=2, atomic_numbers=given)
        assert mmf.null_element_test(result).like == "S"
        extended, params = calls.pop()
        np.testing.assert_array_equal(extended.mask, mask)
        assert extended.elements == (*data.elements, "null")
        assert params.atomic_numbers == expected
