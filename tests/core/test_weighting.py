"""The five kinds of weights."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
import oracle
from napari_mmfusion.core.weighting import element_weights

KINDS = mmf.FusionParameters.info("weighting").choices


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("z", [[21, 66, 8], [6], [1, 118]])
def test_weights_are_those_of_their_formula(kind: str, z: list[int]) -> None:
    np.testing.assert_allclose(
        element_weights(z, kind, 1.7), oracle.weights_of(z, kind, 1.7), rtol=1e-14
    )


def test_mean_weights_have_mean_one_and_sum_weights_sum_one() -> None:
    z = [21, 66, 8]
    for kind in ("z/mean", "z^gamma/mean"):
        assert element_weights(z, kind, 1.6).mean() == pytest.approx(1)
    for kind in ("z/sum", "z^gamma/sum"):
        assert element_weights(z, kind, 1.6).sum() == pytest.approx(1)
