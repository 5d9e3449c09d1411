"""One fusion in the compiled core, iteration by iteration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionComputeError
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.inputs import pixel_mask, start_images
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.threads import thread_count
from napari_mmfusion.core.weighting import haadf_model

WARM_TV_STEPS: Final = 10
"""TV steps of the converged solver in every iteration; they begin where the last ones ended."""


class Engine:
    """A plan of the compiled core, made for a data set and parameters."""

    def __init__(
        self,
        data: FusionDataset,
        params: FusionParameters,
        threads: int | None,
        start: Mapping[str, ArrayLike] | None,
        mask: ArrayLike | None,
    ) -> None:
        data.require_contrast(("HAADF", *data.elements))
        self.data = data
        self.params = params
        self.model = haadf_model(data, params)
        self.lambda_haadf = self.model.lambda_haadf
        self.lambda_tv = params.lambda_tv if params.regularize else 0.0
        images = dict(data.images())
        haadf, offset, factor = images.pop("HAADF").for_core()
        tutorial = params.solver == "tutorial"
        problem = native.FusionProblem(
            (haadf, offset + self.model.offset / factor, factor),
            [image.for_core() for image in images.values()],
            list(self.model.weights.values()),
            gamma=params.gamma,
            lambda_haadf=self.lambda_haadf,
            lambda_chem=params.lambda_chem,
            lambda_tv=self.lambda_tv,
            background=params.background,
            threshold=(params.threshold or 0.0) if tutorial else 0.0,
            n_iter_tv=params.n_iter_tv if tutorial else WARM_TV_STEPS,
            isotropic=params.tv == "isotropic",
            threads=thread_count(threads),
            start=None if start is None else start_images(data, start),
            mask=None if mask is None else pixel_mask(data, mask),
        )
        with _mapped_errors():
            self.plan: native.TutorialPlan | native.ConvergedPlan = (
                native.TutorialPlan(problem)
                if tutorial
                else native.ConvergedPlan(problem, params.tolerance)
            )

    @property
    def has_settled(self) -> bool:
        """Whether the converged solver has nothing left to gain."""
        return isinstance(self.plan, native.ConvergedPlan) and self.plan.has_settled

    @property
    def step_length(self) -> float:
        """Length of the gradient step; 1 in the tutorial's schedule."""
        return self.plan.step_length if isinstance(self.plan, native.ConvergedPlan) else 1.0

    def objective(self, costs: NDArray[np.float64]) -> float:
        """Phi of the three costs."""
        return float(costs @ (self.lambda_haadf, self.params.lambda_chem, self.lambda_tv))

    def advance(self, n_iter: int, stop: native.StopFlag | None) -> NDArray[np.float64]:
        """Costs (n, 3) of up to `n_iter` iterations, fewer once `stop` is set."""
        with _mapped_errors():
            return self.plan.run(n_iter, stop)

    def step(self) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Costs (3,), maps and HAADF model of one iteration."""
        with _mapped_errors():
            costs, maps, haadf = self.plan.step()
        return costs[0], maps, self._with_offset(haadf)

    def finish(
        self, n_iter: int, stop: native.StopFlag | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Costs as of `advance`, maps and HAADF model.

        All in one call without the GIL: a busy user interface cannot hold it up.
        """
        with _mapped_errors():
            costs, maps, haadf = self.plan.finish(n_iter, stop)
        return costs, maps, self._with_offset(haadf)

    def _with_offset(self, haadf: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.model.offset:
            haadf += np.float32(self.model.offset)
        return haadf

    def named(self, images: NDArray[np.float32]) -> Mapping[str, FloatImage]:
        """Images of the core by the names of their elements."""
        return MappingProxyType(dict(zip(self.data.elements, images, strict=True)))


@contextmanager
def _mapped_errors() -> Iterator[None]:
    """Turn a failure of the compiled core into our own error, which no worker swallows."""
    try:
        yield
    except (native.ComputeError, ValueError) as error:
        raise MMFusionComputeError(str(error)) from error
