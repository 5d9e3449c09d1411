"""Names of maps cannot lead out of the folder that is saved to, with any writer."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import napari_mmfusion as mmf
from attacks.attack import SHAPE, images
from attacks.content_attacks import HOSTILE_NAMES
from attacks.figures import FIGURES
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.layers_file import NamedImage, read_layers, write_layers_file
from napari_mmfusion.io.naming import safe_names
from napari_plugins import discover_plugins

# Names that are no element have no atomic number to weight with.
UNIT = mmf.FusionParameters(n_iter=1, weighting="unit")
ENDING = "_signal.tif"


def hostile_result() -> mmf.FusionResult:
    rng = np.random.default_rng(4)

    def maps() -> dict[str, Any]:
        return {name: rng.random(SHAPE, dtype=np.float32) for name in HOSTILE_NAMES}

    data = mmf.FusionDataset(images()["HAADF"], maps(), 0.1, "nm")
    weights = dict.fromkeys(HOSTILE_NAMES, 1.0)
    return mmf.FusionResult(maps(), data.haadf, np.ones((1, 3)), UNIT, data, weights, 0.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing beside or above it that could be overwritten unnoticed."""
    folder = tmp_path / "a" / "b" / "out"
    folder.mkdir(parents=True)
    return folder


def everything_in(folder: Path) -> set[str]:
    """All files and folders from two steps above."""
    top = folder.parents[1]
    return {path.relative_to(top).as_posix() for path in top.rglob("*")} - {"b", "b/out"}


def test_there_are_sixty() -> None:
    assert len(HOSTILE_NAMES) == len(set(HOSTILE_NAMES)) == 60


def test_folder_of_a_result(folder: Path) -> None:
    result = hostile_result()
    mmf.save(result, folder)
    names = set(safe_names(HOSTILE_NAMES, reserved=("haadf",)).values())
    assert everything_in(folder) == {
        f"b/out/{name}"
        for name in ("haadf_recon.tif", "Fused_Reconstruction.h5", *(n + ENDING for n in names))
    }
    assert len(names) == 60
    again = mmf.load_result(folder / "Fused_Reconstruction.h5")
    assert again.data.elements == HOSTILE_NAMES
    for name in HOSTILE_NAMES:
        assert again.maps[name].tobytes() == result.maps[name].tobytes()
        assert again.data.maps[name].tobytes() == result.data.maps[name].tobytes()
    FIGURES["hostile names"] = "60 of 60 inside the folder, and back as they were"


def test_file_of_layers(folder: Path) -> None:
    maps = hostile_result().maps
    safe = safe_names(maps)
    named = [NamedImage(safe[name], image, {"name": name}) for name, image in maps.items()]
    write_layers_file(folder / "layers.h5", named, Calibration(None, "pixel"))
    assert everything_in(folder) == {"b/out/layers.h5"}
    with open_file(folder / "layers.h5") as file:
        again = read_layers(file)
    for each in again:
        assert each.image.tobytes() == maps[each.note["name"]].tobytes()


def hostile_layers_file(path: Path) -> None:
    """A file of layers with names that another program has written."""
    with h5py.File(path, "w", track_order=True) as file:
        for number, name in enumerate(HOSTILE_NAMES):
            file[f"{number}"] = images()["Co"] + number
            file.attrs[f"note_{number}"] = json.dumps({"name": name})
        file.attrs["creator"] = "napari-mmfusion layers"


def hostile_result_file(path: Path) -> None:
    mmf.save(hostile_result(), path.parent / "result")
    (path.parent / "result" / "Fused_Reconstruction.h5").replace(path)


@pytest.mark.parametrize("write", [hostile_layers_file, hostile_result_file])
def test_the_folder_writer_of_napari(
    tmp_path: Path, folder: Path, write: Callable[[Path], None]
) -> None:
    """It names files after the layers, so the reader must make the names safe."""
    builtins = pytest.importorskip("napari_builtins.io")
    from napari_mmfusion.plugin.contributions.reader import read_layers

    discover_plugins()
    write(tmp_path / "hostile.h5")
    layers = read_layers(str(tmp_path / "hostile.h5"))
    written: list[str] = []
    for layer in layers:
        # napari itself writes no layer with a name that ends as those of other files do.
        with suppress(ValueError):
            written += builtins.write_layer_data_with_plugins(str(folder), [layer])
    assert len(layers) >= 60
    assert len(written) > 0.9 * len(layers)
    assert everything_in(folder) == {f"b/out/{Path(name).name}" for name in written}
    assert len(set(written)) == len(written)
