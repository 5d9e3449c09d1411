"""Counts that are hidden: a second measurement, independent of the rest."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.thinning import PARTS, can_be_thinned, make_thinned


@pytest.fixture(scope="module")
def data() -> mmf.FusionDataset:
    return mmf.simulate("wedge", shape=(60, 50), counts=20, seed=41)


def test_no_count_is_lost_or_hidden_twice(data: mmf.FusionDataset) -> None:
    parts = make_thinned(data, PARTS)
    for index, (name, image) in enumerate(data.maps.items()):
        counts = image.ravel() / data.noise[name].unit
        hidden = np.sum([part.values[index] for part in parts], axis=0)
        np.testing.assert_allclose(hidden, counts, atol=1e-3)
        for part in parts:
            left = part.data.maps[name].ravel() / data.noise[name].unit
            np.testing.assert_allclose(left + part.values[index], counts, atol=1e-3)


def test_what_is_hidden_is_independent_of_the_rest(data: mmf.FusionDataset) -> None:
    assert data.truth is not None
    (part,) = make_thinned(data, 1)
    for index, (name, truth) in enumerate(data.truth.items()):
        expected = 20 * truth.ravel()
        hidden = part.values[index] - 0.1 * expected
        left = 20 * part.data.maps[name].ravel() - 0.9 * expected
        varied = expected > 1
        assert abs(np.corrcoef(hidden[varied], left[varied])[0, 1]) < 0.06
        assert hidden[varied].var() == pytest.approx(0.1 * expected[varied].mean(), rel=0.12)


def test_scaled_counts_are_thinned_as_counts_are(data: mmf.FusionDataset) -> None:
    scaled = mmf.FusionDataset(data.haadf, {k: 0.37 * v for k, v in data.maps.items()})
    one, other = (make_thinned(each, 2)[1] for each in (data, scaled))
    np.testing.assert_array_equal(one.values, other.values)


def test_fractions_cannot_be_thinned(data: mmf.FusionDataset) -> None:
    total = np.sum(list(data.maps.values()), axis=0) + 1e-3
    fractions = mmf.FusionDataset(data.haadf, {k: v / total for k, v in data.maps.items()})
    assert can_be_thinned(data)
    assert not can_be_thinned(fractions)


def test_masked_pixels_are_not_scored(data: mmf.FusionDataset) -> None:
    mask = np.ones(data.shape, bool)
    mask[5:9, 3:20] = False
    (part,) = make_thinned(data.masked(mask), 1)
    assert part.values.shape[1] == mask.sum() == part.scored.sum()
    assert part.data.mask is not None
