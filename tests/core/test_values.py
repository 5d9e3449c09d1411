"""What is returned can be pickled, copied, compared and printed in one line."""

from __future__ import annotations

import copy
import dataclasses
import json
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.values import FrozenMapping, are_equal

PARAMS = mmf.FusionParameters(n_iter=3, atomic_numbers={"Co": 27}, weights={"S": 0.5})


@cache
def data() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", shape=(32, 40), counts=10, seed=1)


@cache
def result() -> mmf.FusionResult:
    return mmf.fuse(data(), PARAMS)


@cache
def suggestion() -> mmf.Suggestion:
    return mmf.suggest(data(), n_iter=2)


VALUES: dict[str, tuple[Callable[[], Any], str]] = {
    "parameters": (lambda: PARAMS, "FusionParameters(gamma=1.6, "),
    "dataset": (data, "FusionDataset('core-shell', 32 x 40, Co, S, O)"),
    "precise dataset": (
        lambda: mmf.FusionDataset(
            np.arange(12.0).reshape(3, 4) + 1e9, {"O": np.eye(3, 4), "Sc": np.eye(3, 4) + 1e12}
        ),
        "FusionDataset(3 x 4, O, Sc)",
    ),
    "state": (
        lambda: next(mmf.fuse_iter(data(), n_iter=1)),
        "FusionState(iteration 1, 32 x 40, Co, S, O)",
    ),
    "result": (result, "FusionResult(32 x 40, Co, S, O; tutorial solver, 3 iterations)"),
    "verdict": (lambda: result().verdict, "Verdict(terms={'HAADF': "),
    "suggestion": (suggestion, "Suggestion(lambda_tv="),
    "curve": (lambda: suggestion().curves[0], "ScoreCurve(lambda_tv, "),
    "trial": (lambda: next(iter(mmf.suggest_iter(data(), n_iter=1))), "Trial(done=1, "),
    "bootstrap": (
        lambda: mmf.bootstrap(result(), n=2),
        "BootstrapState(2 of 2, 32 x 40, Co, S, O)",
    ),
    "residuals": (lambda: mmf.residuals(result()), "Residuals(32 x 40, Co, S, O)"),
    "TV only": (lambda: mmf.tv_only(result()), "TvOnly(32 x 40, Co, S, O)"),
    "null element": (
        lambda: mmf.null_element_test(result()),
        "NullElementTest(32 x 40, like 'S', slope ",
    ),
    "thorough": (lambda: mmf.THOROUGH, "{'n_iter_tv': (2, 3, 6, 12), "),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_copy_is_equal(name: str, way: Callable[[Any], Any]) -> None:
    make, _ = VALUES[name]
    value = make()
    again = pickle.loads(way(value)) if way is pickle.dumps else way(value)
    assert type(again) is type(value)
    assert again == value
    assert repr(again) == repr(value)


@pytest.mark.parametrize("name", VALUES)
def test_its_repr_is_one_line_without_arrays(name: str) -> None:
    make, start = VALUES[name]
    text = repr(make())
    assert text.startswith(start)
    assert "\n" not in text
    assert "array(" not in text


def test_results_differ_by_a_single_bit() -> None:
    other = copy.deepcopy(result())
    other.maps["O"][3, 4] = np.nextafter(other.maps["O"][3, 4], np.float32(2))
    assert other != result()
    assert dataclasses.replace(result(), stopped=True) != result()
    assert result() != "a result"


def test_diverged_results_are_equal_to_themselves() -> None:
    other = copy.deepcopy(result())
    for each in (other, again := copy.deepcopy(other)):
        each.maps["O"][:] = np.nan
    assert other == again


@pytest.mark.parametrize("change", ["pixel_size", "unit", "name", "source_sha256"])
def test_datasets_differ_by_what_they_hold(change: str) -> None:
    other = copy.deepcopy(data())
    assert hash(other) == hash(data())
    setattr(other, change, 0.25 if change == "pixel_size" else "other")
    assert other != data()
    assert data().select(["S", "Co", "O"]) != data()
    assert data() != "data"


def test_copies_are_as_read_only_as_their_originals() -> None:
    copied = pickle.loads(pickle.dumps(result()))
    with pytest.raises(ValueError, match="read-only"):
        copied.data.haadf[0, 0] = 1
    with pytest.raises(TypeError):
        copied.maps["O"] = copied.haadf
    with pytest.raises(TypeError):
        copied.params.weights["S"] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        copied.stopped = True


def test_parameters_become_plain_dictionaries() -> None:
    assert dataclasses.asdict(PARAMS)["weights"] == {"S": 0.5}
    assert json.loads(json.dumps(PARAMS.as_dict())) == PARAMS.as_dict()


def test_a_fusion_in_another_process_gives_the_same_result() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(mmf.fuse, data(), PARAMS).result(timeout=120) == result()


def test_a_frozen_mapping_equals_any_mapping_and_has_no_hash() -> None:
    mapping = FrozenMapping({"a": 1.0})
    assert mapping == {"a": 1.0}
    assert mapping != {"a": 2.0}
    assert mapping != [("a", 1.0)]
    with pytest.raises(TypeError):
        hash(mapping)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros(3), np.zeros(3, np.float32)),
        (np.zeros(3), np.zeros((1, 3))),
        ((1, np.zeros(2)), (1, np.ones(2))),
        ((1,), (1, 2)),
        ({"a": 1}, {"b": 1}),
        (float("nan"), 1.0),
    ],
)
def test_what_is_not_equal(one: Any, other: Any) -> None:
    assert not are_equal(one, other)


def test_units_of_the_measurement_come_back() -> None:
    counts = mmf.FusionDataset(100 * data().haadf + 7, {"Co": 50 * data().maps["Co"] + 3})
    fused = mmf.fuse(counts, n_iter=3)
    model = fused.in_measured_units("HAADF")
    misfit = counts.normalised("HAADF") - fused.haadf
    np.testing.assert_allclose(counts.haadf - model, fused.scales["HAADF"] * misfit, atol=1e-4)
    stop = mmf.StopFlag()
    stop.set()
    unchanged = mmf.fuse(counts, stop=stop).in_measured_units("Co")
    np.testing.assert_allclose(unchanged, counts.maps["Co"], rtol=1e-4)


@pytest.mark.parametrize("name", [None, "Fe", ""])
def test_units_of_an_unknown_map_are_refused_with_the_names(name: Any) -> None:
    with pytest.raises(mmf.MMFusionDataError, match=f"{name!r}.*HAADF, Co, S, O"):
        result().in_measured_units(name)
