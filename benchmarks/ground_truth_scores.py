"""The scores of a set of maps against the truth of their case."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from ground_truth_cases import Case
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.simulate import nrmse
from napari_mmfusion.simulate.quality import edge_width, fraction_error, leakage, region_snr

Maps = Mapping[str, NDArray[np.float64]]


def in_measured_units(case: Case, maps: Mapping[str, ArrayLike]) -> Maps:
    """Maps of the range 0 to 1 brought back to the scale of the truth."""
    images = dict(case.data.images())
    return {
        name: images[name].offset + images[name].scale * np.asarray(x, dtype=np.float64)
        for name, x in maps.items()
    }


def mean_nrmse(case: Case, maps: Mapping[str, ArrayLike]) -> float:
    """Mean over the elements that have structure."""
    truth = case.data.truth or {}
    return float(np.mean([nrmse(maps[name], t) for name, t in truth.items() if np.ptp(t)]))


def scores(case: Case, maps: Maps) -> dict[str, float]:
    """All scores that the specimen allows; `maps` are in measured units."""
    specimen = case.specimen
    found = {
        "nrmse": mean_nrmse(case, maps),
        "fraction_error": fraction_error(maps, specimen.maps, specimen.phases),
    }
    if case.phantom == "wedge":
        even = specimen.phases["GaAs"].any(axis=1)
        found["snr"] = region_snr(maps["Ga"], specimen.phases["GaAs"])
        found["edge_width"] = edge_width(maps["Ga"][even].mean(axis=0))
    if case.phantom == "null-element":
        slope, correlation = leakage(
            maps["C"], specimen.maps["Co"]
        )  # the particle, 1 at its centre
        found |= {"leak_slope": slope, "leak_correlation": correlation}
    return found
