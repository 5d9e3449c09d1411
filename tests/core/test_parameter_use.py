"""Which solver uses which parameter: what is said is what happens."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import napari_mmfusion as mmf

DATA = mmf.simulate("core-shell", shape=(40, 36), counts=20, seed=5)
OTHER = {
    "gamma": 1.3,
    "weighting": "z^1.7",
    "lambda_haadf": 0.05,
    "lambda_chem": 0.03,
    "lambda_tv": 0.4,
    "n_iter": 1,
    "n_iter_tv": 6,
    "background": 0.05,
    "threshold": 0.3,
    "tv": "anisotropic",
    "regularize": False,
    "atomic_numbers": {"Co": 40},
    "weights": {"Co": 0.2},
    "solver": "converged",
    "tolerance": 1e-2,
    "guided_tv": 1.0,
    "guided_haadf": 0.5,
    "eta": 0.1,
    "gap": 1e-2,
    "matched_strength": 2.0,
    "normalisation": "robust",
}
SPIKY = {name: image.copy() for name, image in DATA.maps.items()}
SPIKY["Co"][3, 4] = 50 * DATA.maps["Co"].max()


def fused(solver, **changes):
    data = mmf.FusionDataset(DATA.haadf, SPIKY) if "normalisation" in changes else DATA
    base = {"solver": solver, "n_iter": 60}
    if "atomic_numbers" in changes and solver in ("guided", "matched"):
        base["weighting"] = "z^1.7"  # only this one takes them
    first = mmf.fuse(data, **base)
    second = mmf.fuse(data, **(base | changes))
    images = [
        (first.haadf, second.haadf),
        *zip(first.maps.values(), second.maps.values(), strict=True),
    ]
    return all(np.array_equal(*pair) for pair in images)


NAMES = [name for name in mmf.FusionParameters.names() if name != "solver"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("solver", mmf.FusionParameters.info("solver").choices)
def test_a_parameter_changes_the_result_where_it_is_used(solver, name):
    unchanged = fused(solver, **{name: OTHER[name]})
    assert unchanged != mmf.FusionParameters.info(name).is_used_by(solver)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("solver", mmf.FusionParameters.info("solver").choices)
def test_a_parameter_that_changes_nothing_is_said(solver, name):
    changes = {"solver": solver, name: OTHER[name]}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        mmf.fuse_iter(DATA, **changes).close()
    used = mmf.FusionParameters.info(name).is_used_by(solver)
    assert [name in str(each.message) and solver in str(each.message) for each in said] == (
        [] if used else [True]
    )
    assert all(each.filename == __file__ for each in said)


def test_what_needs_regularisation_is_said():
    with pytest.warns(mmf.MMFusionWarning, match="lambda_tv, n_iter_tv needs? regularize"):
        mmf.fuse(DATA, regularize=False, lambda_tv=0.2, n_iter_tv=5, n_iter=1)


def test_parameters_that_were_not_given_are_not_said():
    params = mmf.FusionParameters(lambda_tv=0.3, guided_tv=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first = mmf.fuse(DATA, params, solver="guided", n_iter=2)
        mmf.fuse(DATA, resume=first, n_iter=3)
        mmf.fuse(DATA, solver="matched", matched_strength=2)


@pytest.mark.parametrize(
    ("solver", "name"),
    [("tutorial", "lambda_tv"), ("guided", "eta"), ("matched", "matched_strength")],
)
def test_a_value_that_is_chosen_anyway_is_said(solver, name):
    with pytest.warns(mmf.MMFusionWarning, match=f"{name} is chosen") as said:
        mmf.suggest_iter(DATA, solver=solver, **{name: OTHER[name]})
    assert said[0].filename == __file__
    with pytest.warns(mmf.MMFusionWarning, match=f"{name} is chosen"):
        mmf.suggest_iter(DATA, solver="auto", **{name: OTHER[name]})


def test_every_parameter_is_used():
    used = {
        name
        for solver in mmf.FusionParameters.info("solver").choices
        for name in mmf.FusionParameters.used_by(solver)
    }
    assert used == set(mmf.FusionParameters.names())
