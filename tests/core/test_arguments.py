"""Arguments of the wrong kind get an error of this package that names them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

SHAPE = (16, 20)
ONES = np.ones(SHAPE)


@pytest.fixture(scope="module")
def data() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", shape=SHAPE, counts=10, seed=1)


@pytest.mark.parametrize("not_data", [ONES, {"HAADF": ONES}, None, "file.npz"])
def test_data_must_be_a_data_set(not_data: Any) -> None:
    for function in (mmf.fuse, mmf.fuse_iter, mmf.suggest, mmf.check):
        with pytest.raises(mmf.MMFusionDataError, match="data must be a FusionDataset, not"):
            function(not_data)


def test_parameters_must_be_parameters(data: mmf.FusionDataset) -> None:
    for function in (mmf.fuse, mmf.fuse_iter, mmf.suggest):
        with pytest.raises(mmf.MMFusionParameterError, match="params must be FusionParameters"):
            function(data, {"n_iter": 3})  # type: ignore[operator]  # what is tested


@pytest.mark.parametrize("name", ["weights", "atomic_numbers"])
def test_two_keys_do_not_make_one_name(name: str) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match=f"{name} has two keys .*: 1, '1'"):
        mmf.FusionParameters(**{name: {1: 5, "1": 6}})


def test_two_keys_of_starts_and_regions(data: mmf.FusionDataset) -> None:
    start = dict.fromkeys(data.elements, ONES)
    with pytest.raises(mmf.MMFusionDataError, match="start has two keys that make the same name"):
        mmf.fuse(data, start={**start, 1: ONES, "1": ONES})  # type: ignore[dict-item]  # tested
    with pytest.raises(mmf.MMFusionDataError, match=r"start\['Co'\]: values of type complex128"):
        mmf.fuse(data, start={**start, "Co": ONES * 1j})
    result = mmf.fuse(data, n_iter=1)
    whole = ONES > 0
    with pytest.raises(mmf.MMFusionDataError, match="regions has two keys that make the same name"):
        mmf.bootstrap(result, n=2, regions={1: whole, "1": whole})  # type: ignore[dict-item]  # tested
    with pytest.raises(mmf.MMFusionDataError, match="regions must map names"):
        mmf.bootstrap(result, n=2, regions=[whole])  # type: ignore[arg-type]  # what is tested


def test_ragged_masks(data: mmf.FusionDataset) -> None:
    with pytest.raises(mmf.MMFusionDataError, match="mask is no array of booleans"):
        mmf.fuse(data, mask=[[True], [True, False]])


def test_arrays_are_no_flags_and_no_kinds() -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="regularize must be True or False"):
        mmf.FusionParameters(regularize=np.ones(2))  # type: ignore[arg-type]  # what is tested
    with pytest.raises(mmf.MMFusionParameterError, match="tv must be one of"):
        mmf.tv_norm(ONES, tv=np.ones(2))  # type: ignore[arg-type]  # what is tested


def test_a_bound_that_cannot_be_computed_is_infinite(data: mmf.FusionDataset) -> None:
    _, gap = mmf.tv_prox_with_gap(data.haadf, 1e38, 3)
    assert gap == math.inf


def test_names_are_selected_as_they_were_given() -> None:
    image = np.arange(12.0).reshape(3, 4)
    assert mmf.FusionDataset(image, {1: image}).select([1]).elements == ("1",)  # type: ignore[dict-item,list-item]
