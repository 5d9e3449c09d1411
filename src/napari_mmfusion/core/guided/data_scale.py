"""What solvers share whose maps are in units of their peaks, beside a linear HAADF model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from napari_mmfusion.core import native
from napari_mmfusion.core.guided.haadf_fit import LinearModel
from napari_mmfusion.core.guided.map_units import Images, MapUnits
from napari_mmfusion.core.image import FloatImage


def weights_on_scale(model: LinearModel, units: Sequence[MapUnits]) -> list[float]:
    """Weights of the maps on the scale of the data set."""
    return [
        weight * unit.scale / unit.peak for weight, unit in zip(model.weights, units, strict=True)
    ]


def images_on_scale(
    maps: Images, haadf: FloatImage, model: LinearModel, units: Sequence[MapUnits]
) -> tuple[Images, FloatImage]:
    """Maps, changed in place, and HAADF model of the core on the scale of the data set."""
    for unit, image in zip(units, maps, strict=True):
        unit.normalise(image)
    return maps, haadf + np.float32(model.offset)


def options_in_units(
    threads: int, *, lambda_haadf: float = 0.0, lambda_tv: float = 0.0
) -> native.FusionOptions:
    """Options of the core for counts in units of the peaks, and nothing that is not named."""
    return native.FusionOptions(
        gamma=1.0,
        lambda_haadf=lambda_haadf,
        lambda_chem=1.0,
        lambda_tv=lambda_tv,
        background=1.0,
        threshold=0.0,
        n_iter_tv=0,
        isotropic=True,
        threads=threads,
    )
