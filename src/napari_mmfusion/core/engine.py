"""One fusion in the compiled core, iteration by iteration."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core import native
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.errors import (
    MMFusionComputeError,
    MMFusionError,
    MMFusionParameterError,
)
from napari_mmfusion.core.guided.solver import GuidedSolver
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.inputs import pixel_mask, require_dataset, start_images
from napari_mmfusion.core.interruption import Interruption, Value
from napari_mmfusion.core.matched.solver import MatchedSolver
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.result import FusionResult, no_costs
from napari_mmfusion.core.resumption import require_resumable
from napari_mmfusion.core.threads import thread_count
from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.weighting import haadf_model
from napari_mmfusion.core.wording import Argument, Text

WARM_TV_STEPS: Final = 10
"""TV steps per iteration of the converged solver; they continue from the dual of the last one."""

_MATCHED_WORK: Final = 500
"""TV steps that take as long as an estimate of the matched solver."""

_MAKE_SOLVER: Final[
    Mapping[str, Callable[[native.FusionProblem, FusionParameters], native.Solver]]
] = {
    "tutorial": lambda problem, _: native.make_tutorial_plan(problem),
    "converged": lambda problem, params: native.make_converged_plan(problem, params.tolerance),
}
"""One entry for every choice of `FusionParameters.solver` that works on normalised maps."""


def normalisable(data: FusionDataset, params: FusionParameters) -> FusionDataset:
    """The data whose minimum and maximum normalise every image."""
    if params.normalisation == "maximum":
        return data
    from napari_mmfusion.core.data_check.repairs import with_lowered_spikes  # slow to import

    return with_lowered_spikes(data)


class Engine:
    """A solver of the compiled core, created for a data set and parameters."""

    def __init__(
        self,
        data: FusionDataset,
        params: FusionParameters,
        threads: int | None,
        start: Mapping[str, ArrayLike] | None,
        mask: ArrayLike | None,
        resume: FusionResult | None = None,
    ) -> None:
        require_dataset(data)
        data = normalisable(data, params)
        if resume is not None:
            require_resumable(resume, data, params, has_start=start is not None)
            start = resume.maps
        data.require_contrast((HAADF, *data.elements))
        self.data = data
        self.params = params
        self.costs_before = no_costs() if resume is None else resume.costs
        self._interruption = Interruption()
        self._scaled: GuidedSolver | MatchedSolver | None = None
        if params.solver == "guided":
            with _map_native_errors():
                self._scaled = GuidedSolver(
                    data, params, thread_count(threads), start, mask, self._interruption
                )
        elif params.solver == "matched":
            _require_no_start(start)
            with _map_native_errors():
                self._scaled = MatchedSolver(
                    data, params, thread_count(threads), mask, self._interruption
                )
        self.solver: native.Solver | GuidedSolver | MatchedSolver = (
            self._make_solver(threads, start, mask) if self._scaled is None else self._scaled
        )

    def _make_solver(
        self,
        threads: int | None,
        start: Mapping[str, ArrayLike] | None,
        mask: ArrayLike | None,
    ) -> native.Solver:
        data, params = self.data, self.params
        self._model = haadf_model(data, params)
        images = dict(data.images())
        haadf, offset, factor = images.pop(HAADF).for_core()
        problem = native.FusionProblem(
            (haadf, offset + self._model.offset / factor, factor),
            [image.for_core() for image in images.values()],
            list(self._model.weights.values()),
            self._options(thread_count(threads)),
            start=None if start is None else start_images(data, start),
            mask=pixel_mask(data, mask),
            abandon=self._interruption.flag,
        )
        return self._call(1, lambda: _MAKE_SOLVER[params.solver](problem, params))

    def _options(self, threads: int) -> native.FusionOptions:
        params = self.params
        tutorial = params.solver == "tutorial"
        return native.FusionOptions(
            gamma=params.gamma,
            lambda_haadf=self.lambda_haadf,
            lambda_chem=params.lambda_chem,
            lambda_tv=self._lambda_tv,
            background=params.background,
            threshold=(params.threshold or 0.0) if tutorial else 0.0,
            n_iter_tv=params.n_iter_tv if tutorial else WARM_TV_STEPS,
            isotropic=params.tv == "isotropic",
            threads=threads,
        )

    @property
    def _lambda_tv(self) -> float:
        return self.params.lambda_tv if self.params.regularize else 0.0

    @property
    def lambda_haadf(self) -> float:
        """The lambda of the HAADF term in use."""
        return self._model.lambda_haadf if self._scaled is None else self._scaled.lambda_haadf

    @property
    def weights(self) -> Mapping[str, float]:
        """Weight of every map in the HAADF model in use."""
        if self._scaled is None:
            return self._model.weights
        return FrozenMapping(dict(zip(self.data.elements, self._scaled.weights, strict=True)))

    @property
    def gap(self) -> float | None:
        """Duality gap as a part of the objective, of a solver that knows it."""
        gap = math.inf if self._scaled is None else self._scaled.gap
        return gap if math.isfinite(gap) else None

    @property
    def has_settled(self) -> bool:
        """Whether further iterations would gain nothing; false for a fixed schedule."""
        return self.solver.has_settled

    @property
    def step_length(self) -> float:
        """Length of the next gradient step; 1 in the tutorial's schedule."""
        return self.solver.step_length

    def objective(self, costs: NDArray[np.float64]) -> float:
        """Phi of the three costs; not a number for a solver that minimises nothing."""
        if self._scaled is not None:
            return self._scaled.objective(costs)
        return float(costs @ (self.lambda_haadf, self.params.lambda_chem, self._lambda_tv))

    def advance(self, n_iter: int, stop: native.StopFlag | None) -> NDArray[np.float64]:
        """Run up to `n_iter` iterations, fewer once `stop` is set; return their costs (n, 3)."""
        return self._call(n_iter, lambda: self.solver.run(n_iter, stop))

    def step(
        self, stop: native.StopFlag | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]] | None:
        """Run one iteration; return its costs (3,), maps and HAADF model.

        None if it is a long one that ended early since `stop` was set.
        """
        solver = self.solver
        if isinstance(solver, MatchedSolver):
            stepped = self._call(1, lambda: solver.step_unless(stop))
        else:
            stepped = self._call(1, solver.step)
        if stepped is None:
            return None
        costs, maps, haadf = stepped
        return costs[0], maps, self._add_offset(haadf)

    def finish(
        self, n_iter: int, stop: native.StopFlag | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Run like `advance`; return costs, maps and HAADF model. No iteration can follow.

        One call without the GIL, which a busy user interface cannot hold up.
        """
        costs, maps, haadf = self._call(n_iter + 1, lambda: self.solver.finish(n_iter, stop))
        return costs, maps, self._add_offset(haadf)

    def _call(self, n_iter: int, compute: Callable[[], Value]) -> Value:
        """Call the core for `n_iter` iterations."""
        pixels = math.prod(self.data.shape) * len(self.data.elements)
        with _map_native_errors():
            return self._interruption.call(compute, n_iter * pixels * self._work)

    @property
    def _work(self) -> int:
        """How long an iteration takes, in TV steps."""
        return _MATCHED_WORK if self.params.solver == "matched" else 1 + self.params.n_iter_tv

    def _add_offset(self, haadf: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._scaled is None and self._model.offset:
            haadf += np.float32(self._model.offset)
        return haadf

    def by_element(self, images: NDArray[np.float32]) -> Mapping[str, FloatImage]:
        """Return the images of the core, keyed by element."""
        return MappingProxyType(dict(zip(self.data.elements, images, strict=True)))


def _require_no_start(start: Mapping[str, ArrayLike] | None) -> None:
    if start is not None:
        raise MMFusionParameterError(
            Text(
                "the matched solver starts from the measured maps alone; leave out {}",
                Argument("start"),
            )
        )


@contextmanager
def _map_native_errors() -> Iterator[None]:
    """Turn errors of the compiled core into `MMFusionComputeError`, which no worker swallows."""
    try:
        yield
    except MMFusionError:
        raise
    except (native.ComputeError, ValueError) as error:
        raise MMFusionComputeError(str(error)) from error
