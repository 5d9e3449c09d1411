"""Interrupted saves: results that hold a number, and whether a folder is whole."""

from __future__ import annotations

import itertools
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

import napari_mmfusion as mmf

ELEMENTS = ("Co", "O")
SHAPE = (60, 70)
FILES = {"haadf_recon.tif", "Co_signal.tif", "O_signal.tif", "Fused_Reconstruction.h5"}


def result(number: int) -> mmf.FusionResult:
    """A result of noise, with its number in the first pixel of every image."""
    rng = np.random.default_rng(number)

    def image() -> Any:
        values = rng.random(SHAPE, dtype=np.float32)
        values[0, 0] = number
        return values

    data = mmf.FusionDataset(image(), {name: image() for name in ELEMENTS}, 0.1, "nm")
    maps = {name: image() for name in ELEMENTS}
    weights = dict.fromkeys(ELEMENTS, 1.0)
    return mmf.FusionResult(
        maps, image(), np.ones((3, 3)), mmf.FusionParameters(), data, weights, 0.5
    )


def save_for_ever(report: Callable[..., None], folder: Path) -> None:
    """Save one result after the other, each over the last one, and report how many are saved."""
    for number in itertools.count(1):
        report(number - 1)
        mmf.save(result(number), folder, overwrite=True)


def save_once(_: Callable[..., None], folder: Path, number: int, limit: int | None) -> str:
    """Save over what is there, with no file longer than `limit`; the error's message or ""."""
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        mmf.save(result(number), folder, overwrite=True)
    except mmf.MMFusionWriteError as error:
        return str(error)
    return ""


def numbers_in(folder: Path) -> set[int]:
    """Numbers of the results in a folder, after a look at every pixel of every file."""
    found = {int(tifffile.imread(folder / name)[0, 0]) for name in FILES if name.endswith(".tif")}
    found.add(int(mmf.load(folder / "Fused_Reconstruction.h5").haadf[0, 0]))
    whole = {number: result(number) for number in found}
    for name in FILES:
        if not any(_holds(folder / name, each) for each in whole.values()):
            raise AssertionError(f"{name} is neither the old nor the new file")
    return found


def _holds(path: Path, expected: mmf.FusionResult) -> bool:
    if path.suffix == ".tif":
        element = path.name.removesuffix("_signal.tif")
        return np.array_equal(tifffile.imread(path), expected.maps.get(element, expected.haadf))
    data = mmf.load(path)
    return np.array_equal(data.haadf, expected.data.haadf) and all(
        np.array_equal(data.maps[name], expected.data.maps[name]) for name in ELEMENTS
    )


def strangers_in(folder: Path) -> set[str]:
    """Files that do not belong there."""
    return {path.name for path in folder.iterdir()} - FILES
