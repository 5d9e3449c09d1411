"""The parameters of a fusion in the HDF5 file of its result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from napari_mmfusion.core.errors import MMFusionParameterError, MMFusionReadError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.wording import Text
from napari_mmfusion.io import layout
from napari_mmfusion.io.items import Item, OpenFile
from napari_mmfusion.io.naming import quoted

_MAPPINGS: Final = frozenset(
    name
    for name in FusionParameters.names()
    if FusionParameters.info(name).kind in ("numbers", "integers")
)


def parameter_scalars(params: FusionParameters) -> dict[str, float]:
    """The parameters that are data sets, as in the tutorial, by their name in the file."""
    return {stored: getattr(params, name) for stored, name in layout.SCALARS.items()}


def parameter_attributes(params: FusionParameters) -> dict[str, Any]:
    """All other parameters, as attributes of the file; None for parameters left out."""
    attributes = params.as_dict()
    for name in layout.SCALARS.values():
        del attributes[name]
    for name in _MAPPINGS:
        if attributes[name] is not None:
            attributes[name] = json.dumps(attributes[name])
    return attributes


def read_parameters(file: OpenFile) -> FusionParameters:
    """Read back the parameters of a result.

    Raises
    ------
    MMFusionReadError
        If a parameter is missing or damaged.
    """
    items = {item.path: item for item in file.items}
    values: dict[str, Any] = {
        name: value
        for name in FusionParameters.names()
        if (value := file.attribute(name)) is not None
    }
    values |= {name: read_number(items, stored) for stored, name in layout.SCALARS.items()}
    try:
        for name in _MAPPINGS & values.keys():
            values[name] = json.loads(str(values[name]))
        # Parameters that are missing, as in files of older versions, get their default.
        return FusionParameters(**values)
    except (MMFusionParameterError, ValueError, TypeError, RecursionError) as error:
        raise MMFusionReadError(
            Text("holds damaged parameters ({}); save the result again", error)
        ) from error


def read_number(items: Mapping[str, Item], name: str) -> float:
    """Read a data set that is a single number.

    Raises
    ------
    MMFusionReadError
        If it is missing or not a single number.
    """
    item = items.get(name)
    if item is None or item.problem or item.shape != ():
        raise MMFusionReadError(f"{quoted(name)}: expected a single number; save the result again")
    return float(item.read())
