"""Reads a whole result back from the ``Fused_Reconstruction.h5`` that `save` wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import haadf_model
from napari_mmfusion.core.wording import Remedy, Text
from napari_mmfusion.io import layout
from napari_mmfusion.io.items import ImagesOnDemand, Item, OpenFile, require_affordable
from napari_mmfusion.io.naming import quoted, sized
from napari_mmfusion.io.results.choice import read_backgrounds, read_choice
from napari_mmfusion.io.results.history import read_findings, read_provenance
from napari_mmfusion.io.results.measured import (
    is_part_of_data,
    read_calibration,
    read_mask,
    read_measured,
    read_truth,
)
from napari_mmfusion.io.results.parameters import read_number, read_parameters

_AGAIN: Final = "save the result again"
_FUSE_AGAIN: Final = "fuse its measured images again"
_FUSE_IT: Final = "fuse its images"
_MOST_ITERATIONS: Final = int(FusionParameters.info("n_iter").maximum)


def is_result(file: OpenFile) -> bool:
    """Whether `save` wrote the file."""
    return file.attribute(layout.CREATOR) == layout.PROGRAM


def require_result(file: OpenFile) -> None:
    """Refuse a file that is not a result, with advice on how to read it.

    Raises
    ------
    MMFusionReadError
        If `save` did not write the file.
    """
    if is_result(file):
        return
    if any(item.name == layout.FUSED + layout.HAADF_NAME for item in file.items):
        raise MMFusionReadError(
            Text(
                "holds no parameters, as results of the published tutorial do not, so it is not a"
                " whole result; {}, or give a result that {} wrote",
                Remedy("read its measured images with mmf.load", _FUSE_AGAIN, _FUSE_AGAIN),
                layout.SAVED_BY,
            )
        )
    raise MMFusionReadError(
        Text(
            "holds no parameters, expected a {} of {}; give one that {} wrote, or {}",
            layout.RECONSTRUCTION,
            layout.PROGRAM,
            layout.SAVED_BY,
            Remedy("read images to fuse with mmf.load", _FUSE_IT, _FUSE_IT),
        )
    )


def read_result(file: OpenFile) -> FusionResult:
    """Read a result from a file that `open_file` has opened; see `load_result`."""
    require_result(file)
    params = read_parameters(file)
    items = {item.path: item for item in file.items}
    names = (layout.HAADF_NAME, *(key.removeprefix(layout.RAW) for key in file.elements))
    elements = tuple(file.elements.values())
    raw = [_find(items, layout.RAW + name) for name in names]
    fused = [_find(items, layout.FUSED + name) for name in names]
    further = [item for item in file.items if is_part_of_data(item)]
    _require_one_shape([*raw, *fused, *further])
    require_affordable([*raw, *fused, *further], file.size)
    data = FusionDataset(
        read_measured(file, raw[0]),
        ImagesOnDemand(dict(zip(elements, raw[1:], strict=True)), partial(read_measured, file)),
        *read_calibration(file),
        name=_input_name(file),
        source_sha256=_text(file, layout.INPUT_SHA256),
        truth=read_truth(file),
        mask=read_mask(file),
        provenance=read_provenance(file),
        backgrounds=read_backgrounds(file),
    )
    found = read_findings(file)
    if found is not None:
        data.findings = found
    haadf, *maps = (_read_image(item) for item in fused)
    return FusionResult(
        maps=MappingProxyType(dict(zip(elements, maps, strict=True))),
        haadf=haadf,
        costs=_read_costs(items),
        params=params,
        data=data,
        weights=_read_weights(file, data, params),
        lambda_haadf=read_number(items, layout.LAMBDA_HAADF),
        stopped=bool(file.attribute(layout.STOPPED)),
        gap=_read_gap(file),
        choice=read_choice(file, data),
    )


def _find(items: Mapping[str, Item], name: str) -> Item:
    item = items.get(name)
    if item is None:
        raise MMFusionReadError(f"{quoted(name)}: is missing; {_AGAIN}")
    if item.problem:
        raise MMFusionReadError(Text("{}: {}", quoted(name), item.problem))
    return item


def _require_one_shape(images: list[Item]) -> None:
    """Refuse images whose shape differs from that of the first, the measured HAADF image."""
    for image in images:
        if not image.is_image or image.shape != images[0].shape:
            expected = sized(images[0].shape or ())
            raise MMFusionReadError(
                f"{quoted(image.name)}: is {sized(image.shape or ())}, expected an image of"
                f" {expected} as {quoted(images[0].name)}; {_AGAIN}"
            )


def _read_image(item: Item) -> FloatImage:
    return np.ascontiguousarray(item.read(), dtype=np.float32)


def _read_costs(items: Mapping[str, Item]) -> NDArray[np.float64]:
    curves = [_find(items, name) for name in layout.COSTS]
    shapes = {curve.shape for curve in curves}
    shape = shapes.pop() or ()
    if shapes or len(shape) != 1 or shape[0] > _MOST_ITERATIONS:
        raise MMFusionReadError(
            f"{', '.join(map(quoted, layout.COSTS))}: expected three curves of one length; {_AGAIN}"
        )
    return np.stack([np.asarray(curve.read(), dtype=np.float64) for curve in curves], axis=1)


def _read_weights(
    file: OpenFile, data: FusionDataset, params: FusionParameters
) -> Mapping[str, float]:
    weights = file.numbers(layout.ELEMENT_WEIGHTS)
    if weights is None:
        return haadf_model(data, params).weights
    if len(weights) != len(data.elements):
        raise MMFusionReadError(
            f"attribute {quoted(layout.ELEMENT_WEIGHTS)}: expected {len(data.elements)} numbers,"
            f" not {len(weights)}; {_AGAIN}"
        )
    return MappingProxyType(dict(zip(data.elements, weights.tolist(), strict=True)))


def _read_gap(file: OpenFile) -> float | None:
    gap = file.attribute(layout.DUALITY_GAP)
    if gap is None:
        return None
    if not isinstance(gap, int | float):
        raise MMFusionReadError(
            f"attribute {quoted(layout.DUALITY_GAP)}: expected a number; {_AGAIN}"
        )
    return float(gap)


def _input_name(file: OpenFile) -> str:
    """Name of the fused data, which is in JSON if an HDF5 text cannot hold it."""
    text = _text(file, layout.INPUT_NAME_JSON)
    if text is None:
        return _text(file, layout.INPUT_NAME) or ""
    try:
        name = json.loads(text)
    except (ValueError, RecursionError):
        name = None
    if not isinstance(name, str):
        raise MMFusionReadError(
            f"attribute {quoted(layout.INPUT_NAME_JSON)}: expected a text; {_AGAIN}"
        )
    return name


def _text(file: OpenFile, name: str) -> str | None:
    value = file.attribute(name)
    return None if value is None else str(value)
