"""The matched solver in the compiled core, on the scale of the data set."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.guided.data_scale import (
    images_on_scale,
    options_in_units,
    weights_on_scale,
)
from napari_mmfusion.core.guided.haadf_fit import HaadfFit
from napari_mmfusion.core.guided.map_units import Images, measured_maps
from napari_mmfusion.core.image import MeasuredImage
from napari_mmfusion.core.inputs import pixel_mask
from napari_mmfusion.core.interruption import Interruption
from napari_mmfusion.core.noise_model import find_noise_model
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import require_known_maps

Costs = NDArray[np.float64]

SMALLEST_SIDE: Final = 8
"""Pixels along a side of a block."""
_MOST_COUNTS: Final = 1e6
"""Counts in the range of an image beyond which more make no difference."""


_MOST_DARK: Final = 1e8
"""Counts at the minimum of the HAADF image above which single precision would not resolve it."""


class MatchedSolver:
    """The matched solver of one data set: what `native.Solver` does, on the scale of the data set.

    Raises
    ------
    MMFusionDataError
        If an image has fewer than 8 rows or columns, or as `fuse`.
    MMFusionParameterError
        As `fuse`.
    """

    lambda_haadf = 0.0
    """No HAADF term is minimised."""
    gap = math.inf
    """No minimum is sought, so no distance from it is known."""

    def __init__(
        self,
        data: FusionDataset,
        params: FusionParameters,
        threads: int,
        mask: ArrayLike | None,
        interruption: Interruption,
    ) -> None:
        require_known_maps(data, params)
        _require_blocks(data)
        pixels = pixel_mask(data, mask)
        maps = measured_maps(data, None if pixels is None else pixels > 0)
        images = dict(data.images())
        haadf = images.pop(HAADF)
        self._units = maps.units
        self._model = HaadfFit(data, params, maps.units).fit(maps.images)
        image, offset, factor = haadf.for_core()
        counts, dark = _haadf_counts(haadf)
        self._images = maps.images  # which the core reads
        problem = native.FusionProblem(
            (image, offset + self._model.offset / factor, factor),
            [(each, 0.0, 1.0) for each in maps.images],
            self._model.weights,
            options_in_units(threads),
            mask=pixels,
            abandon=interruption.flag,
        )
        self._core = native.make_matched_plan(
            problem,
            maps.doses.tolist(),
            *_within_range(counts, dark + counts * self._model.offset),
            params.matched_strength,
        )

    @property
    def weights(self) -> list[float]:
        """Weights of the maps on the scale of the data set."""
        return weights_on_scale(self._model, self._units)

    @property
    def has_settled(self) -> bool:
        """Whether both estimates have been computed."""
        return self._core.has_settled

    @property
    def step_length(self) -> float:
        """No steps are taken, so their length is that of a whole one."""
        return self._core.step_length

    def objective(self, costs: Costs) -> float:
        """Not a number: nothing is minimised."""
        del costs
        return math.nan

    def run(self, n_iter: int, stop: native.StopFlag | None = None) -> Costs:
        """Run up to `n_iter` iterations; return the costs (n, 3) of those done."""
        return self._core.run(n_iter, stop)

    def step_unless(
        self, stop: native.StopFlag | None
    ) -> tuple[Costs, Images, NDArray[np.float32]] | None:
        """Run one iteration; None if it ended early since `stop` was set.

        Returns costs (1, 3), maps and HAADF model.
        """
        stepped = self._core.step_unless(stop)
        if stepped is None:
            return None
        costs, maps, haadf = stepped
        return costs, *images_on_scale(maps, haadf, self._model, self._units)

    def finish(
        self, n_iter: int = 0, stop: native.StopFlag | None = None
    ) -> tuple[Costs, Images, NDArray[np.float32]]:
        """Run like `run`; return costs, maps and HAADF model. No iteration can follow."""
        costs, maps, haadf = self._core.finish(n_iter, stop)
        return costs, *images_on_scale(maps, haadf, self._model, self._units)


def _require_blocks(data: FusionDataset) -> None:
    if min(data.shape) < SMALLEST_SIDE:
        rows, columns = data.shape
        raise MMFusionDataError(
            f"the matched solver compares blocks of {SMALLEST_SIDE} x {SMALLEST_SIDE} pixels, but"
            f" the images have {rows} x {columns}; use another solver"
        )


def _haadf_counts(haadf: MeasuredImage) -> tuple[float, float]:
    """Counts in the range of the HAADF image, as its noise tells, and at its minimum."""
    noise = find_noise_model(haadf.measured)
    unit = max(noise.unit, haadf.scale / _MOST_COUNTS)
    return haadf.scale / unit, (haadf.offset - noise.zero) / unit


def _within_range(counts: float, dark: float) -> tuple[float, float]:
    """Counts of equal precision where those at the minimum, `dark`, are too many for the core.

    Beside so many, the noise is that of `dark` everywhere, and only the ratio to it matters.
    """
    if dark <= _MOST_DARK:
        return counts, dark
    return counts * math.sqrt(_MOST_DARK / dark), _MOST_DARK
