"""The search for the two weights: curves along one at a time, first coarse and then fine."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Along = Literal["lambda_tv", "lambda_chem"]


class Weights(NamedTuple):
    """The two weights of a fusion that the search sets."""

    lambda_tv: float
    lambda_chem: float


@dataclass(frozen=True)
class Trial:
    """One pair of weights tried.

    Attributes
    ----------
    done, total : int
        How many of the search's trials are done, this one included, and how many are planned;
        a search that has to go further plans more.
    lambda_tv, lambda_chem : float
        The weights.
    score : float
        Mean prediction loss of the pixels held out; lower is better.
    """

    done: int
    total: int
    lambda_tv: float
    lambda_chem: float
    score: float


@dataclass(frozen=True, eq=False)
class ScoreCurve:
    """Scores along one weight.

    Attributes
    ----------
    along : {"lambda_tv", "lambda_chem"}
        The weight; along `lambda_chem`, `lambda_tv` keeps its ratio to it.
    weights : (m,) float64
        Its values, rising.
    scores : (m,) float64
        Mean prediction loss of the pixels held out.
    minimum : float
        The weight where the curve is lowest: the vertex of the parabola in the logarithm of the
        weight, through the lowest score and its neighbours.
    """

    along: Along
    weights: NDArray[np.float64]
    scores: NDArray[np.float64]
    minimum: float


class _Sweep(NamedTuple):
    along: Along
    factors: tuple[float, ...]


# Factors of the weights found so far, largest first, so that a sweep can be extended downwards,
# where the converged solver's weights lie. The first one is in units of lambda_chem.
_SWEEPS: Final = (
    _Sweep("lambda_tv", tuple(np.geomspace(16, 1 / 8, 8).tolist())),
    _Sweep("lambda_chem", tuple(np.geomspace(4, 1 / 64, 5).tolist())),
    _Sweep("lambda_chem", (2.0, 1.0, 0.5)),
    _Sweep("lambda_tv", (2.0, 1.0, 0.5)),
)
_FURTHER: Final = 4
"""How many more weights a sweep tries where the smallest is still the best."""


def search(
    evaluate: Callable[[Weights], float], lambda_chem: float, highest: float
) -> Generator[Trial, None, tuple[Weights, list[ScoreCurve]]]:
    """Look for the weights with the lowest score, beginning with the TV weight.

    Parameters
    ----------
    evaluate : callable
        Gives the score of a pair of weights.
    lambda_chem : float
        The chemistry weight to begin with.
    highest : float
        No weight is above this.

    Yields
    ------
    Trial

    Returns
    -------
    (Weights, list of ScoreCurve)
        The weights found, and every curve gone along.
    """
    best = Weights(lambda_chem, lambda_chem)
    curves: list[ScoreCurve] = []
    done, total = 0, sum(len(sweep.factors) for sweep in _SWEEPS)
    for sweep in _SWEEPS:
        tried: list[Weights] = []
        scores: list[float] = []
        factors = list(sweep.factors)
        for factor in factors:
            weights = _limited(_scaled(best, sweep.along, factor), highest)
            score = evaluate(weights)
            tried.append(weights)
            scores.append(score)
            done += 1
            at_end = len(tried) == len(factors) < len(sweep.factors) + _FURTHER
            if at_end and score < min(scores[:-1]):
                factors.append(factor * factor / factors[-2])
                total += 1
            yield Trial(done, total, weights.lambda_tv, weights.lambda_chem, score)
        curve = _curve(sweep.along, tried, scores)
        curves.append(curve)
        best = _scaled(best, sweep.along, curve.minimum / getattr(best, sweep.along))
    return best, curves


def _scaled(weights: Weights, along: Along, factor: float) -> Weights:
    if along == "lambda_tv":
        return weights._replace(lambda_tv=weights.lambda_tv * factor)
    # How far the maps are smoothed hangs on the ratio of the two.
    return Weights(weights.lambda_tv * factor, weights.lambda_chem * factor)


def _limited(weights: Weights, highest: float) -> Weights:
    return Weights(*(min(weight, highest) for weight in weights))


def _curve(along: Along, tried: Sequence[Weights], scores: Sequence[float]) -> ScoreCurve:
    positions: NDArray[np.float64] = np.array([getattr(weights, along) for weights in tried])
    positions, order = np.unique(positions, return_index=True)
    values = np.asarray(scores, dtype=np.float64)[order]
    return ScoreCurve(along, positions, values, _vertex(positions, values))


def _vertex(weights: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    lowest = int(scores.argmin())
    if not 0 < lowest < len(scores) - 1:
        return float(weights[lowest])
    near = slice(lowest - 1, lowest + 2)
    x, y = np.log(weights[near]), scores[near]
    left, right = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
    curvature = (right - left) / (x[2] - x[0])
    if not curvature > 0:
        return float(weights[lowest])
    return float(np.exp(np.clip((x[0] + x[1]) / 2 - left / (2 * curvature), x[0], x[2])))
