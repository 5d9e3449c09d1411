"""The scores of a search along one lambda."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.values import ArrayRecord

Along = str
"""Name of a parameter that is a number."""


class Lambdas(NamedTuple):
    """The two lambdas of a fusion that the search chooses."""

    lambda_tv: float
    lambda_chem: float


@dataclass(frozen=True, eq=False, repr=False)
class ScoreCurve(ArrayRecord):
    """The lowest score at each value of one lambda, whatever the values of the others.

    Attributes
    ----------
    along : str
        The parameter: ``"lambda_tv"`` or ``"lambda_chem"``, or a setting of another method.
    values : (m,) float64
        Its values, in ascending order.
    scores : (m,) float64
        Mean prediction loss of the pixels held out, the lowest of the trials with that value.
    """

    along: Along
    values: NDArray[np.float64]
    scores: NDArray[np.float64]

    @property
    def minimum(self) -> float:
        """The value where the curve is lowest."""
        return float(self.values[self.scores.argmin()])

    def __repr__(self) -> str:
        """The lambda, the number of its values and the best of them."""
        return f"ScoreCurve({self.along}, {len(self.values)} values, minimum {self.minimum:.4g})"


def curve_along(along: Along, scores: Mapping[Lambdas, float]) -> ScoreCurve:
    """The lower envelope of the scores of pairs of lambdas.

    >>> scores = {Lambdas(0.1, 0.5): 3.0, Lambdas(0.1, 0.7): 2.0, Lambdas(0.2, 0.5): 4.0}
    >>> curve_along("lambda_tv", scores).scores.tolist()
    [2.0, 4.0]
    """
    return envelope(along, scores)


def envelope(along: Along, scores: Mapping[Any, float]) -> ScoreCurve:
    """The lower envelope of the scores of anything that has the attribute `along`."""
    lowest: dict[float, float] = {}
    for setting, score in scores.items():
        value = getattr(setting, along)
        lowest[value] = min(score, lowest.get(value, np.inf))
    values = sorted(lowest)
    return ScoreCurve(along, np.array(values), np.array([lowest[value] for value in values]))
