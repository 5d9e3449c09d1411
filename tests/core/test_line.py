"""The line from fused to measured values."""

from __future__ import annotations

import numpy as np
import pytest

from napari_mmfusion.core.line import fit_line


def test_the_line_is_that_of_least_squares() -> None:
    fused, measured = np.random.default_rng(0).random((2, 50))
    measured += 3 * fused
    slope, offset = np.polyfit(fused, measured, 1)
    assert fit_line(fused, measured) == pytest.approx((offset, slope))


@pytest.mark.parametrize("fused", [[0.0, 1.0], [1.0, 1.0]])
def test_a_falling_line_and_a_point_become_the_mean(fused: list[float]) -> None:
    assert fit_line(np.array(fused), np.array([5.0, 2.0])) == (3.5, 0)
