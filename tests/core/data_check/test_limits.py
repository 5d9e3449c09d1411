"""Saturation is found at few levels and in peaked images, but not where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

Image = Any


def images(name: str = "core-shell", counts: float = 10) -> dict[str, Image]:
    data = mmf.simulate(name, counts=counts, shape=(64, 80), seed=1)
    maps = {key: np.rint(image * counts) for key, image in data.maps.items()}
    return {"HAADF": data.haadf.astype(float)} | maps


def clipped(images: dict[str, Image]) -> dict[str, int]:
    maps = dict(images)
    found = mmf.check(mmf.FusionDataset(maps.pop("HAADF"), maps))
    return {each.images[0]: each.pixels for each in found if each.kind == "clipped"}


def as_bytes(image: Image, white: float) -> Image:
    """An image in 256 levels, with the part `white` of its pixels at 255."""
    return np.clip(np.rint(image / np.quantile(image, 1 - white) * 255), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("limit", [2, 5, 8])
@pytest.mark.parametrize("name", ["core-shell", "lattice"])
def test_counts_cut_off(limit: int, name: str) -> None:
    sound = images(name)
    cut = np.minimum(sound["O"], limit)
    assert clipped(sound | {"O": cut}) == {"O": np.count_nonzero(cut == limit)}


@pytest.mark.parametrize(("factor", "type_"), [(20, "u1"), (50, "u1"), (33, "u1"), (9000, "u2")])
def test_counts_cut_off_by_a_type(factor: int, type_: str) -> None:
    sound = images()
    largest = np.iinfo(type_).max
    cut = np.clip(sound["Co"] * factor, 0, largest).astype(type_)
    assert clipped(sound | {"Co": cut}) == {"Co": np.count_nonzero(cut == largest)}


@pytest.mark.parametrize("white", [0.03, 0.14, 0.3])
@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_a_haadf_image_in_bytes(white: float, name: str) -> None:
    sound = images(name, 100)
    cut = as_bytes(sound["HAADF"], white)
    assert clipped(sound | {"HAADF": cut}) == {"HAADF": np.count_nonzero(cut == 255)}


@pytest.mark.parametrize("name", mmf.PHANTOMS)
@pytest.mark.parametrize("counts", [0.3, 3, 100])
def test_a_range_that_fits_is_not_clipped(name: str, counts: float) -> None:
    sound = images(name, counts)
    assert clipped(sound) == {}
    in_bytes = {key: as_bytes(image, 0) for key, image in sound.items()}
    assert clipped(in_bytes) == {}
    drawing = {key: (image > image.mean()).astype(float) for key, image in sound.items()}
    assert clipped(drawing) == {}
