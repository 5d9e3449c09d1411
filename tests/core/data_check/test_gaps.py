"""Values that stand for no measurement, in rims and elsewhere, are found and have a way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

import napari_mmfusion as mmf

Image = Any
SHAPE = (64, 80)
FILLS = (-1, -2, -999, -9999, -32768, -(2**31), 32767, 65535, 2**31 - 1, 2**32 - 1, 1e20, -1e30)
FRAME = ndimage.rotate(np.ones(SHAPE), 4, reshape=False, order=0) < 0.5


def images(name: str = "core-shell", counts: float = 10, **more: Any) -> dict[str, Image]:
    data = mmf.simulate(name, counts=counts, shape=SHAPE, seed=1, **more)
    maps = {key: np.rint(image * counts) for key, image in data.maps.items()}
    return {"HAADF": data.haadf.astype(float)} | maps


def data_of(images: dict[str, Image]) -> mmf.FusionDataset:
    maps = dict(images)
    return mmf.FusionDataset(maps.pop("HAADF"), maps)


def with_rim(image: Image, value: float, width: int = 3) -> Image:
    filled = image.copy()
    filled[:width] = filled[:, -width:] = value
    return filled


def kinds(data: mmf.FusionDataset) -> list[str]:
    return [finding.kind for finding in mmf.check(data)]


def assert_cropped(data: mmf.FusionDataset, sound: dict[str, Image], width: int = 3) -> None:
    assert data.shape == (64 - width, 80 - width)
    for name, image in data.images():
        np.testing.assert_array_equal(
            image.measured, sound[name].astype(np.float32)[width:, :-width]
        )


@pytest.mark.parametrize("value", FILLS)
@pytest.mark.parametrize("names", [("Co",), ("HAADF",), ("HAADF", "Co", "S", "O")], ids=" ".join)
def test_filled_rims(value: float, names: Iterable[str]) -> None:
    sound = images()
    data = data_of(sound | {name: with_rim(sound[name], value) for name in names})
    found = mmf.check(data)
    assert {each.kind for each in found} == {"fill value"}
    assert {each.remedy for each in found} == {"crop"}
    assert [each.images[0] for each in found] == list(names)
    assert f"{np.float32(value):g} in a rim" in str(found[0])
    assert_cropped(data.cropped(), sound)
    assert_cropped(data.masked().cropped(), sound)
    masked = data.masked()
    assert masked.mask is not None
    assert masked.mask.sum() == 61 * 77
    assert kinds(masked) == []


@pytest.mark.parametrize("value", FILLS)
def test_frames_of_turned_images(value: float) -> None:
    sound = images()
    for name in ("HAADF", "Co"):
        data = data_of(sound | {name: np.where(FRAME, value, sound[name])})
        if value == -2 or (value == 32767 and name == "HAADF"):
            continue  # no value that is known, and no rim of whole lines
        (finding,) = mmf.check(data)
        assert (finding.kind, finding.remedy, finding.pixels) == ("fill value", "mask", FRAME.sum())
        assert kinds(data.masked()) == []


def test_a_turned_haadf_image_between_zeros() -> None:
    sound = images("null-element")
    turned = np.where(FRAME, 0, sound["HAADF"] + 5)
    (finding,) = mmf.check(data_of(sound | {"HAADF": turned}))
    assert (finding.kind, finding.remedy, finding.pixels) == ("fill value", "mask", FRAME.sum())


def test_minus_one_among_counts_and_in_fractions() -> None:
    sound = images("null-element", background_counts=5)
    scattered = np.random.default_rng(0).random(SHAPE) < 0.02
    (finding,) = mmf.check(data_of(sound | {"Co": np.where(scattered, -1, sound["Co"])}))
    assert (finding.kind, finding.pixels) == ("fill value", scattered.sum())
    parts = sound["Co"] / sound["Co"].max() * 0.9137
    patch = np.zeros(SHAPE, bool)
    patch[20:30, 30:40] = True
    found = mmf.check(data_of(sound | {"Co": np.where(patch, -1, parts)}))
    assert ("fill value", 100) in [(each.kind, each.pixels) for each in found]


@pytest.mark.parametrize("counts", [0.1, 1, 10])
@pytest.mark.parametrize("background", [0, 2])
@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_differences_of_counts_are_no_fill_values(
    counts: float, background: float, name: str
) -> None:
    if (name, counts, background) == ("porous", 10, 0):
        # Pores are as empty and as sharp as places without a measurement: nothing tells them apart.
        return
    sound = images(name, counts, background_counts=background)
    less = {key: image - (key != "HAADF") for key, image in sound.items()}
    assert "fill value" not in kinds(data_of(less))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20, -9999])
def test_an_image_without_a_measurement_has_one_way_out(value: float) -> None:
    sound = images()
    empty = np.full(SHAPE, value)
    (finding,) = mmf.check(data_of(sound | {"Co": empty}))
    assert (finding.kind, finding.remedy) == ("no contrast", "leave out")
    (finding,) = mmf.check(data_of(sound | {"HAADF": empty}))
    assert (finding.kind, finding.remedy) == ("no contrast", None)
    data = data_of(sound | {"Co": empty})
    assert data.cropped() is data
    if not np.isfinite(value):
        with pytest.raises(mmf.MMFusionDataError, match="nothing but gaps; leave this element out"):
            data.masked()
        with pytest.raises(mmf.MMFusionDataError, match="infinite values; leave this element out"):
            mmf.fuse(data)
    # The rims of the other images are cropped all the same.
    rims = data_of(sound | {"Co": empty, "O": with_rim(sound["O"], np.nan)})
    assert rims.cropped().shape == (61, 77)


def test_a_wholly_negative_haadf_image() -> None:
    sound = images()
    (finding,) = mmf.check(data_of(sound | {"HAADF": sound["HAADF"] - 100.0}))
    assert (finding.kind, finding.severity) == ("negative intensities", "note")
    found = mmf.check(data_of(sound | {"HAADF": -sound["HAADF"] - 1}))
    assert ("negative intensities", "warning") in [(each.kind, each.severity) for each in found]
    assert "dark where the maps have most counts" in str(found)


@pytest.mark.parametrize("counts", [0.5, 3, 30])
def test_zero_rims_in_all_maps_at_few_counts(counts: float) -> None:
    sound = images("null-element", counts, background_counts=counts)
    maps = {name: with_rim(image, 0) for name, image in sound.items() if name != "HAADF"}
    data = data_of(sound | maps)
    finding = mmf.check(data)[0]
    assert (finding.kind, finding.remedy) == ("zero rim", "crop")
    assert set(finding.images) == set(maps)
    assert_cropped(data.cropped(), sound)


def test_wide_zero_rims_and_those_of_one_map() -> None:
    sound = images("null-element", background_counts=5)
    wide = sound["HAADF"] + 5
    wide[:20] = 0
    (finding,) = mmf.check(data_of(sound | {"HAADF": wide}))
    assert (finding.kind, finding.images, finding.region) == (
        "zero rim",
        ("HAADF",),
        (20, 64, 0, 80),
    )
    data = data_of(sound | {"Co": with_rim(sound["Co"], 0)})
    (finding,) = mmf.check(data)
    assert (finding.kind, finding.images) == ("zero rim", ("Co",))
    assert_cropped(data.cropped(), sound)


@pytest.mark.parametrize("name", mmf.PHANTOMS)
@pytest.mark.parametrize("counts", [0.1, 1, 100, 1000])
def test_vacuum_and_layers_are_no_rims(name: str, counts: float) -> None:
    for seed in range(4):
        data = mmf.simulate(name, counts=counts, shape=(36, 44), seed=seed)
        assert data.cropped() is data
    thick = images("null-element", background_counts=5)
    layer = {"Co": np.where(np.arange(80) < 68, thick["Co"], 0)}
    assert kinds(data_of(thick | layer)) == []
