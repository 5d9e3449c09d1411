"""What a choice of method found is saved with the result, and backgrounds are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import pytest

import napari_mmfusion as mmf


@pytest.fixture(scope="module")
def result() -> mmf.FusionResult:
    data = mmf.simulate("core-shell", shape=(48, 40), counts=10, seed=51)
    known = mmf.FusionDataset(data.haadf, data.maps, backgrounds={"Co": 0.02})
    return mmf.fuse(known, mmf.suggest(known, solver="guided"))


def test_choice_and_backgrounds_come_back(result: mmf.FusionResult, tmp_path: Path) -> None:
    again = mmf.load_result(mmf.save(result, tmp_path))
    assert again.choice == result.choice
    assert str(again.verdict) == str(result.verdict)
    assert dict(again.data.backgrounds) == {"Co": 0.02}
    assert (again.amounts("Co") == result.amounts("Co")).all()


def test_results_without_a_choice_have_none(result: mmf.FusionResult, tmp_path: Path) -> None:
    plain = mmf.fuse(result.data, n_iter=2)
    again = mmf.load_result(mmf.save(plain, tmp_path))
    assert plain.choice is None
    assert again.choice is None


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("choice", lambda _: "no JSON"),
        ("choice", lambda _: "[]"),
        ("choice", lambda stored: stored.replace('"hidden"', '"seen"')),
        ("choice", lambda stored: stored.replace('"element": "Co"', '"element": "Fe"')),
        ("choice", lambda stored: json.dumps(json.loads(stored) | {"gates": 3})),
        ("choice", lambda stored: json.dumps(json.loads(stored) | {"scores": [{}]})),
        ("backgrounds", lambda _: '{"Co": "much"}'),
    ],
)
def test_damage_is_refused(
    result: mmf.FusionResult, tmp_path: Path, name: str, change: Any
) -> None:
    path = mmf.save(result, tmp_path) / "Fused_Reconstruction.h5"
    with h5py.File(path, "r+") as file:
        file.attrs[name] = change(str(file.attrs[name]))
    with pytest.raises(mmf.MMFusionReadError, match=f"'{name}'.*damaged; save the result again"):
        mmf.load_result(path)


def test_backgrounds_of_maps_that_are_not_there_are_refused(
    result: mmf.FusionResult, tmp_path: Path
) -> None:
    path = mmf.save(result, tmp_path) / "Fused_Reconstruction.h5"
    with h5py.File(path, "r+") as file:
        file.attrs["backgrounds"] = '{"Fe": 1.0}'
    with pytest.raises(mmf.MMFusionError, match="no such map"):
        mmf.load_result(path)
