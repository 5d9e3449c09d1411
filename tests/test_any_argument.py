"""Whatever is given as an argument: a result, or an error of ours that names the argument."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.simulate.metrics import nrmse
from napari_mmfusion.simulate.quality import edge_width, leakage, region_snr

DATA = mmf.simulate("core-shell", shape=(24, 20), counts=20, seed=5)
RESULT = mmf.fuse(DATA, n_iter=3)
IMAGE = np.random.default_rng(0).random((9, 7))

VALUES: dict[str, Any] = {
    "None": None,
    "True": True,
    "empty text": "",
    "no": "no",
    "bytes": b"Co",
    "-1": -1,
    "0": 0,
    "1": 1,
    "half": 0.5,
    "fraction": Fraction(1, 3),
    "NaN": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "huge": 10**400,
    "2**63": 2**63,
    "complex": 1 + 2j,
    "object": object(),
    "list": [],
    "nested list": [[1.0, 2.0], [3.0]],
    "tuple": (1, 2, 3),
    "mapping": {},
    "mapping of None": {"Co": None},
    "mapping of numbers": {1: 2},
    "set": {1},
    "array of nothing": np.zeros((0, 3)),
    "array of objects": np.array([None, "a"], dtype=object),
    "array of text": np.array([["a", "b"]]),
    "array of dates": np.zeros((9, 7), "datetime64[s]"),
    "array of NaN": np.full((24, 20), np.nan),
    "complex array": np.ones((24, 20), complex),
    "structured array": np.zeros((24, 20), [("a", float)]),
    "0-dimensional": np.array(3.0),
    "3-dimensional": np.ones((2, 24, 20)),
    "other shape": np.ones((20, 24)),
    "path to nothing": Path("nothing-here"),
    "zero byte": "a\0b",
    "function": len,
    "class": int,
    "generator": (i for i in ()),
    "dataset": DATA,
    "result": RESULT,
}

Call = tuple[Callable[..., Any], dict[str, Any]]

CALLS: dict[str, Call] = {
    "FusionDataset": (mmf.FusionDataset, {"haadf": IMAGE, "maps": {"Co": IMAGE}}),
    "FusionParameters": (mmf.FusionParameters, {}),
    "check": (mmf.check, {"data": DATA}),
    "find_noise_model": (mmf.find_noise_model, {"image": IMAGE}),
    "fuse": (mmf.fuse, {"data": DATA, "n_iter": 2}),
    "fuse_iter": (mmf.fuse_iter, {"data": DATA, "n_iter": 2}),
    "suggest": (mmf.suggest, {"data": DATA, "n_iter": 2}),
    "suggest_iter": (mmf.suggest_iter, {"data": DATA, "n_iter": 2}),
    "bootstrap": (mmf.bootstrap, {"result": RESULT, "n": 2}),
    "bootstrap_iter": (mmf.bootstrap_iter, {"result": RESULT, "n": 2}),
    "missed_structure": (mmf.missed_structure, {"result": RESULT}),
    "null_element_test": (mmf.null_element_test, {"result": RESULT}),
    "residuals": (mmf.residuals, {"result": RESULT}),
    "tv_only": (mmf.tv_only, {"result": RESULT}),
    "guide_field": (mmf.guide_field, {"haadf": IMAGE, "eta": 0.1}),
    "tv_norm": (mmf.tv_norm, {"image": IMAGE}),
    "tv_prox": (mmf.tv_prox, {"image": IMAGE, "weight": 0.1, "n_iter": 2}),
    "tv_prox_with_gap": (mmf.tv_prox_with_gap, {"image": IMAGE, "weight": 0.1, "n_iter": 2}),
    "simulate": (mmf.simulate, {"name": "core-shell", "shape": (16, 12)}),
    "inspect": (mmf.inspect, {"path": "sample.npz"}),
    "load": (mmf.load, {"path": "sample.npz"}),
    "load_result": (mmf.load_result, {"path": "nothing-here"}),
    "save": (mmf.save, {"result": RESULT, "folder": "results"}),
    "normalised": (DATA.normalised, {"name": "Co"}),
    "select": (DATA.select, {"elements": ["Co"]}),
    "nrmse": (nrmse, {"image": IMAGE, "truth": IMAGE}),
    "region_snr": (region_snr, {"image": IMAGE, "region": IMAGE > 0.5}),
    "edge_width": (edge_width, {"profile": np.linspace(0, 1, 20)}),
    "leakage": (leakage, {"image": IMAGE, "structure": IMAGE}),
    "amounts": (RESULT.amounts, {"name": "Co"}),
    "in_measured_units": (RESULT.in_measured_units, {}),
    "cropped": (DATA.cropped, {}),
    "masked": (DATA.masked, {}),
    "with_mask": (DATA.with_mask, {}),
    "without_rims": (DATA.without_rims, {}),
    "without_spikes": (DATA.without_spikes, {}),
}
NAMES = [
    (call, name)
    for call, (function, _) in CALLS.items()
    for name, parameter in inspect.signature(function).parameters.items()
    if parameter.kind is not parameter.VAR_KEYWORD
]


def consumed(returned: Any) -> None:
    """Errors of an iterator come with its first step."""
    if isinstance(returned, Iterator):
        next(returned, None)


@pytest.fixture(autouse=True)
def _in_a_folder_with_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("sample.npz", HAADF=DATA.haadf, **DATA.maps)


def test_all_public_functions_are_called():
    public = {n for n in mmf.__all__ if inspect.isfunction(getattr(mmf, n))}
    assert public - set(CALLS) == {"build_info"}


@pytest.mark.parametrize(("call", "name"), NAMES)
def test_any_value_of_an_argument_is_taken_or_refused_in_our_words(call, name):
    function, arguments = CALLS[call]
    wrong = {}
    for kind, value in VALUES.items():
        if name == "progress" and callable(value):
            continue  # its errors are those of who gave it
        if isinstance(value, Iterator):
            value = iter(())  # the last call has used it up
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", mmf.MMFusionWarning)
            try:
                consumed(function(**{**arguments, name: value}))
            except mmf.MMFusionError as error:
                if not str(error).strip():
                    wrong[kind] = "no words"
            except Exception as error:  # any other is a fault
                wrong[kind] = f"{type(error).__name__}: {error}"[:200]
    assert wrong == {}
