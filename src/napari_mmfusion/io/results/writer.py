"""``Fused_Reconstruction.h5``: the measured and fused images with everything that made them."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from napari_mmfusion._version import __version__
from napari_mmfusion.core.errors import MMFusionParameterError, MMFusionReadError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io import layout
from napari_mmfusion.io.atomic_write import reads_differently, same_bits, write_flushed
from napari_mmfusion.io.calibration import LONGEST_UNIT, PIXEL_SIZE, UNIT
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.items import Item
from napari_mmfusion.io.naming import printable

_NO_VALUE = h5py.Empty(np.float64)


_MAPPINGS = frozenset(
    name
    for name in FusionParameters.names()
    if FusionParameters.info(name).kind in ("numbers", "integers")
)


def write_result_file(path: Path, result: FusionResult, names: Mapping[str, str]) -> None:
    """Write the HDF5 file of a result, and read it back to be sure.

    Parameters
    ----------
    path : Path
        File to write; one that is there is overwritten.
    result : FusionResult
        What to write.
    names : mapping of str to str
        Name in the file of every map.

    Raises
    ------
    MMFusionWriteError
        If the file reads back differently.
    OSError
        If it cannot be written.
    """
    datasets = _images(result, names) | _numbers(result)
    attributes = _attributes(result, names)
    # HDF5 itself never writes to the disk: where that is full, it crashes the process.
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, values in datasets.items():
            file.create_dataset(name, data=values, fletcher32=values.ndim == 2)
        file.attrs.update(attributes)
    write_flushed(path, buffer.getvalue())
    _require_same(path, datasets, attributes)


def load_parameters(path: str | os.PathLike[str]) -> FusionParameters:
    """Read the parameters back from a ``Fused_Reconstruction.h5`` written by `save`.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    FusionParameters

    Raises
    ------
    MMFusionReadError
        If the file cannot be read, or holds no parameters or damaged ones.
    """
    with open_file(path) as container:
        if container.attribute(layout.CREATOR) != layout.OURS:
            raise MMFusionReadError(
                f"holds no parameters, expected a {layout.RECONSTRUCTION} of {layout.OURS};"
                " give one that mmf.save wrote"
            )
        items = {item.path: item for item in container.items}
        values: dict[str, Any] = {
            name: value
            for name in FusionParameters.names()
            if (value := container.attribute(name)) is not None
        }
        values |= {name: _scalar(items, stored) for stored, name in layout.SCALARS.items()}
        try:
            for name in _MAPPINGS & values.keys():
                values[name] = json.loads(str(values[name]))
            # What an older version did not know, or what was left out, has its default.
            return FusionParameters(**values)
        except (MMFusionParameterError, ValueError, TypeError, RecursionError) as error:
            raise MMFusionReadError(
                f"holds damaged parameters ({error}); save the result again"
            ) from error


def _scalar(items: Mapping[str, Item], name: str) -> object:
    item = items.get(name)
    if item is None or item.problem or item.shape != ():
        raise MMFusionReadError(f"'{name}': expected a single number; save the result again")
    return item.read().item()


def _images(result: FusionResult, names: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    images = {
        layout.RAW + layout.HAADF_NAME: result.data.haadf,
        layout.FUSED + layout.HAADF_NAME: result.haadf,
    }
    for element, name in names.items():
        images[layout.RAW + name] = result.data.maps[element]
        images[layout.FUSED + name] = result.maps[element]
    return {name: np.asarray(image, dtype=np.float32) for name, image in images.items()}


def _numbers(result: FusionResult) -> dict[str, NDArray[Any]]:
    costs = np.asarray(result.costs, dtype=np.float64).reshape(-1, len(layout.COSTS))
    numbers = dict(zip(layout.COSTS, costs.T.copy(), strict=True))
    numbers[layout.LAMBDA_HAADF] = np.array(result.lambda_haadf, dtype=np.float64)
    for stored, name in layout.SCALARS.items():
        numbers[stored] = np.array(getattr(result.params, name), dtype=np.float64)
    return numbers


def _attributes(result: FusionResult, names: Mapping[str, str]) -> dict[str, Any]:
    params = result.params.as_dict()
    for name in layout.SCALARS.values():
        del params[name]
    for name in _MAPPINGS:
        if params[name] is not None:
            params[name] = json.dumps(params[name])
    attributes = params | {
        layout.CREATOR: layout.OURS,
        "version": __version__,
        "numpy_version": np.__version__,
        "h5py_version": h5py.__version__,
        # JSON, since names may hold what HDF5 texts cannot.
        layout.ELEMENTS: json.dumps(list(names)),
        layout.NAMES: json.dumps(list(names.values())),
        "element_weights": np.array(
            [result.weights[element] for element in names], dtype=np.float64
        ),
        "input_name": printable(result.data.name),
        "input_sha256": result.data.source_sha256,
        PIXEL_SIZE: result.data.pixel_size,
        UNIT: printable(result.data.unit, LONGEST_UNIT),
        "stopped": result.stopped,
    }
    return {name: _NO_VALUE if value is None else value for name, value in attributes.items()}


def _require_same(
    path: Path, datasets: Mapping[str, NDArray[Any]], attributes: Mapping[str, Any]
) -> None:
    with h5py.File(path, "r", locking="best-effort") as file:
        same = (
            set(file) == set(datasets)
            and all(same_bits(file[name][()], values) for name, values in datasets.items())
            and set(file.attrs) == set(attributes)
            and all(_equal(file.attrs[name], value) for name, value in attributes.items())
        )
    if not same:
        raise reads_differently(path)


def _equal(stored: object, value: object) -> bool:
    if isinstance(value, h5py.Empty):
        return isinstance(stored, h5py.Empty)
    return np.array_equal(np.asarray(stored), np.asarray(value))
