"""Writes ``Fused_Reconstruction.h5``: the images of a result and all that produced them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion._version import __version__
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io import layout
from napari_mmfusion.io.hdf5.writing import write_hdf5
from napari_mmfusion.io.results.choice import choice_attributes
from napari_mmfusion.io.results.history import history_attributes
from napari_mmfusion.io.results.measured import measured_arrays, measured_attributes
from napari_mmfusion.io.results.parameters import parameter_attributes, parameter_scalars


def write_result_file(path: Path, result: FusionResult) -> None:
    """Write the HDF5 file of a result, and read it back to be sure.

    Parameters
    ----------
    path : Path
        File to write; an existing one is overwritten.
    result : FusionResult
        The result to write.

    Raises
    ------
    MMFusionWriteError
        If the file reads back differently.
    OSError
        If it cannot be written.
    """
    names = layout.names_in_files(result.data.elements)
    write_hdf5(path, _images(result, names) | _numbers(result), _attributes(result, names))


def _images(result: FusionResult, names: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    images = {layout.FUSED + layout.HAADF_NAME: result.haadf}
    images |= {layout.FUSED + name: result.maps[element] for element, name in names.items()}
    fused = {name: np.asarray(image, dtype=np.float32) for name, image in images.items()}
    return measured_arrays(result.data, names) | fused


def _numbers(result: FusionResult) -> dict[str, NDArray[Any]]:
    costs = np.asarray(result.costs, dtype=np.float64).reshape(-1, len(layout.COSTS))
    numbers = dict(zip(layout.COSTS, costs.T.copy(), strict=True))
    scalars = {layout.LAMBDA_HAADF: result.lambda_haadf} | parameter_scalars(result.params)
    return numbers | {name: np.array(value, dtype=np.float64) for name, value in scalars.items()}


def _attributes(result: FusionResult, names: Mapping[str, str]) -> dict[str, Any]:
    data = result.data
    weights = [result.weights[element] for element in names]
    return (
        parameter_attributes(result.params)
        | history_attributes(data)
        | choice_attributes(result)
        | measured_attributes(data)
        | {
            layout.CREATOR: layout.PROGRAM,
            layout.VERSION: __version__,
            "numpy_version": np.__version__,
            "h5py_version": version("h5py"),
            # JSON, because HDF5 texts cannot hold all characters of names.
            layout.ELEMENTS: json.dumps(list(names)),
            layout.NAMES: json.dumps(list(names.values())),
            layout.ELEMENT_WEIGHTS: np.array(weights, dtype=np.float64),
            layout.STOPPED: result.stopped,
            layout.DUALITY_GAP: result.gap,
        }
    )
