"""Mask, provenance and findings of a result are saved and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf

SHAPE = (32, 40)


def spoilt(value: float) -> mmf.FusionDataset:
    data = mmf.simulate("core-shell", counts=10, shape=SHAPE, seed=0)
    map_ = data.maps["Co"].copy()
    map_[3, 4] = value
    return mmf.FusionDataset(data.haadf, {**data.maps, "Co": map_})


def saved(data: mmf.FusionDataset, folder: Path) -> Path:
    return mmf.save(mmf.fuse(data, n_iter=2), folder) / "Fused_Reconstruction.h5"


def test_findings_are_read_back_not_found_again(tmp_path: Path) -> None:
    data = spoilt(99)
    path = saved(data, tmp_path)
    again = mmf.load_result(path).data
    assert "findings" in vars(again)
    assert again.findings == data.findings
    assert [(each.kind, each.region) for each in again.findings] == [("spikes", (3, 4, 4, 5))]


def test_amounts_that_are_no_number_are_read_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    data = mmf.FusionDataset(rng.random(SHAPE), {"O": rng.random(SHAPE)})
    path = saved(data, tmp_path)
    (found,) = mmf.load_result(path).data.findings
    assert found.kind == "no counts"
    assert np.isnan(found.amount)
    with h5py.File(path) as file:
        assert "NaN" not in file.attrs["findings"]  # which is no JSON


def test_mask_and_provenance_are_read_back(tmp_path: Path) -> None:
    data = spoilt(np.nan).cropped(slice(1, None)).masked()
    again = mmf.load_result(saved(data, tmp_path)).data
    assert again == data.__class__(
        data.haadf, data.maps, mask=data.mask, provenance=data.provenance
    )
    assert again.provenance == (
        "cropped to rows 1 to 31 and columns 0 to 39",
        "left out 1 of 1240 pixels",
    )
    assert again.mask is not None
    assert np.argwhere(~again.mask).tolist() == [[2, 4]]


def test_files_of_older_versions_say_nothing(tmp_path: Path) -> None:
    path = saved(spoilt(99), tmp_path)
    with h5py.File(path, "r+") as file:
        del file.attrs["findings"], file.attrs["provenance"]
    again = mmf.load_result(path).data
    assert "findings" not in vars(again)
    assert again.provenance == ()
    assert again.findings[0].kind == "spikes"


@pytest.mark.parametrize("name", ["findings", "provenance"])
@pytest.mark.parametrize("value", ["[", "7", "{}", "[1]", '[{"kind": "x"}]', "[" * 9999, "[null]"])
def test_damaged_attributes_are_refused(tmp_path: Path, name: str, value: str) -> None:
    path = saved(spoilt(99), tmp_path)
    with h5py.File(path, "r+") as file:
        file.attrs[name] = value
    with pytest.raises(mmf.MMFusionReadError, match=f"{name}.*is damaged; save the result again"):
        mmf.load_result(path)


@pytest.mark.parametrize(
    "change", [{"kind": 3}, {"severity": "bad"}, {"region": 5}, {"images": [1]}, {"pixels": "a"}]
)
def test_damaged_findings_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = saved(spoilt(99), tmp_path)
    with h5py.File(path, "r+") as file:
        (found,) = json.loads(file.attrs["findings"])
        file.attrs["findings"] = json.dumps([found | change])
    with pytest.raises(mmf.MMFusionReadError, match="is damaged; save the result again"):
        mmf.load_result(path)


def test_a_mask_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = saved(spoilt(np.nan).masked(), tmp_path)
    with h5py.File(path, "r+") as file:
        del file["measured_pixels"]
        file["measured_pixels"] = np.ones((3, 4), np.uint8)
    with pytest.raises(mmf.MMFusionReadError, match="measured_pixels"):
        mmf.load_result(path)


def test_more_findings_than_fit_keep_the_worst(tmp_path: Path) -> None:
    data = mmf.simulate("core-shell", counts=10, shape=SHAPE, seed=0)
    names = [f"{'x' * 250}{number}" for number in range(90)]
    broken = mmf.FusionDataset(data.haadf, dict.fromkeys(names, data.maps["Co"] - 1))
    path = saved_by_unit_weights(broken, tmp_path)
    again = mmf.load_result(path).data.findings
    assert 0 < len(again) < len(broken.findings)
    assert again == broken.findings[: len(again)]


def saved_by_unit_weights(data: mmf.FusionDataset, folder: Path) -> Path:
    return mmf.save(mmf.fuse(data, n_iter=1, weighting="unit"), folder) / "Fused_Reconstruction.h5"
