"""Masks as runs of pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import napari_mmfusion as mmf
from napari_mmfusion.core.masks import mask_of_runs, run_lengths


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2)))
def test_runs_give_the_mask_again(mask):
    runs = run_lengths(mask)
    assert sum(runs[1::2]) == np.count_nonzero(~mask)
    np.testing.assert_array_equal(mask_of_runs(runs, mask.shape), mask)


@given(st.lists(st.integers(-3, 9), max_size=5))
def test_runs_of_another_image_are_refused(runs):
    if sum(runs) == 12 and min(runs) >= 0:
        assert mask_of_runs(runs, (3, 4)).shape == (3, 4)
        return
    with pytest.raises(mmf.MMFusionDataError, match="runs"):
        mask_of_runs(runs, (3, 4))


@pytest.mark.parametrize("value", [0.0, np.nan, -9999.0])
def test_rims_are_left_out_where_they_are_cut_off(value):
    data = mmf.simulate("wedge", shape=(48, 64), counts=20, seed=2)
    maps = {name: image.copy() for name, image in data.maps.items()}
    for image in maps.values():
        image[:5] = image[:, -4:] = value
    spoilt = mmf.FusionDataset(data.haadf, maps)
    whole = spoilt.without_rims()
    assert whole.shape == data.shape
    rows, columns = np.nonzero(whole.mask)
    inside = whole.mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert inside.all()
    cropped = spoilt.cropped()
    assert inside.shape == cropped.shape != data.shape
    assert {each.kind for each in whole.findings} == {each.kind for each in cropped.findings}
    assert data.without_rims() is data
