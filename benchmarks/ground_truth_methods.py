"""The methods compared, each with the settings that an oracle may choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import peers
from scipy.ndimage import gaussian_filter

import napari_mmfusion as mmf

Settings = dict[str, float]
Maps = Mapping[str, np.ndarray]

BACKGROUND: Final = 0.01
"""At low counts the tutorial's .24 is above most values of the maps."""
CONVERGED: Final = mmf.FusionParameters(solver="converged", n_iter=300, background=BACKGROUND)
LINEAR: Final = CONVERGED.replace(gamma=1, weighting="z^1.7")
TUTORIAL: Final = mmf.FusionParameters(background=BACKGROUND)
FITTED: Final = TUTORIAL.replace(weighting="z/fitted", n_iter_tv=2)
TRIAL_ITERATIONS: Final = 100
"""Iterations of the converged solver at suggested lambdas: a search with all takes minutes."""


@dataclass(frozen=True)
class Method:
    """A way from a data set to its maps, of range 0 to 1.

    Attributes
    ----------
    run : callable of (data, settings)
    starts : settings that the oracle starts from; it takes the best of what it finds
    factors : by how much the oracle raises or lowers each of them in one move
    params : parameters for which lambdas can be suggested, if any
    """

    run: Callable[[mmf.FusionDataset, Settings], Maps]
    starts: tuple[Settings, ...] = ({},)
    factors: Settings = field(default_factory=dict)
    params: mmf.FusionParameters | None = None


def fusion(params: mmf.FusionParameters, *starts: Settings, **factors: float) -> Method:
    """A fusion, with factors of 2 by default; without a HAADF term it is a baseline."""

    def run(data: mmf.FusionDataset, settings: Settings) -> Maps:
        return mmf.fuse(data, params, threads=1, **settings).maps

    factors = dict.fromkeys(starts[0], 2.0) | factors
    return Method(run, starts, factors, None if params.lambda_haadf == 0 else params)


def normalised(data: mmf.FusionDataset) -> dict[str, Any]:
    return {name: data.normalised(name) for name in data.elements}


def raw(data: mmf.FusionDataset, _: Settings) -> Maps:
    return normalised(data)


def gaussian(data: mmf.FusionDataset, settings: Settings) -> Maps:
    return {name: gaussian_filter(x, settings["sigma"]) for name, x in normalised(data).items()}


def tv_only(data: mmf.FusionDataset, settings: Settings) -> Maps:
    weight = settings["lambda_tv"]
    return {n: mmf.tv_prox(x, weight, 200, threads=1) for n, x in normalised(data).items()}


def multimodal_fusion(data: mmf.FusionDataset, settings: Settings) -> Maps:
    results = peers.multimodal_fusion_job(
        data.normalised("HAADF"), normalised(data), n_iter=30, costs=False, **settings
    )
    return {name: np.nan_to_num(x) for name, x in results.items()}


def matched(data: mmf.FusionDataset, settings: Settings) -> Maps:
    return mmf.fuse(data, solver="matched", threads=1, **settings).maps


SCHEDULES: Final[tuple[Settings, ...]] = (
    {"lambda_chem": 0.01, "lambda_tv": 0.1, "n_iter_tv": 9, "background": BACKGROUND},
    {"lambda_chem": 0.02, "lambda_tv": 0.1, "n_iter_tv": 3, "background": BACKGROUND},
)
"""Many and few TV steps: there are two valleys, and the oracle does not cross the ridge."""
FITTED_SCHEDULES: Final[tuple[Settings, ...]] = (
    SCHEDULES[1] | {"lambda_chem": 0.005, "n_iter_tv": 2},
    SCHEDULES[0] | {"lambda_chem": 0.001, "lambda_tv": 0.008, "n_iter_tv": 12},
)
_SCHEDULE_FACTORS: Final[Settings] = {
    "lambda_chem": 2.0,
    "lambda_tv": 2.0,
    "n_iter_tv": 3,
    "background": 25.0,
}

METHODS: Final[dict[str, Method]] = {
    "raw": Method(raw),
    "Gaussian": Method(gaussian, ({"sigma": 2.0},), {"sigma": 1.25}),
    "TV only": Method(tv_only, ({"lambda_tv": 0.2},), {"lambda_tv": 1.25}),
    "TV only, Poisson": fusion(
        CONVERGED.replace(lambda_haadf=0, lambda_chem=1), {"lambda_tv": 0.5}, lambda_tv=1.4
    ),
    "tutorial, no HAADF": fusion(TUTORIAL.replace(lambda_haadf=0), *SCHEDULES, **_SCHEDULE_FACTORS),
    "converged": fusion(CONVERGED, {"lambda_chem": 0.01, "lambda_tv": 0.01}),
    "converged, fitted": fusion(
        CONVERGED.replace(weighting="z/fitted"), {"lambda_chem": 0.01, "lambda_tv": 0.01}
    ),
    "linear": fusion(LINEAR, {"lambda_chem": 0.01, "lambda_tv": 0.01}),
    "matched": Method(matched, ({"matched_strength": 1.0},), {"matched_strength": 1.1}),
    "tutorial": fusion(TUTORIAL, *SCHEDULES, **_SCHEDULE_FACTORS),
    "fitted": fusion(FITTED, *FITTED_SCHEDULES, **_SCHEDULE_FACTORS),
    "multimodal-fusion": Method(multimodal_fusion, SCHEDULES, _SCHEDULE_FACTORS),
}
SLOW: Final = "multimodal-fusion"
"""The package that takes a second per run."""


def suggested(method: Method, data: mmf.FusionDataset) -> Settings:
    """The lambdas that `mmf.suggest` finds, with the number of iterations they are valid for."""
    assert method.params is not None
    converged = method.params.solver == "converged"
    changes = {"n_iter": TRIAL_ITERATIONS} if converged else {}
    return dict(mmf.suggest(data, method.params, **changes).chosen) | changes


def all_suggested(method: Method, data: mmf.FusionDataset) -> Settings:
    """The lambdas, TV steps and background that it finds in a thorough search."""
    return dict(mmf.suggest(data, method.params, choices=mmf.THOROUGH).chosen)
