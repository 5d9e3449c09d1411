"""The guided solver in the compiled core, with the HAADF model fitted anew on the way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.guide import guide_of
from napari_mmfusion.core.guided.data_scale import (
    images_on_scale,
    options_in_units,
    weights_on_scale,
)
from napari_mmfusion.core.guided.haadf_fit import HaadfFit, LinearModel
from napari_mmfusion.core.guided.map_units import Images, measured_maps
from napari_mmfusion.core.inputs import pixel_mask, start_images
from napari_mmfusion.core.interruption import Interruption
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.weighting import require_known_maps

Costs = NDArray[np.float64]

_REFIT_GAPS: Final = (30.0, 3.0)
"""Duality gaps, as multiples of the one asked for, at which the HAADF model is fitted again."""
_LOOSEST: Final = 0.1


class GuidedSolver:
    """The guided solver of one data set: what `native.Solver` does, on the scale of the data set.

    Raises
    ------
    MMFusionDataError, MMFusionParameterError
        As `fuse`.
    """

    def __init__(
        self,
        data: FusionDataset,
        params: FusionParameters,
        threads: int,
        start: Mapping[str, ArrayLike] | None,
        mask: ArrayLike | None,
        interruption: Interruption,
    ) -> None:
        require_known_maps(data, params)
        pixels = pixel_mask(data, mask)
        maps = measured_maps(data, None if pixels is None else pixels > 0)
        doses = maps.doses
        images = dict(data.images())
        haadf = images.pop(HAADF)
        self._units = maps.units
        self._fit = HaadfFit(data, params, maps.units)
        self._model = self._fit.fit(maps.images)
        self._tolerances = [min(factor * params.gap, _LOOSEST) for factor in _REFIT_GAPS]
        self._tolerances.append(params.gap)
        self._haadf, self._haadf_offset, self._haadf_factor = haadf.for_core()
        self.lambda_haadf = params.guided_haadf
        self.lambda_tv = (params.guided_tv if params.regularize else 0.0) / np.sqrt(doses.mean())
        problem = native.FusionProblem(
            (self._haadf, self._offset_in_image(self._model), self._haadf_factor),
            [unit.for_core(image) for unit, image in zip(maps.units, images.values(), strict=True)],
            self._model.weights,
            options_in_units(threads, lambda_haadf=self.lambda_haadf, lambda_tv=self.lambda_tv),
            start=maps.start() if start is None else self._start(start_images(data, start)),
            mask=pixels,
            abandon=interruption.flag,
        )
        terms = [
            (float(dose / doses.mean()), unit.background, unit.upper_bound)
            for dose, unit in zip(doses, maps.units, strict=True)
        ]
        make = partial(
            native.make_guided_plan,
            problem,
            guide_of(haadf, params.eta),
            terms,
            self._tolerances.pop(0),
        )
        self._core = interruption.call(make, maps.images.size)

    def _start(self, images: Images) -> Images:
        return np.stack(
            [unit.from_normalised(image) for unit, image in zip(self._units, images, strict=True)]
        )

    def _offset_in_image(self, model: LinearModel) -> float:
        return self._haadf_offset + model.offset / self._haadf_factor

    @property
    def weights(self) -> list[float]:
        """Weights of the maps on the scale of the data set."""
        return weights_on_scale(self._model, self._units)

    @property
    def gap(self) -> float:
        """Duality gap as a part of the objective."""
        return self._core.gap

    @property
    def has_settled(self) -> bool:
        """Whether the gap is small enough, with the last of the HAADF models."""
        return self._core.has_settled and not self._tolerances

    @property
    def step_length(self) -> float:
        """Length of the steps on the maps."""
        return self._core.step_length

    def objective(self, costs: Costs) -> float:
        """The objective, per count at the mean peak, of the three costs."""
        return float(costs @ (self.lambda_haadf, 1.0, self.lambda_tv))

    def run(self, n_iter: int, stop: native.StopFlag | None = None) -> Costs:
        """Run up to `n_iter` iterations; return the costs (n, 3) of those done."""
        done = [self._core.run(n_iter, stop)]
        n_iter -= len(done[0])
        while n_iter > 0 and not (stop is not None and stop.is_set()) and self._refit():
            done.append(self._core.run(n_iter, stop))
            n_iter -= len(done[-1])
        return np.concatenate(done)

    def step(self) -> tuple[Costs, Images, NDArray[np.float32]]:
        """Run one iteration; return its costs (1, 3), maps and HAADF model."""
        self._refit()
        costs, maps, haadf = self._core.step()
        return costs, *images_on_scale(maps, haadf, self._model, self._units)

    def finish(
        self, n_iter: int = 0, stop: native.StopFlag | None = None
    ) -> tuple[Costs, Images, NDArray[np.float32]]:
        """Run like `run`; return costs, maps and HAADF model. No iteration can follow."""
        costs = self.run(n_iter, stop)
        _, maps, haadf = self._core.finish(0)
        return costs, *images_on_scale(maps, haadf, self._model, self._units)

    def _refit(self) -> bool:
        """Fit the HAADF model to maps that have settled, if it is not the last; whether it was."""
        if not (self._core.has_settled and self._tolerances):
            return False
        self._model = self._fit.fit(self._core.maps())
        self._core.set_model(
            self._model.weights, self._offset_in_image(self._model), self._tolerances.pop(0)
        )
        return True
