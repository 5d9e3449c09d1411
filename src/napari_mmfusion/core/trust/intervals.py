"""Intervals for the mean of a region, from repeats of the measurement."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

COVERAGE: Final = 0.95

COUNTS_UNSEEN: Final = 3.0
"""Largest expectation where no count was seen: above it, one would be seen in 95 % of cases."""


class Interval(NamedTuple):
    """A value with its lower and upper limit, in the units of the measured map."""

    value: float
    low: float
    high: float

    def clip(self, zero: float, unseen: float) -> Interval:
        """The interval of a signal not below `zero` that is known to `unseen` at best."""
        value, low, high = (max(each, zero) for each in self)
        return Interval(value, low, max(high, zero + unseen))

    def __str__(self) -> str:
        """The value, and its limits in brackets."""
        return f"{self.value:.3g} [{self.low:.3g}, {self.high:.3g}]"


def corrected_interval(estimate: float, repeats: ArrayLike) -> Interval:
    r"""95 % interval around an estimate, corrected for the bias that the repeats show.

    The specimen of the repeats is known: it is the estimate. So their mean minus the estimate is
    the bias of the method, such as the loss of contrast by total variation. The estimate minus this
    bias is the centre, and Student's t allows for the small number of repeats, B:

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
    factor = float(stdtrit(values.size - 1, (1 + COVERAGE) / 2))
    half = factor * float(values.std(ddof=1)) * np.sqrt(1 + 1 / values.size)
    return Interval(centre, centre - half, centre + half)
