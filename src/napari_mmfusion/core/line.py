"""The line that maps a fused image to a measured one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def fit_line(fused: NDArray[np.float64], measured: NDArray[np.float64]) -> tuple[float, float]:
    """Fit ``measured = offset + slope * fused`` by least squares; the slope is at least 0.

    Examples
    --------
    >>> import numpy as np
    >>> fit_line(np.array([0.0, 1.0]), np.array([2.0, 5.0]))
    (2.0, 3.0)
    """
    spread = fused - fused.mean()
    # Sums, since products of long vectors would go to a library that starts threads.
    power = float((spread * spread).sum())
    slope = max(float((spread * measured).sum()) / power, 0.0) if power > 0 else 0.0
    return float(measured.mean() - slope * fused.mean()), slope
