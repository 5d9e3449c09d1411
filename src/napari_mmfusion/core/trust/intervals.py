"""Intervals for the mean of a region, from repeats of the measurement."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student_t

COVERAGE: Final = 0.95

COUNTS_UNSEEN: Final = 3.0
"""Counts expected where none came, at most: with 95 % probability at least one would have come."""


class Interval(NamedTuple):
    """A value with the limits it lies within, in the units of the measured map."""

    value: float
    low: float
    high: float

    def limited(self, zero: float, unseen: float) -> Interval:
        """The interval of a signal that is not below `zero`, nor known better than to `unseen`."""
        value, low, high = (max(each, zero) for each in self)
        return Interval(value, low, max(high, zero + unseen))

    def __str__(self) -> str:
        """The value, and its limits in brackets."""
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


def corrected_interval(estimate: float, repeats: ArrayLike) -> Interval:
    r"""95 % interval around an estimate, freed of the bias that the repeats show.

    The repeats stem from a known specimen, the estimate, so their mean less the estimate is the
    bias of the method there, as by the shrinking of total variation. The estimate less this bias
    is the centre, and Student's t makes up for the small number of repeats, B:

    .. math:: 2 \hat\theta - \bar\theta^* \pm t_{B-1} s^* \sqrt{1 + 1/B}

    It is infinitely wide for fewer than two repeats.

    References
    ----------
    Davison and Hinkley, Bootstrap Methods and their Application (1997), section 5.2,
    doi:10.1017/CBO9780511802843.
    """
    values = np.asarray(repeats, dtype=np.float64)
    if values.size < 2:
        return Interval(estimate, -np.inf, np.inf)
    centre = 2 * estimate - float(values.mean())
    factor = float(student_t.ppf((1 + COVERAGE) / 2, values.size - 1))
    half = factor * float(values.std(ddof=1)) * np.sqrt(1 + 1 / values.size)
    return Interval(centre, centre - half, centre + half)
