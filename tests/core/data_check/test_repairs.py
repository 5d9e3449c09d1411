"""The ways out: cropped, masked and mended data, and their fusions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

SHAPE = (48, 64)


@pytest.fixture
def sound() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", counts=20, shape=SHAPE, seed=4)


def with_images(data: mmf.FusionDataset, **images: Any) -> mmf.FusionDataset:
    haadf = images.pop("HAADF", data.haadf)
    return mmf.FusionDataset(haadf, {**data.maps, **images}, 0.1, "nm", name="a", truth=data.truth)


def with_rim(image: Any) -> Any:
    image = image.astype(float)
    image[-2:] = image[:, :3] = np.nan
    return image


def assert_same_fusion(one: mmf.FusionResult, other: mmf.FusionResult) -> None:
    for name, image in one.maps.items():
        np.testing.assert_array_equal(image, other.maps[name])
    np.testing.assert_array_equal(one.haadf, other.haadf)
    np.testing.assert_array_equal(one.costs, other.costs)


@pytest.mark.parametrize("solver", ["tutorial", "converged"])
def test_cropping_a_rim_gives_the_fusion_of_cropped_images(
    sound: mmf.FusionDataset, solver: Any
) -> None:
    data = with_images(sound, HAADF=with_rim(sound.haadf), Co=with_rim(sound.maps["Co"]))
    cropped = data.cropped()
    assert cropped.shape == (46, 61)
    inner = {name: image.measured[:46, 3:] for name, image in sound.images()}
    expected = mmf.FusionDataset(inner.pop("HAADF"), inner)
    assert_same_fusion(mmf.fuse(cropped, solver=solver), mmf.fuse(expected, solver=solver))
    assert cropped.provenance == ("cropped to rows 0 to 45 and columns 3 to 63",)
    assert (cropped.pixel_size, cropped.unit, cropped.name) == (0.1, "nm", "a")
    np.testing.assert_array_equal((cropped.truth or {})["Co"], (sound.truth or {})["Co"][:46, 3:])
    assert data.shape == SHAPE


def test_a_rectangle_of_choice(sound: mmf.FusionDataset) -> None:
    part = sound.cropped(slice(4, 20), slice(-30, None))
    np.testing.assert_array_equal(part.maps["O"], sound.maps["O"][4:20, -30:])
    assert part.cropped() is part
    fused = mmf.fuse(part, n_iter=3)
    expected = mmf.FusionDataset(part.haadf, part.maps)
    np.testing.assert_allclose(fused.maps["O"], mmf.fuse(expected, n_iter=3).maps["O"], atol=1e-6)
    for rows in (slice(5, 5), slice(60, 70), slice(0, 9, 2), 3, slice("a", None), (1, 2)):
        with pytest.raises(mmf.MMFusionDataError, match="rows must"):
            sound.cropped(rows)  # type: ignore[arg-type]  # what is tested


def test_cropping_keeps_the_precision_of_large_offsets() -> None:
    ramp = np.linspace(0, 1, 54).reshape(6, 9)
    ramp[0] = np.nan
    data = mmf.FusionDataset(ramp + 1e8, {"Sc": ramp + 1e8}).cropped()
    exact = (ramp[1:] - ramp[1].min()) / (ramp[1:].max() - ramp[1].min())
    np.testing.assert_allclose(data.normalised("Sc"), exact, atol=2e-7)
    part = data.cropped(columns=slice(2, 7))
    exact = (ramp[1:, 2:7] - ramp[1, 2]) / (ramp[5, 6] - ramp[1, 2])
    np.testing.assert_allclose(part.normalised("Sc"), exact, atol=1e-6)


def test_gaps_are_refused_with_the_ways_out(sound: mmf.FusionDataset) -> None:
    holed = sound.maps["Co"].copy()
    holed[3, 4] = np.nan
    holed[5, 6] = -np.inf
    data = with_images(sound, Co=holed)
    for use in (mmf.fuse, mmf.fuse_iter, mmf.suggest, lambda data: data.normalised("Co")):
        with pytest.raises(
            mmf.MMFusionDataError, match=r"map 'Co': 1 NaN and 1 infinite .*cropped\(\).*masked\(\)"
        ):
            use(data)


@pytest.mark.parametrize("solver", ["tutorial", "converged"])
def test_masked_data_hardly_differ_from_whole_ones(sound: mmf.FusionDataset, solver: Any) -> None:
    rng = np.random.default_rng(0)
    gaps = rng.random(SHAPE) < 0.03
    data = with_images(
        sound, **{name: np.where(gaps, np.nan, image) for name, image in sound.maps.items()}
    ).masked()
    assert data.mask is not None
    np.testing.assert_array_equal(data.mask, ~gaps)
    np.testing.assert_array_equal(data.haadf, sound.haadf)  # nothing was missing in it
    assert data.provenance == (f"left out {gaps.sum()} of {gaps.size} pixels",)
    whole, masked = (mmf.fuse(each, solver=solver) for each in (sound, data))
    for name in data.elements:
        one, other = whole.in_measured_units(name)[~gaps], masked.in_measured_units(name)[~gaps]
        assert np.corrcoef(one, other)[0, 1] > 0.99
    zeros = with_images(sound, **{k: np.where(gaps, 0, v) for k, v in sound.maps.items()})
    spoilt = mmf.fuse(zeros, solver=solver)
    errors = [
        np.abs(each.in_measured_units("Co") - whole.in_measured_units("Co")).mean()
        for each in (masked, spoilt)
    ]
    assert errors[0] < 0.7 * errors[1]


def test_what_was_measured_at_a_masked_pixel_does_not_matter(sound: mmf.FusionDataset) -> None:
    mask = np.ones(SHAPE, bool)
    mask[20:23, 30:32] = False
    results = []
    for value in (np.nan, 0.0, 1e20, -9999.0, 7.0):
        images = {name: image.measured.copy() for name, image in sound.images()}
        for image in images.values():
            image[~mask] = value
        data = mmf.FusionDataset(images.pop("HAADF"), images).masked(mask)
        results.append(mmf.fuse(data))
    for other in results[1:]:
        assert_same_fusion(results[0], other)


def test_the_mask_of_the_data_and_that_of_a_call_both_count(sound: mmf.FusionDataset) -> None:
    one, other = np.ones((2, *SHAPE), bool)
    one[20, 30] = other[10, 40] = False
    both = sound.masked(one).masked(other)
    np.testing.assert_array_equal(both.mask, one & other)
    filled = sound.masked(one)
    np.testing.assert_array_equal(
        mmf.fuse(filled, mask=other).maps["Co"], mmf.fuse(filled, mask=one & other).maps["Co"]
    )
    assert filled.select(["O"]).mask is filled.mask
    part = filled.cropped(slice(15, 40)).mask
    assert part is not None
    assert not part[5, 30]


def test_values_that_stand_for_none_are_left_out(sound: mmf.FusionDataset) -> None:
    holed = sound.maps["Co"].copy()
    holed[:, 5] = 1e20
    data = with_images(sound, Co=holed).masked()
    assert data.mask is not None
    assert np.flatnonzero(~data.mask.all(axis=0)).tolist() == [5]
    assert data.maps["Co"].max() == sound.maps["Co"].max()
    assert not [each for each in mmf.check(data) if each.kind == "fill value"]


def test_masks_are_checked(sound: mmf.FusionDataset) -> None:
    assert sound.masked() is sound
    assert sound.masked(np.ones(SHAPE, bool)) is sound
    for mask, message in (
        (np.ones(SHAPE), "booleans"),
        (np.ones((2, 2), bool), "shape"),
        (np.zeros(SHAPE, bool), "no pixel"),
    ):
        with pytest.raises(mmf.MMFusionDataError, match=message):
            sound.masked(mask)
    holed = with_images(sound, Co=np.where(np.eye(*SHAPE) > 0, np.nan, 1.0))
    one = np.ones(SHAPE, bool)
    one[0, 0] = False
    with pytest.raises(mmf.MMFusionDataError, match="47 pixels that the mask keeps"):
        holed.masked(one)


def test_numpy_masks_are_gaps(sound: mmf.FusionDataset) -> None:
    counts = np.ma.masked_array(np.arange(48 * 64).reshape(SHAPE), np.eye(*SHAPE) > 0)
    data = mmf.FusionDataset(sound.haadf, {"Co": counts})
    assert np.isnan(data.maps["Co"]).sum() == 48
    mask = data.masked().mask
    assert mask is not None
    np.testing.assert_array_equal(mask, np.eye(*SHAPE) == 0)


def test_spikes_become_the_median_of_their_neighbours(sound: mmf.FusionDataset) -> None:
    spoilt = sound.maps["Co"].copy()
    spoilt[20, 30] = spoilt[20, 31] = 400
    spoilt[0, 0] = 300
    data = with_images(sound, Co=spoilt).without_spikes()
    mended = data.maps["Co"]
    around = np.delete(sound.maps["Co"][19:22, 29:32].ravel(), [4, 5])
    assert mended[20, 30] == pytest.approx(np.median(around))
    assert mended[0, 0] == pytest.approx(np.median(sound.maps["Co"][:2, :2].ravel()[1:]))
    assert np.count_nonzero(mended != spoilt) == 3
    assert data.provenance == ("replaced 3 spikes of Co by the median of their neighbours",)
    assert sound.without_spikes() is sound


def test_masked_data_through_suggestion_and_trust(sound: mmf.FusionDataset) -> None:
    """A guess is neither predicted, nor averaged, nor measured again."""
    from napari_mmfusion.core.suggestion.holdout import make_holdout

    mask = np.ones(SHAPE, bool)
    mask[10:20, 20:40] = False
    data = sound.masked(mask)
    for fold in range(3):
        holdout = make_holdout(data, fold)
        assert not (holdout.scored & ~mask).any()
        np.testing.assert_array_equal(holdout.data.mask, mask)
    result = mmf.fuse(data, n_iter=5)
    state = mmf.bootstrap(result, n=2, regions={"all": np.ones(SHAPE, bool), "seen": mask})
    assert state.regions["all"] == state.regions["seen"]
    with pytest.raises(mmf.MMFusionDataError, match="no pixel that was measured"):
        mmf.bootstrap(result, n=2, regions={"hole": ~mask})


def test_equality_counts_the_mask_and_what_was_done(sound: mmf.FusionDataset) -> None:
    mask = np.ones(SHAPE, bool)
    mask[3, 4] = False
    assert sound.masked(mask) == sound.masked(mask)
    assert sound.masked(mask) != sound
    assert sound.cropped(slice(1, None)) != sound.cropped(slice(2, None))


@pytest.mark.parametrize("solver", ["tutorial", "converged"])
def test_robust_normalisation_is_that_of_the_data_without_spikes(
    sound: mmf.FusionDataset, solver: Any
) -> None:
    spoilt = sound.maps["Co"].copy()
    spoilt[3, 4] = 50 * spoilt.max()
    lowered = sound.maps["Co"].copy()
    lowered[3, 4] = lowered.max()
    data, expected = with_images(sound, Co=spoilt), with_images(sound, Co=lowered)
    robust = mmf.fuse(data, solver=solver, normalisation="robust")
    assert_same_fusion(robust, mmf.fuse(expected, solver=solver))
    assert robust.scales["Co"] == sound.maps["Co"].max()
    assert robust.data.provenance == ("lowered 1 spike of Co to the range of the other pixels",)
    *_, state = mmf.fuse_iter(data, solver=solver, normalisation="robust")
    np.testing.assert_array_equal(state.maps["Co"], robust.maps["Co"])
    assert mmf.fuse(data, solver=solver).scales["Co"] == spoilt.max()


def test_robust_normalisation_changes_nothing_without_spikes(sound: mmf.FusionDataset) -> None:
    robust = mmf.fuse(sound, normalisation="robust")
    assert_same_fusion(robust, mmf.fuse(sound))
    assert robust.data is sound


def test_a_robust_result_is_examined_and_saved_like_any(
    sound: mmf.FusionDataset, tmp_path: Path
) -> None:
    spoilt = sound.maps["Co"].copy()
    spoilt[3, 4] = 50 * spoilt.max()
    result = mmf.fuse(with_images(sound, Co=spoilt), normalisation="robust", n_iter=5)
    again = mmf.load_result(mmf.save(result, tmp_path))
    assert again.params == result.params
    assert again.scales == result.scales
    np.testing.assert_array_equal(again.maps["Co"], result.maps["Co"])
    state = mmf.bootstrap(result, n=3)
    mean = sound.maps["Co"].mean()
    assert state.regions["whole image"]["Co"].value == pytest.approx(mean, rel=0.1)
