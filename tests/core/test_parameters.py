"""The parameters: defaults, ranges and help."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

NAMES = mmf.FusionParameters.names()


def test_defaults_are_the_tutorials() -> None:
    assert mmf.FusionParameters().as_dict() == {
        "gamma": 1.6,
        "weighting": "z/mean",
        "lambda_haadf": None,
        "lambda_chem": 0.08,
        "lambda_tv": 0.15,
        "n_iter": 30,
        "n_iter_tv": 3,
        "background": 0.24,
        "threshold": None,
        "tv": "isotropic",
        "regularize": True,
        "atomic_numbers": None,
        "weights": None,
        "solver": "tutorial",
        "tolerance": 1e-5,
        "normalisation": "maximum",
        "guided_tv": 6.0,
        "guided_haadf": 10.0,
        "eta": 0.005,
        "gap": 1e-3,
        "matched_strength": 1.0,
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_explains_itself_and_takes_its_default(name: str) -> None:
    info = mmf.FusionParameters.info(name)
    assert info.label
    assert info.help.endswith((".", "21."))
    default = getattr(mmf.FusionParameters(), name)
    if info.kind in ("number", "integer") and default is not None:
        assert info.minimum <= default <= info.maximum
    assert (default is None) <= info.optional


@pytest.mark.parametrize(
    "name", [n for n in NAMES if mmf.FusionParameters.info(n).kind == "number"]
)
def test_numbers_are_checked_against_their_range(name: str) -> None:
    info = mmf.FusionParameters.info(name)
    for good in (info.minimum, info.maximum, np.float32(info.maximum)):
        assert getattr(mmf.FusionParameters(**{name: good}), name) == pytest.approx(good)
    above = math.nextafter(info.maximum, math.inf)
    below = math.nextafter(info.minimum, -math.inf)
    for bad in (above, below, math.nan, math.inf, "1", True, 1j, [1.0]):
        with pytest.raises(mmf.MMFusionParameterError, match=name):
            mmf.FusionParameters(**{name: bad})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_iter": 0}, "n_iter must be a whole number from 1 to 10000, not 0"),
        ({"n_iter": 2.5}, "n_iter must be a whole number"),
        ({"n_iter_tv": -1}, "n_iter_tv"),
        ({"n_iter": None}, "n_iter must be given"),
        ({"weighting": "z"}, "weighting must be one of unit, z/mean"),
        ({"tv": "both"}, "tv must be one of isotropic, anisotropic, not 'both'"),
        ({"solver": "magic"}, "solver must be one of tutorial"),
        ({"normalisation": "median"}, "normalisation must be one of maximum, robust"),
        ({"regularize": "yes"}, "regularize must be True or False"),
        ({"atomic_numbers": {"Sc": 0}}, r"atomic_numbers\['Sc'\].*from 1 to 118"),
        ({"atomic_numbers": [21]}, "atomic_numbers must map names to numbers"),
    ],
)
def test_bad_values_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match=message):
        mmf.FusionParameters(**change)


def test_parameters_are_values() -> None:
    params = mmf.FusionParameters(atomic_numbers={"Sc": 21})
    with pytest.raises(dataclasses.FrozenInstanceError):
        params.gamma = 1.0  # type: ignore[misc]
    assert params == mmf.FusionParameters(**params.as_dict())
    assert hash(params) == hash(mmf.FusionParameters(**params.as_dict()))
    assert params.replace(gamma=np.int64(2)) == mmf.FusionParameters(
        gamma=2, atomic_numbers={"Sc": 21}
    )
    with pytest.raises(TypeError):
        params.atomic_numbers["Sc"] = 22  # type: ignore[index]


def test_unknown_names_are_refused_with_a_list() -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="'lamda_tv'; there are: gamma"):
        mmf.FusionParameters().replace(lamda_tv=1)
