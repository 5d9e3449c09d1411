"""Hot pixels, blocks and lines are found and mended; what specimens show is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import napari_mmfusion as mmf

Image = Any
SHAPE = (64, 80)
Y, X = np.mgrid[:64, :80]


def images(name: str = "core-shell", counts: float = 10, **more: Any) -> dict[str, Image]:
    """The images of a phantom, the maps in whole counts."""
    data = mmf.simulate(name, counts=counts, shape=SHAPE, seed=1, **more)
    maps = {key: np.rint(image * counts) for key, image in data.maps.items()}
    return {"HAADF": data.haadf.astype(float)} | maps


def data_of(images: dict[str, Image]) -> mmf.FusionDataset:
    maps = dict(images)
    return mmf.FusionDataset(maps.pop("HAADF"), maps)


def spikes(data: mmf.FusionDataset) -> list[mmf.Finding]:
    return [finding for finding in mmf.check(data) if finding.kind == "spikes"]


GROUPS = {
    "block of 3 x 3": (abs(Y - 31) < 2) & (abs(X - 41) < 2),
    "block of 8 x 8": (Y // 8 == 4) & (X // 8 == 5),
    "block in a corner": (Y < 4) & (X < 4),
    "row": Y == 20,
    "column": X == 40,
    "two rows": Y // 2 == 10,
    "part of a row": (Y == 20) & (X < 40),
    "row and column": (Y == 30) | (X == 20),
    "L": ((X == 30) & (Y > 19) & (Y < 26)) | ((Y == 25) & (X > 29) & (X < 38)),
    "diagonal": (Y - X == 3) & (Y > 10) & (Y < 30),
}


@pytest.mark.parametrize("pixels", GROUPS.values(), ids=GROUPS)
@pytest.mark.parametrize(
    ("name", "counts"), [("core-shell", 3), ("core-shell", 1000), ("lattice", 10)]
)
@pytest.mark.parametrize("image", ["HAADF", "O"])
def test_hot_groups_are_found_and_replaced(
    pixels: Image, name: str, counts: float, image: str
) -> None:
    sound = images(name, counts)
    hot = np.where(pixels, 6 * sound[image].max(), sound[image])
    data = data_of(sound | {image: hot})
    (finding,) = spikes(data)
    assert (finding.images, finding.remedy) == ((image,), "replace spikes")
    assert finding.pixels == np.count_nonzero(pixels)
    assert finding.amount == pytest.approx(6, rel=0.1)
    assert "clipped" not in [each.kind for each in mmf.check(data)]
    mended = data.without_spikes()
    assert not spikes(mended)
    found = dict(mended.images())[image].measured
    np.testing.assert_array_equal(found[~pixels], sound[image].astype(np.float32)[~pixels])
    assert found.max() <= np.float32(sound[image].max())


def test_a_hot_line_may_be_dark_in_vacuum() -> None:
    """A line recorded with ten times the gain: its values have no gap to those of the others."""
    for image, rows in (("Co", slice(30, 31)), ("O", slice(40, 42))):
        sound = images()
        hot = sound[image].copy()
        hot[rows] *= 10
        data = data_of(sound | {image: hot})
        (finding,) = spikes(data)
        assert finding.region == (rows.start, rows.stop, 0, 80)
        assert not spikes(data.without_spikes())


def test_groups_of_several_levels_and_few_counts() -> None:
    sound = images()
    hot = sound["Co"].copy()
    hot[10:13, 10:13], hot[50:53, 60:63], hot[5, 5] = 400, 150, 2000
    (finding,) = spikes(data_of(sound | {"Co": hot}))
    assert finding.pixels == 19
    sparse = images(counts=0.1)
    sparse["Co"][9, 9] = 9000  # beside values of 3, 2 and 1, between which are gaps as well
    (finding,) = spikes(data_of(sparse))
    assert finding.region == (9, 10, 9, 10)


def test_robust_normalisation_lowers_a_hot_block() -> None:
    sound = images(counts=30)
    pixels = GROUPS["block of 3 x 3"]
    data = data_of(sound | {"Co": np.where(pixels, 3000, sound["Co"])})
    robust = mmf.fuse(data, normalisation="robust", n_iter=10)
    assert robust.scales["Co"] == sound["Co"].max()
    far = ~ndimage.binary_dilation(pixels, iterations=6)
    one, other, best = (
        result.in_measured_units("Co")[far]
        for result in (robust, mmf.fuse(data, n_iter=10), mmf.fuse(data_of(sound), n_iter=10))
    )
    assert np.corrcoef(one, best)[0, 1] > 0.99
    assert np.abs(one - best).mean() < 0.1 * np.abs(other - best).mean()


FEATURES = {
    "needle": (X == 40) & (Y > 10) & (Y < 50),
    "plane": Y == 30,
    "planes": Y % 6 == 0,
    "two planes": Y // 2 == 15,
    "particle of 4 x 4 pixels": (Y // 4 == 7) & (X // 4 == 10),
    "particle of 9 x 9 pixels": (abs(Y - 30) < 5) & (abs(X - 40) < 5),
    "columns": (Y % 6 == 0) & (X % 6 == 0),
    "column": (Y == 30) & (X == 40),
}


@pytest.mark.parametrize("feature", FEATURES.values(), ids=FEATURES)
@pytest.mark.parametrize("counts", [3, 30, 1000])
def test_sharp_or_invisible_features_are_no_spikes(feature: Image, counts: float) -> None:
    """What is sharp is in the HAADF image as well, and what is not there has a halo."""
    rng = np.random.default_rng(2)
    oxygen = rng.poisson(counts, SHAPE)
    sharp = feature + 0.02
    haadf = rng.poisson(1000 * (0.2 + sharp))
    assert not spikes(mmf.FusionDataset(haadf, {"Pt": rng.poisson(counts * sharp), "O": oxygen}))
    blurred = 3 * ndimage.gaussian_filter(feature.astype(float), 0.7) + 0.02
    haadf = rng.poisson(1000 * (0.5 + 0.1 * blurred))
    assert not spikes(mmf.FusionDataset(haadf, {"C": rng.poisson(counts * blurred), "O": oxygen}))


@pytest.mark.parametrize("change", [np.flipud, np.fliplr, np.transpose], ids=lambda f: f.__name__)
def test_the_direction_of_an_image_does_not_matter(change: Callable[[Image], Image]) -> None:
    sound = images()
    sound["Co"][25] *= 10
    sound["Co"][40:43, 70:73] = 500
    found = data_of(sound).spikes["Co"].pixels
    turned = data_of({name: change(image) for name, image in sound.items()}).spikes["Co"].pixels
    assert found.sum() == 80 + 9
    np.testing.assert_array_equal(change(found), turned)
