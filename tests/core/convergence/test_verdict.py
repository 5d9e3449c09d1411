"""The verdict: its words, whether its advice helps, and the tutorial's runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import napari_mmfusion as mmf
from napari_mmfusion.core.convergence.cost_curve import Status
from napari_mmfusion.core.convergence.verdict import TERMS, judge
from tutorial import Tutorial

K = np.arange(30.0)
PLATEAU = 1 + 0.4**K
FALLING = 1 / (1 + K)
OSCILLATING = 1 + 0.1 * (-1) ** K
UNSTABLE = {Status.OSCILLATING, Status.DIVERGING}


def costs(*curves: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack(curves, axis=1)


def test_the_verdict_names_term_and_advice() -> None:
    verdict = judge(costs(PLATEAU, OSCILLATING, PLATEAU))
    assert str(verdict).startswith("Not converged: chemistry oscillating. Lower lambda_chem;")
    assert str(judge(costs(FALLING, PLATEAU, FALLING))) == (
        "Not converged: HAADF, total variation still falling. Raise n_iter to about 80 (an estimate"
        " from the curves), or go on from here with resume=result."
    )
    assert str(judge(costs(FALLING, OSCILLATING, FALLING))).startswith(
        "Not converged: HAADF, total variation still falling; chemistry oscillating. Lower lambda_"
    )
    assert str(judge(np.ones((20, 3)))) == "Converged after 4 iterations."
    assert str(judge(np.ones((2, 3)))).startswith("Not converged: HAADF, chemistry, total")
    assert not judge(np.empty((0, 3))).converged


def test_the_worst_term_decides() -> None:
    assert judge(costs(PLATEAU, FALLING, PLATEAU)).status is Status.FALLING
    assert judge(costs(PLATEAU, FALLING, OSCILLATING)).status is Status.OSCILLATING
    assert judge(costs(FALLING, OSCILLATING, np.full(30, np.nan))).status is Status.DIVERGING
    assert judge(costs(PLATEAU, PLATEAU, PLATEAU)).status is Status.CONVERGED


def test_a_term_of_0_is_judged() -> None:
    zero = np.zeros(30)
    assert judge(costs(PLATEAU, PLATEAU, zero)).converged
    assert judge(np.zeros((30, 3))).converged
    assert judge(costs(OSCILLATING, PLATEAU, zero)).terms[TERMS[0]] is Status.OSCILLATING


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_costs_that_are_not_finite_diverge(value: float) -> None:
    curves = costs(PLATEAU, OSCILLATING, PLATEAU)
    curves[20:] = value
    verdict = judge(curves)
    assert set(verdict.terms.values()) == {Status.DIVERGING}
    assert verdict.advice.startswith("Lower lambda_")
    assert judge(np.full((30, 3), value)).status is Status.DIVERGING


def test_costs_of_a_monotone_solver_converge() -> None:
    # Their sum falls, while the HAADF term rises to its plateau.
    verdict = judge(costs(3 - 0.5**K, 2 + 0.5**K, 1 + 0.5**K))
    assert verdict.converged
    assert verdict.advice == ""


RUNS: dict[str, tuple[dict[str, Any], Status]] = {
    "tutorial": ({}, Status.CONVERGED),
    "short": ({"n_iter": 5}, Status.FALLING),
    "chemistry too heavy": ({"lambda_chem": 0.6}, Status.OSCILLATING),
    "chemistry far too heavy": ({"lambda_chem": 0.9}, Status.DIVERGING),
    "HAADF too heavy": ({"lambda_haadf": 0.6}, Status.OSCILLATING),
    "background too small": ({"background": 0.03, "lambda_chem": 0.32}, Status.DIVERGING),
}


@pytest.fixture
def dysco(tutorial_file: Callable[[str], Path]) -> mmf.FusionDataset:
    return mmf.load(tutorial_file("PTO_Trilayer_dataset.npz"))


@pytest.mark.parametrize("name", RUNS)
def test_runs_of_dysco(dysco: mmf.FusionDataset, name: str) -> None:
    changes, status = RUNS[name]
    assert mmf.fuse(dysco, **changes).verdict.status is status


def test_the_tutorials_settings(tutorial: Tutorial) -> None:
    data = mmf.FusionDataset(tutorial.haadf, tutorial.maps)
    verdict = mmf.fuse(data, **tutorial.settings).verdict
    if "Dy" in tutorial.maps:
        assert verdict.converged_at == 29
        return
    # After 30 iterations the HAADF term still loses 0.4 % in each, the TV term about as much with
    # a ripple upon it, and chemistry gains less and less: nearly there, and not there.
    falling, rising = Status.FALLING, Status.RISING
    assert tuple(verdict.terms.values()) == (falling, rising, falling)
    assert verdict.forecast == 90  # the HAADF term is calm after 86
    assert verdict.advice.startswith("Raise n_iter to about 90 (an estimate from the curves), or")


@pytest.mark.parametrize(
    "name", ["chemistry too heavy", "chemistry far too heavy", "background too small"]
)
def test_a_lower_lambda_chem_stops_its_oscillation(dysco: mmf.FusionDataset, name: str) -> None:
    changes, _ = RUNS[name]
    assert mmf.fuse(dysco, **changes).verdict.advice.startswith("Lower lambda_chem;")
    cured = {**changes, "lambda_chem": changes["lambda_chem"] / 3}
    assert mmf.fuse(dysco, **cured).verdict.converged


def test_a_lower_lambda_haadf_stops_its_oscillation(dysco: mmf.FusionDataset) -> None:
    changes, _ = RUNS["HAADF too heavy"]
    assert mmf.fuse(dysco, **changes).verdict.advice.startswith("Lower lambda_haadf;")
    cured = {"lambda_haadf": changes["lambda_haadf"] / 3, "n_iter": 100}
    assert mmf.fuse(dysco, **cured).verdict.converged
    chem = {**changes, "lambda_chem": 0.02}
    assert mmf.fuse(dysco, **chem).verdict.status in UNSTABLE


def test_lower_lambdas_in_proportion_stop_an_oscillation_that_a_single_one_cannot(
    dysco: mmf.FusionDataset,
) -> None:
    heavy = {"lambda_haadf": 1.0, "lambda_chem": 1.0, "lambda_tv": 0.15}
    for single in (heavy, {**heavy, "lambda_chem": 0.2}, {**heavy, "lambda_haadf": 0.2}):
        verdict = mmf.fuse(dysco, **single).verdict
        assert verdict.status in UNSTABLE
        assert "divide all three lambdas by one number" in verdict.advice
    eighths = {name: value / 8 for name, value in heavy.items()}
    assert mmf.fuse(dysco, **eighths, n_iter=60).verdict.converged


def test_flat_maps_are_called_flat(dysco: mmf.FusionDataset) -> None:
    flat = mmf.fuse(dysco, lambda_tv=0.45, n_iter_tv=30)
    assert max(np.ptp(image) for image in flat.maps.values()) < 0.1
    assert flat.verdict.converged
    assert flat.verdict.advice.startswith("The maps may be too flat")
    assert "lambda_tv" in flat.verdict.advice


def test_vanished_maps_are_called_flat() -> None:
    verdict = judge(costs(PLATEAU, PLATEAU, 0.01 + 0.5**K))
    assert verdict.converged
    assert "flat" in verdict.advice
