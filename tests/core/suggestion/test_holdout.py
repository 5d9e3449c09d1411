"""Held-out pixels: no value measured there is left in the data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

import napari_mmfusion as mmf
from napari_mmfusion.core.suggestion.holdout import make_holdout, make_holdouts


@pytest.mark.parametrize("reach", [0, 1])
def test_held_out_values_do_not_influence_the_data(data, reach):
    """Other values at the held-out pixels change only what predictions are compared with."""
    holdout = make_holdout(data, 3, reach=reach)
    replaced = ndimage.maximum_filter(holdout.scored, 2 * reach + 1)
    middle = {name: np.mean(image) for name, image in data.maps.items()}
    other = mmf.FusionDataset(
        data.haadf,
        {name: np.where(replaced, middle[name], image) for name, image in data.maps.items()},
    )
    again = make_holdout(other, 3, reach=reach)
    np.testing.assert_array_equal(holdout.scored, again.scored)
    for name, image in holdout.data.maps.items():
        np.testing.assert_allclose(image, again.data.maps[name], rtol=1e-6)
    assert not np.array_equal(holdout.values, again.values)


@pytest.mark.parametrize("reach", [0, 1])
def test_the_rest_and_the_ranges_stay(data, reach):
    holdout = make_holdout(data, 0, reach=reach)
    kept = ~ndimage.maximum_filter(holdout.scored, 2 * reach + 1)
    assert 0.03 < np.mean(~kept) < 0.1
    for name in data.elements:
        np.testing.assert_allclose(
            holdout.data.normalised(name)[kept], data.normalised(name)[kept], atol=1e-6
        )
        assert np.ptp(holdout.data.maps[name]) == pytest.approx(np.ptp(data.maps[name]), rel=1e-6)
    np.testing.assert_allclose(holdout.data.haadf, data.haadf, atol=1e-6)


def test_the_replacements_come_from_kept_neighbours():
    y, x = np.mgrid[:40, :50].astype(float)
    data = mmf.FusionDataset(y + x, {"O": y, "Sc": x})
    holdout = make_holdout(data, 0)
    moved = [holdout.data.maps[name] - data.maps[name] for name in ("O", "Sc")]
    assert np.max(np.abs(moved)) == pytest.approx(1, abs=1e-5)
    assert (np.hypot(*moved)[holdout.scored] > 0.5).mean() > 0.95


def test_every_pixel_of_a_small_image_is_held_out_once_and_few_of_a_large_one(data):
    scored = sum(each.scored.astype(int) for each in make_holdouts(data))
    assert scored.max() == 1
    assert scored.sum() >= scored.size - 2 * len(data.elements)  # the extremes of every map
    y, x = np.mgrid[:600, :600]
    (large,) = make_holdouts(mmf.FusionDataset(y + x, {"O": y}))
    assert 0.07 < large.scored.mean() < 0.1
