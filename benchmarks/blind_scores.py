"""How far maps are from the truth: shape, amounts, composition, leakage, edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from blind_cases import Case
from numpy.typing import NDArray

from napari_mmfusion.simulate import nrmse
from napari_mmfusion.simulate.quality import edge_width, leakage

Maps = Mapping[str, NDArray[np.float64]]

_THIN: Final = 0.1
"""Part of the largest amount below which a pixel has no composition."""


def errors(case: Case, maps: Maps) -> dict[str, float]:
    """nRMSE after the best affine fit of every map that has structure."""
    return {name: nrmse(maps[name], case.drawn.maps[name]) for name in case.structured}


def scores(case: Case, maps: Maps) -> dict[str, Any]:
    """All scores of maps in measured units."""
    truth = case.drawn.maps
    found: dict[str, Any] = {"errors": errors(case, maps)}
    found["nrmse"] = float(np.mean(list(found["errors"].values())))
    found["amounts"] = float(
        np.mean([np.linalg.norm(maps[n] - t) / np.linalg.norm(t) for n, t in truth.items()])
    )
    found["composition"] = _composition_error(maps, truth)
    found["sums"] = max(
        abs(float(maps[n].sum()) / float(image.sum(dtype=np.float64)) - 1)
        for n, image in case.data.maps.items()
    )
    if case.specimen == "null-element":
        found["leakage"] = leakage(maps["C"], truth["Co"])[0]
    if case.specimen == "wedge":
        found["edge"] = _edge(case, maps)
    return found


def _composition_error(maps: Maps, truth: Maps) -> float:
    """Mean absolute error of the atomic fractions of a pixel, where there is enough material."""
    true, found = (
        np.array([np.maximum(each[name], 0) for name in truth]) for each in (truth, maps)
    )
    total = true.sum(axis=0)
    inside = total > _THIN * total.max()
    fractions = found[:, inside] / np.maximum(found[:, inside].sum(axis=0), 1e-9)
    return float(np.abs(fractions - true[:, inside] / total[inside]).mean())


def _edge(case: Case, maps: Maps) -> float:
    even = case.drawn.phases["GaAs"].any(axis=1)
    return edge_width(maps["Ga"][even].mean(axis=0))
