"""Sound files of every kind that is read, written by us, by h5py and by NumPy."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np

import napari_mmfusion as mmf
from attacks.attack import images
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.layers_file import NamedImage, write_layers_file
from napari_mmfusion.io.results.writer import write_result_file

_CROP = np.s_[20:44, 30:60]


def npz_samples(tutorial: Path | None) -> list[bytes]:
    """Contents of sound .npz files, among them a crop of the tutorial's where there is one."""
    arrays = images("HAADF", "Co", "O")
    calibration = {"pixel_size": 0.1, "unit": "nm"}
    odd = {
        "HAADF": np.asfortranarray(arrays["HAADF"].astype(">f8")),
        "Co_K": (arrays["Co"] * 99).astype("u2"),
        "table": np.zeros(5, [("a", "f4"), ("b", "S4")]),
    }
    samples = [
        _npz(np.savez, **arrays, **calibration),
        _npz(np.savez_compressed, **arrays, **calibration),
        _npz(np.savez_compressed, **odd),
    ]
    if tutorial is not None:
        with np.load(tutorial) as file:
            crops = {name: file[name][_CROP] for name in file if file[name].ndim == 2}
        samples.append(_npz(np.savez_compressed, **crops))
    return samples


def hdf5_samples(tutorial: Path | None) -> list[bytes]:
    """Contents of sound HDF5 files; see `npz_samples`."""
    arrays = images("HAADF", "Co", "O")
    packed = {"chunks": (5, 6), "compression": "gzip", "shuffle": True, "fletcher32": True}
    samples = [
        _hdf5(_add_all(arrays)),
        _hdf5(_add_all(arrays, chunks=(5, 6))),
        _hdf5(_add_all(arrays, chunks=(5, 6), compression="gzip")),
        _hdf5(_add_all(arrays, **packed)),
        _hdf5(_add_all({f"scan/{name}": image for name, image in arrays.items()}, **packed)),
        _hdf5(_add_all(arrays, **packed), libver="latest", track_order=True),
        _hdf5(_add_all(arrays, chunks=(1, 2), maxshape=(None, 99)), libver="latest"),
        _hdf5(_add_all(arrays, chunks=(1, 2), maxshape=(None, None)), libver="latest"),
        _hdf5(_add_all(arrays, chunks=(5, 6), compression="lzf")),
        _hdf5(_add_linked),
        _hdf5(_add_many, libver="latest"),
        _written(_write_result),
        _written(_write_layers),
    ]
    if tutorial is not None:
        with h5py.File(tutorial) as file:
            crops = {
                name: item[_CROP]
                for name, item in file.items()
                if isinstance(item, h5py.Dataset) and item.ndim == 2
            }
        samples.append(_hdf5(_add_all(crops)))
    return samples


def _npz(save: Callable[..., None], **arrays: Any) -> bytes:
    buffer = io.BytesIO()
    save(buffer, **arrays)
    return buffer.getvalue()


def _hdf5(fill: Callable[[h5py.File], None], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        fill(file)
        file.attrs["pixel_size"] = 0.1
        file.attrs["unit"] = "nm"
    return buffer.getvalue()


def _add_all(arrays: dict[str, Any], **options: Any) -> Callable[[h5py.File], None]:
    def add(file: h5py.File) -> None:
        for name, values in arrays.items():
            file.create_dataset(name, data=values, **options)

    return add


def _add_linked(file: h5py.File) -> None:
    for name, values in images("HAADF", "Co").items():
        file[f"store/{name}"] = values
        file[name] = h5py.SoftLink(f"/store/{name}")
    file["store"].attrs["unit"] = "nm"
    file["store"].attrs["note"] = ["some", "texts"]
    file["again"] = file["store"]
    file["truth"] = np.eye(4) > 0


def _add_many(file: h5py.File) -> None:
    """So many links and attributes that they are kept in heaps."""
    _add_linked(file)
    for number in range(40):
        file[f"link {number}"] = h5py.SoftLink("/store/Co")
        file.attrs[f"note {number}"] = "text " * number


def _written(write: Callable[[Path], None]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sample.h5"
        write(path)
        return path.read_bytes()


def _write_result(path: Path) -> None:
    maps = images("HAADF", "Co", "O")
    haadf = maps.pop("HAADF")
    data = mmf.FusionDataset(haadf, maps, 0.1, "nm", name="sample")
    weights = dict.fromkeys(maps, 1.0)
    result = mmf.FusionResult(
        maps, haadf, np.ones((3, 3)), mmf.FusionParameters(), data, weights, 0.5
    )
    write_result_file(path, result)


def _write_layers(path: Path) -> None:
    named = [NamedImage(name, image, {"name": name}) for name, image in images().items()]
    write_layers_file(path, named, Calibration(0.1, "nm"))
