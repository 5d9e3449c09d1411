"""What kind of map an image is, and what one count is in it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import napari_mmfusion as mmf
from napari_mmfusion.core.noise_model import NoiseModel, find_noise_model


def truth(shape: tuple[int, int] = (96, 96)) -> np.ndarray:
    data = mmf.simulate("core-shell", shape=shape, counts=1)
    assert data.truth is not None
    return data.truth["Co"].astype(float)


def counts(level: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level * truth())


@pytest.mark.parametrize("level", [0.5, 2.0, 10.0, 100.0, 3000.0])
@pytest.mark.parametrize("dtype", [np.int64, np.uint16, np.float32])
def test_counts_are_counts(level: float, dtype: type) -> None:
    assert find_noise_model(counts(level).astype(dtype)) == NoiseModel("counts", 1.0)


@pytest.mark.parametrize("level", [0.5, 2.0, 10.0, 1000.0])
@pytest.mark.parametrize("factor", [7.0, 0.1, 0.137, 1 / 255, 1e-6, 1.25e8])
def test_scaled_counts_tell_their_factor(level: float, factor: float) -> None:
    found = find_noise_model(counts(level).astype(np.float32) * np.float32(factor))
    assert found.kind == "scaled counts"
    assert found.unit == pytest.approx(factor, rel=1e-5)


@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_simulated_maps_are_scaled_counts(name: str) -> None:
    data = mmf.simulate(name, shape=(64, 64), counts=10, seed=3)
    for image in data.maps.values():
        assert find_noise_model(image) == NoiseModel("scaled counts", 0.1)


@pytest.mark.parametrize("level", [5.0, 30.0, 300.0])
def test_the_noise_of_continuous_maps_follows_from_variance_and_mean(level: float) -> None:
    # A sum of counts of many unlike weights is not a multiple of anything.
    rng = np.random.default_rng(1)
    image = counts(level) * 0.2 * (1 + 1e-3 * rng.standard_normal(truth().shape))
    found = find_noise_model(image)
    assert found.kind in ("continuous", "fractions")
    assert found.unit == pytest.approx(0.2, rel=0.3)


def test_fractions_lie_between_0_and_1() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.poisson(40 * truth()), rng.poisson(40 * (1.2 - truth()))
    found = find_noise_model(first / (first + second + 1e-9))
    assert found.kind == "fractions"
    assert 0.005 < found.unit < 0.05


def test_a_smoothed_map_is_found_out() -> None:
    image = counts(20)
    found = find_noise_model(gaussian_filter(image.astype(float), 1.0))
    assert found.kind == "filtered"
    # A blur of one pixel divides the variance by 4 pi.
    assert found.unit == pytest.approx(1 / (4 * np.pi), rel=0.4)
    assert find_noise_model(image).kind == "counts"


def test_an_image_of_8_bits_is_not_taken_for_counts() -> None:
    image = gaussian_filter(counts(200).astype(float), 0.7)
    found = find_noise_model(np.round(image / image.max() * 255))
    assert not found.kind.endswith("counts")


def test_values_below_zero_move_the_zero() -> None:
    found = find_noise_model(counts(10) - 3)
    assert found.zero == -3
    assert found.kind == "counts"


def test_masked_pixels_do_not_make_counts_continuous() -> None:
    image = counts(10).astype(float)
    mask = np.ones(image.shape, dtype=bool)
    mask[5, 7] = False
    image[5, 7] = 2.345
    assert find_noise_model(image, mask=mask) == NoiseModel("counts", 1.0)
    assert find_noise_model(image).kind == "continuous"


def test_it_says_what_it_found() -> None:
    assert str(find_noise_model(counts(10))) == "counts, one count is 1"
    assert str(NoiseModel("continuous", 0.0)) == "continuous, without noise"
    assert "as if one count were" in str(find_noise_model(gaussian_filter(1.0 * counts(9), 1)))


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (2, 2), (5, 7)])
def test_tiny_maps_have_a_noise_model(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).poisson(3, shape) + np.eye(*shape)
    assert np.isfinite(find_noise_model(image).unit)


def test_thresholded_maps_are_found_out(tutorial_file) -> None:
    rng = np.random.default_rng(5)
    image = counts(200) * 0.01 * (1 + 1e-3 * rng.standard_normal(truth().shape))
    cut = np.where(image < 0.3 * image.max(), 0.0, image)
    assert find_noise_model(cut).kind == "thresholded"
    assert find_noise_model(image).kind == "continuous"
    data = mmf.load(tutorial_file("Co3O4_Mn3O4.h5"), elements=["Co", "Mn", "O"])
    assert {noise.kind for noise in data.noise.values()} == {"thresholded"}
    data = mmf.load(tutorial_file("PTO_Trilayer_dataset.npz"))
    assert {noise.kind for noise in data.noise.values()} == {"fractions"}


@pytest.mark.parametrize("name", mmf.PHANTOMS)
@pytest.mark.parametrize("level", [1e3, 1e5])
def test_fine_structure_of_many_counts_is_no_noise(name: str, level: float) -> None:
    data = mmf.simulate(name, shape=(96, 96), counts=level, seed=6)
    for noise in data.noise.values():
        assert noise.kind == "scaled counts"
        assert noise.unit == pytest.approx(1 / level, rel=1e-4)


def test_a_data_set_knows_its_noise() -> None:
    data = mmf.simulate("core-shell", shape=(64, 64), counts=4, seed=7)
    assert data.noise == {name: NoiseModel("scaled counts", 0.25) for name in data.elements}
    gap = data.maps["S"].copy()
    gap[3, 4] = np.nan
    holed = mmf.FusionDataset(data.haadf, {**data.maps, "S": gap})
    assert set(holed.noise) == {"Co", "O"}
    assert set(holed.masked().noise) == {"Co", "S", "O"}
    assert mmf.fuse(data, n_iter=1).noise == data.noise
