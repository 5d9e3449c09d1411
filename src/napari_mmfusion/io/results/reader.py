"""Reading a result back, with the fused images, from the ``Fused_Reconstruction.h5`` of `save`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.weighting import haadf_model
from napari_mmfusion.io import layout
from napari_mmfusion.io.dataset_reader import load
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.items import Item, require_affordable
from napari_mmfusion.io.naming import quoted
from napari_mmfusion.io.results.writer import load_parameters


def load_result(path: str | os.PathLike[str]) -> FusionResult | None:
    """Read a whole result: measured and fused images, costs and parameters.

    Parameters
    ----------
    path : str or path
        File ending in ``.npz``, ``.h5`` or ``.hdf5``.

    Returns
    -------
    FusionResult or None
        None for a sound file that is not a result written by `save`.

    Raises
    ------
    MMFusionReadError
        If the file cannot be read, or is a damaged result.
    """
    with open_file(path) as container:
        if container.attribute(layout.CREATOR) != layout.OURS:
            return None
    data, params = load(path), load_parameters(path)
    with open_file(path) as container:
        items = {item.path: item for item in container.items}
        names = json.loads(str(container.attribute(layout.NAMES)))
        fused = [_item(items, layout.FUSED + name) for name in (layout.HAADF_NAME, *names)]
        require_affordable(fused, container.file_bytes)
        haadf, *maps = (_image(item, data.shape) for item in fused)
        return FusionResult(
            maps=MappingProxyType(dict(zip(data.elements, maps, strict=True))),
            haadf=haadf,
            costs=_costs(items, params.n_iter),
            params=params,
            data=data,
            weights=haadf_model(data, params).weights,
            lambda_haadf=float(_item(items, layout.LAMBDA_HAADF, shape=()).read()),
            stopped=bool(container.attribute("stopped")),
        )


def _item(items: Mapping[str, Item], name: str, shape: tuple[int, ...] | None = None) -> Item:
    item = items.get(name)
    if item is None or item.problem or shape not in (None, item.shape):
        problem = f"; {item.problem}" if item is not None and item.problem else ""
        raise MMFusionReadError(f"{quoted(name)}: missing or damaged{problem}; save it again")
    return item


def _image(item: Item, shape: tuple[int, int]) -> FloatImage:
    if item.shape != shape:
        raise MMFusionReadError(
            f"{quoted(item.name)}: expected the shape of the measured images; save it again"
        )
    return np.ascontiguousarray(item.read(), dtype=np.float32)


def _costs(items: Mapping[str, Item], most: int) -> NDArray[np.float64]:
    curves = [_item(items, name) for name in layout.COSTS]
    lengths = {curve.shape for curve in curves}
    if len(lengths) != 1 or not all(
        s is not None and len(s) == 1 and s[0] <= most for s in lengths
    ):
        raise MMFusionReadError("costs: expected three curves of one length; save it again")
    return np.stack([np.asarray(curve.read(), dtype=np.float64) for curve in curves], axis=1)
