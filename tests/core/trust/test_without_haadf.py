"""What the HAADF image changed."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

import napari_mmfusion as mmf


def test_a_map_denoised_alone_does_not_know_of_the_others(result: mmf.FusionResult) -> None:
    params = result.params.replace(solver="tutorial", n_iter=10)
    found = mmf.tv_only(mmf.fuse(result.data, params))
    alone = mmf.fuse(result.data.select(["S"]), params, lambda_haadf=0)
    assert_allclose(found.maps["S"], alone.maps["S"], atol=1e-6)


def test_the_changes_are_fused_minus_tv_only(result: mmf.FusionResult) -> None:
    found = mmf.tv_only(result)
    for name, image in found.changes.items():
        assert_array_equal(image, result.maps[name] - found.maps[name])
    assert "Co " in str(found)


def test_with_lambda_haadf_0_there_is_no_change(measurement: mmf.FusionDataset) -> None:
    found = mmf.tv_only(mmf.fuse(measurement, lambda_haadf=0))
    assert all((image == 0).all() for image in found.changes.values())


def test_another_haadf_image_changes_only_the_changes(result: mmf.FusionResult) -> None:
    shifted = mmf.FusionDataset(np.roll(result.data.haadf, 20, axis=1), result.data.maps)
    params = result.params.replace(solver="tutorial", weighting="z/mean", n_iter=10)
    first, second = (mmf.tv_only(mmf.fuse(data, params)) for data in (result.data, shifted))
    assert_allclose(first.maps["Co"], second.maps["Co"], atol=1e-6)
    assert np.abs(first.changes["Co"] - second.changes["Co"]).max() > 0.01
