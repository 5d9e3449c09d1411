"""Choices that cannot be tried are refused before the search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.choices import checked_choices

PARAMETERS = mmf.FusionParameters()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"lambda_tv": [0.1]}, r"choices\['lambda_tv'\]: this lambda is searched in any case"),
        ({"lambda_chem": None}, r"choices\['lambda_chem'\]: this lambda is searched"),
        ({"n_iter": 5}, r"choices\['n_iter'\] must hold values to try, not 5"),
        ({"weighting": "unit"}, r"choices\['weighting'\] must hold values to try, not 'unit'"),
        ({"n_iter": []}, r"choices\['n_iter'\] holds no value to try"),
        ({"nope": [1]}, "unknown parameter 'nope'"),
        ({1: [1]}, "unknown parameter '1'"),
        ({"background": [0.1, 99]}, "background must be a number from 1e-06 to 10, not 99"),
        ({"regularize": [True, False]}, "regularize cannot be off"),
        ([1], r"choices must map parameters to values to try, not \[1\]"),
    ],
)
def test_what_cannot_be_tried_is_refused(choices: Any, message: str) -> None:
    data = mmf.simulate("core-shell", shape=(16, 16))
    for function in (mmf.suggest, mmf.suggest_iter):
        with pytest.raises(mmf.MMFusionParameterError, match=message):
            function(data, choices=choices)


def test_every_other_value_is_tried_once() -> None:
    choices = {
        "background": (value for value in (0.1, 0.24, 0.1, 0.2)),
        "weights": [{"Co": 1}, {"Co": 2}, {"Co": 1.0}],
        "n_iter": np.array([30, 40]),
    }
    assert checked_choices(choices, PARAMETERS) == {
        "background": (0.1, 0.2),
        "weights": ({"Co": 1.0}, {"Co": 2.0}),
        "n_iter": (40,),
    }
    assert checked_choices(None, PARAMETERS) == {}
