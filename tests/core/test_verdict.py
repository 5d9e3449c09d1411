"""The verdict on curves of known shape and on the tutorial's own runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import napari_mmfusion as mmf
from napari_mmfusion.core.verdict import TERMS, Status, judge

K = np.arange(30.0)
PLATEAU = 1 + 0.4**K
FALLING = 1 / (1 + K)
OSCILLATING = 1 + 0.1 * (-1) ** K
DIVERGING = 1 + 0.01 * (-1.2) ** K


def costs(*curves: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack(curves, axis=1)


@pytest.mark.parametrize(
    ("curve", "status"),
    [
        (PLATEAU, Status.CONVERGED),
        (np.ones(30), Status.CONVERGED),
        (FALLING, Status.FALLING),
        (FALLING[::-1], Status.RISING),
        (OSCILLATING, Status.OSCILLATING),
        (DIVERGING, Status.DIVERGING),
        (np.where(K > 20, np.nan, 1.0), Status.DIVERGING),
        (2 - K * np.exp(-K / 2), Status.CONVERGED),
    ],
)
def test_a_curve_of_each_shape(curve: NDArray[np.float64], status: Status) -> None:
    verdict = judge(costs(PLATEAU, curve, PLATEAU))
    assert verdict.terms[TERMS[1]] is status
    assert verdict.converged == (status is Status.CONVERGED)


def test_the_words_name_term_and_cure() -> None:
    verdict = judge(costs(PLATEAU, OSCILLATING, PLATEAU))
    assert str(verdict).startswith("Not converged: chemistry oscillating. Lower lambda_chem;")
    assert str(judge(costs(FALLING, PLATEAU, PLATEAU))).endswith("Raise n_iter.")
    assert str(judge(np.ones((20, 3)))) == "Converged after 4 iterations."
    assert not judge(np.empty((0, 3))).converged


def test_convergence_is_counted_from_the_last_change() -> None:
    late = PLATEAU.copy()
    late[15] += 1
    converged_at = judge(costs(PLATEAU, late, PLATEAU)).converged_at
    assert converged_at is not None
    assert converged_at > 16


def test_the_tutorials_own_runs(tutorial_file: Callable[[str], Path]) -> None:
    data = mmf.load(tutorial_file("PTO_Trilayer_dataset.npz"))
    assert mmf.fuse(data).verdict.converged
    assert not mmf.fuse(data, n_iter=5).verdict.converged
    unstable = mmf.fuse(data, lambda_chem=0.6).verdict
    assert Status.OSCILLATING in unstable.terms.values()
    assert "lambda_chem" in unstable.advice
