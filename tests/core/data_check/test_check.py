"""Each kind of fault is found where it is, and not where it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import napari_mmfusion as mmf
from napari_mmfusion.core.values import are_equal

Image = Any
SHAPE = (64, 80)


def phantom(counts: float = 10, name: str = "core-shell", **more: Any) -> mmf.FusionDataset:
    return mmf.simulate(name, counts=counts, shape=SHAPE, seed=1, **more)


def spoilt(change: Callable[[Image], None], only: str = "Co", **more: Any) -> mmf.FusionDataset:
    """The core-shell particle with one image changed in place."""
    data = phantom(**more)
    images = {"HAADF": data.haadf.copy()} | {key: image.copy() for key, image in data.maps.items()}
    change(images[only])
    return mmf.FusionDataset(images.pop("HAADF"), images)


def kinds(data: mmf.FusionDataset) -> list[str]:
    return [finding.kind for finding in mmf.check(data)]


def only_finding(data: mmf.FusionDataset) -> mmf.Finding:
    (finding,) = mmf.check(data)
    return finding


@pytest.mark.parametrize("name", mmf.PHANTOMS)
@pytest.mark.parametrize("counts", [0.1, 0.5, 3, 30, 1000])
@pytest.mark.parametrize("shape", [(36, 44), (96, 128)])
def test_sound_data_give_no_false_finding(name: str, counts: float, shape: tuple[int, int]) -> None:
    """All that is said of a phantom is that few counts are few."""
    for seed in range(2):
        data = mmf.simulate(name, counts=counts, shape=shape, seed=seed)
        for finding in mmf.check(data):
            assert finding.kind == "few counts", str(finding)
            mean = data.maps[finding.images[0]].mean() * counts
            assert mean < 0.1
            assert finding.amount == pytest.approx(mean, rel=1e-3)


def test_the_tutorials_data_are_fractions_and_nothing_else(tutorial: Any) -> None:
    images = dict(tutorial.images)
    data = mmf.FusionDataset(images.pop("HAADF"), images)
    finding = only_finding(data)
    assert (finding.kind, finding.severity, finding.images) == ("no counts", "note", data.elements)


@pytest.mark.parametrize("counts", [3, 10, 1000])
def test_a_spike_is_found_where_it_is(counts: float) -> None:
    for y, x in ((30, 41), (0, 0), (63, 12)):

        def spike(image: Image, at: tuple[int, int] = (y, x)) -> None:
            image[at] = 10 * image.max()

        finding = only_finding(spoilt(spike, counts=counts))
        assert (finding.kind, finding.images, finding.remedy) == (
            "spikes",
            ("Co",),
            "replace spikes",
        )
        assert finding.region == (y, y + 1, x, x + 1)
        assert finding.amount == pytest.approx(10, rel=1e-3)
        assert f"pixel ({y}, {x}) of map Co" in str(finding)


def test_spikes_of_the_haadf_image_and_dead_pixels() -> None:
    def spike(image: Image) -> None:
        image[5, 6] = 40

    def dead(image: Image) -> None:
        image += 5
        image[7, 8] = 0

    for change, region in ((spike, (5, 6, 6, 7)), (dead, (7, 8, 8, 9))):
        finding = only_finding(spoilt(change, "HAADF"))
        assert (finding.kind, finding.images, finding.region) == ("spikes", ("HAADF",), region)


def sharp_features() -> Iterable[Any]:
    y, x = np.mgrid[:64, :80]
    yield pytest.param((x == 40) & (y > 10) & (y < 50), id="needle")
    yield pytest.param((x == 40) & (y > 10) & (y < 16), id="short needle")
    yield pytest.param((abs(y - 30) < 2) & (abs(x - 40) < 2), id="particle of 3 x 3 pixels")
    yield pytest.param((y // 2 == 15) & (x // 2 == 20), id="particle of 2 x 2 pixels")
    yield pytest.param(x % 4 == 0, id="planes")
    for width in (0.6, 0.8, 1.2):
        column = np.exp(-((y - 30.3) ** 2 + (x - 40.2) ** 2) / (2 * width**2))
        yield pytest.param(column, id=f"column of {width} pixels")


@pytest.mark.parametrize("shape", list(sharp_features()))
@pytest.mark.parametrize("counts", [3, 10, 100, 1000])
def test_sharp_features_are_no_spikes(shape: Image, counts: float) -> None:
    """What is bright in the HAADF image too is specimen, and so is what has a halo."""
    rng = np.random.default_rng(0)
    specimen = shape + 0.02
    haadf = rng.poisson(1000 * (0.2 + specimen))
    other = rng.poisson(np.full(SHAPE, counts))
    assert kinds(mmf.FusionDataset(haadf, {"Pt": rng.poisson(counts * specimen), "O": other})) in (
        [],
        ["few counts"],
    )


@pytest.mark.parametrize("counts", [0.001, 0.01, 0.5, 10, 1000])
def test_counting_noise_is_no_spike(counts: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        haadf, one, other = (rng.poisson(each, SHAPE) for each in (1000, counts, counts))
        data = mmf.FusionDataset(haadf, {"Fe": one, "O": other})
        assert not {"spikes", "clipped", "filtered"} & set(kinds(data))


def test_a_rim_of_nan() -> None:
    def rim(image: Image) -> None:
        image[-2:] = image[:, :3] = np.nan

    finding = only_finding(spoilt(rim))
    assert (finding.kind, finding.severity, finding.remedy) == ("missing rim", "error", "crop")
    assert (finding.images, finding.region) == (("Co",), (0, 62, 3, 80))
    assert finding.pixels == 64 * 80 - 62 * 77
    assert "2 at the bottom, 3 at the left" in str(finding)


def test_a_rotated_image_has_a_rim_too() -> None:
    data = phantom()
    turned = ndimage.rotate(data.haadf, 1.5, reshape=False, cval=np.nan, order=1)
    finding = mmf.check(mmf.FusionDataset(turned, data.maps))[0]
    assert finding.kind in ("missing rim", "missing pixels")
    ways_out = mmf.FusionDataset(turned, data.maps).cropped().masked()
    assert "missing" not in " ".join(kinds(ways_out))


def test_nan_inside() -> None:
    def holes(image: Image) -> None:
        image[20, 30] = np.nan
        image[25, 31] = np.inf

    finding = only_finding(spoilt(holes))
    assert (finding.kind, finding.severity, finding.remedy) == ("missing pixels", "error", "mask")
    assert (finding.pixels, finding.region) == (2, (20, 26, 30, 32))
    assert str(finding) == "2 pixels inside Co are NaN or infinite; data.masked() leaves them out."


def test_a_rim_of_zeros_in_the_haadf_image_or_in_all_maps() -> None:
    flat = phantom(name="null-element", background_counts=5)
    shifted = flat.haadf.copy()
    shifted[:3] = 0
    finding = only_finding(mmf.FusionDataset(shifted, flat.maps))
    assert (finding.kind, finding.remedy, finding.images) == ("zero rim", "crop", ("HAADF",))
    assert finding.region == (3, 64, 0, 80)
    maps = {name: np.where(np.arange(80) < 76, image, 0) for name, image in flat.maps.items()}
    finding = only_finding(mmf.FusionDataset(flat.haadf, maps))
    assert (finding.kind, finding.region) == ("zero rim", (0, 64, 0, 76))
    assert finding.images == flat.elements


def test_a_layer_without_an_element_is_no_rim() -> None:
    flat = phantom(name="null-element", background_counts=5)
    layered = {**flat.maps, "O": np.where(np.arange(80) < 70, flat.maps["O"], 0)}
    assert kinds(mmf.FusionDataset(flat.haadf, layered)) == []


@pytest.mark.parametrize("value", [1e20, -9999, 3e38, -1e30])
def test_values_that_stand_for_none(value: float) -> None:
    def fill(image: Image) -> None:
        image[:4, 5] = value

    finding = only_finding(spoilt(fill))
    assert (finding.kind, finding.severity, finding.remedy) == ("fill value", "warning", "mask")
    assert (finding.pixels, finding.region) == (4, (0, 4, 5, 6))
    assert f"{np.float32(value):g}" in str(finding)


def test_negative_counts() -> None:
    def subtract(image: Image) -> None:
        image -= 0.2

    finding = mmf.check(spoilt(subtract))[0]
    assert (finding.kind, finding.severity, finding.images) == (
        "negative counts",
        "warning",
        ("Co",),
    )
    assert finding.amount == np.mean(phantom().maps["Co"] < 0.2)
    film = phantom(name="null-element")
    offset = film.haadf - 0.3  # of the detector
    assert offset.min() < 0 < offset.max()
    assert kinds(mmf.FusionDataset(offset, film.maps)) == []


def test_saturation() -> None:
    limit = np.float32(0.7)
    for name in ("HAADF", "Co"):
        data = spoilt(lambda image: np.minimum(image, limit, out=image), name, counts=1000)
        finding = only_finding(data)
        assert (finding.kind, finding.images) == ("clipped", (name,))
        image = dict(data.images())[name].measured
        assert finding.pixels == np.count_nonzero(image == limit)


FILTERS: dict[str, Callable[[Image], Image]] = {
    "mean of 3 x 3": lambda image: ndimage.uniform_filter(image.astype(float), 3),
    "Gaussian": lambda image: ndimage.gaussian_filter(image.astype(float), 0.8),
    "shift by half a pixel": lambda image: ndimage.shift(image.astype(float), 0.5, order=1),
    "twice the pixels": lambda image: np.kron(image, np.ones((2, 2))),
}


@pytest.mark.parametrize("filtered", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_filtered_maps(filtered: Callable[[Image], Image], name: str) -> None:
    data = mmf.simulate(name, counts=10, shape=(96, 80), seed=1)
    maps = {key: filtered(image) for key, image in data.maps.items()}
    larger = next(iter(maps.values())).shape != data.shape
    haadf = np.kron(data.haadf, np.ones((2, 2))) if larger else data.haadf
    found = [each for each in mmf.check(mmf.FusionDataset(haadf, maps)) if each.kind == "filtered"]
    assert {each.images[0] for each in found} == set(maps)
    assert all(each.amount > 0.1 for each in found)


def test_fractions() -> None:
    data = phantom(background_counts=2)
    total = np.sum(list(data.maps.values()), axis=0)
    parts = {name: 100 * image / np.where(total > 0, total, 1) for name, image in data.maps.items()}
    finding = only_finding(mmf.FusionDataset(data.haadf, parts))
    assert (finding.kind, finding.images) == ("no counts", data.elements)
    assert "add up to 100" in str(finding)
    assert kinds(mmf.FusionDataset(data.haadf, {k: v * 0.37 for k, v in data.maps.items()})) == []


@pytest.mark.parametrize(
    ("name", "shift"),
    [("lattice", -4), ("lattice", -1), ("lattice", 2), ("core-shell", -4), ("core-shell", 5)],
)
def test_images_out_of_register(name: str, shift: int) -> None:
    data = mmf.simulate(name, counts=30, shape=(96, 112), seed=2)
    haadf = np.roll(data.haadf, shift, axis=1)
    (finding,) = mmf.check(mmf.FusionDataset(haadf, data.maps))
    assert (finding.kind, finding.images) == ("out of register", ("HAADF",))
    assert finding.amount == pytest.approx(abs(shift), abs=0.3)
    rows, columns = (float(number) for number in re.findall(r"[+-]\d+\.\d", str(finding)))
    assert (rows, columns) == (pytest.approx(0, abs=0.3), pytest.approx(shift, abs=0.3))


def test_a_ridge_tells_no_shift() -> None:
    """A wedge varies along one direction: the shift along the other stays unknown."""
    for shift in (0, 4):
        data = mmf.simulate("wedge", counts=100, shape=(96, 112), seed=2, haadf_shift=shift)
        assert kinds(data) == []


@pytest.mark.parametrize("name", ["needles", "core-shell", "polycrystal"])
def test_an_image_that_is_dark_where_the_maps_are_bright_is_not_shifted(name: str) -> None:
    data = mmf.simulate(name, counts=100, shape=(96, 112), seed=2, gamma=1.0, weighting="z^1.7")
    dark = mmf.FusionDataset(data.haadf.max() - data.haadf, data.maps)
    assert "out of register" not in kinds(dark)


def test_few_counts_and_empty_maps() -> None:
    def decimate(image: Image) -> None:
        image[:] = 0
        image[3, 4] = image[20, 30] = 0.1

    finding = only_finding(spoilt(decimate))
    assert (finding.kind, finding.amount) == ("few counts", pytest.approx(2 / (64 * 80)))
    finding = only_finding(spoilt(lambda image: image.fill(0)))
    assert (finding.kind, finding.severity, finding.remedy) == ("no contrast", "error", "leave out")
    assert str(finding) == "map Co is empty: every pixel is 0; leave this element out."
    finding = only_finding(spoilt(lambda image: image.fill(3), "HAADF"))
    assert str(finding) == (
        "The HAADF image is constant: every pixel is 3; take a HAADF image with contrast."
    )


def test_the_worst_comes_first_and_a_finding_is_one_line() -> None:
    def spoil(image: Image) -> None:
        image -= 0.1
        image[3, 4] = np.nan
        image[30, 30] = 99

    found = mmf.check(spoilt(spoil))
    assert [each.severity for each in found] == sorted(
        (each.severity for each in found), key=("error", "warning", "note").index
    )
    assert len(found) >= 3
    assert all("\n" not in str(each) and str(each).endswith(".") for each in found)


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (2, 2), (3, 5), (9, 1)])
def test_tiny_images_are_checked_as_well(shape: tuple[int, int]) -> None:
    image = np.arange(np.prod(shape), dtype=float).reshape(shape)
    for map_ in (image, image * 0, image * np.nan, np.where(image == 1, np.nan, image)):
        assert all(map(str, mmf.check(mmf.FusionDataset(image, {"O": map_}))))


def test_checking_changes_nothing() -> None:
    data = phantom()
    before = {name: image.measured.copy() for name, image in data.images()}
    mmf.check(data)
    assert are_equal(before, {name: image.measured for name, image in data.images()})


@pytest.mark.parametrize(("share", "few"), [(0.09, True), (0.11, False)])
def test_less_than_a_tenth_of_a_count_per_pixel_is_few(share: float, few: bool) -> None:
    rng = np.random.default_rng(0)

    def thin_out(image: Image) -> None:
        image[:] = 0
        image.ravel()[rng.choice(image.size, round(share * image.size), replace=False)] = 3

    assert ("few counts" in kinds(spoilt(thin_out))) == few


@pytest.mark.parametrize(("total", "fractions"), [(4, False), (6, True)])
def test_maps_of_few_counts_may_add_up_to_the_same(total: int, fractions: bool) -> None:
    data = phantom()
    part = np.random.default_rng(0).binomial(total, 0.5, SHAPE)
    found = kinds(mmf.FusionDataset(data.haadf, {"Fe": part, "O": total - part}))
    assert ("no counts" in found) == fractions


@pytest.mark.parametrize(("number", "clipped"), [(9, False), (10, True)])
def test_ten_pixels_at_the_limit_are_clipped(number: int, clipped: bool) -> None:
    data = phantom()
    haadf = np.random.default_rng(0).permutation(np.arange(1.0, data.haadf.size + 1))
    haadf = np.minimum(haadf, haadf.size + 1 - number).reshape(SHAPE)
    found = [each for each in mmf.check(mmf.FusionDataset(haadf, data.maps)) if each.pixels]
    assert [(each.kind, each.pixels) for each in found] == [("clipped", number)] * clipped
