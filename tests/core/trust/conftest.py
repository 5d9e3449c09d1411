"""What the tests of the trust tools share."""

from __future__ import annotations

import pytest

import napari_mmfusion as mmf

LINEAR = mmf.FusionParameters(
    gamma=1, weighting="z^1.7", solver="converged", lambda_tv=0.03, background=0.01, n_iter=400
)


@pytest.fixture(scope="session")
def measurement() -> mmf.FusionDataset:
    """A particle whose HAADF image follows the linear model, with ten counts at the brightest."""
    return mmf.simulate("core-shell", shape=(64, 72), counts=10, seed=0, gamma=1, weighting="z^1.7")


@pytest.fixture(scope="session")
def result(measurement: mmf.FusionDataset) -> mmf.FusionResult:
    """Its fusion in the linear mode."""
    return mmf.fuse(measurement, LINEAR)
