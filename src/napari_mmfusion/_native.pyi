"""The compiled core. Private: imported by `napari_mmfusion.core.native` alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

class ComputeError(Exception): ...

class StopFlag:
    """A request to stop, set by one thread and polled by those that compute."""

    def __init__(self) -> None: ...
    def set(self) -> None:
        """Ask the computation to stop at the end of its iteration."""
    def clear(self) -> None:
        """Withdraw the request."""
    def is_set(self) -> bool:
        """Whether a stop was requested."""

class FusionOptions:
    """Options, the same for every solver."""

    def __init__(
        self,
        *,
        gamma: float,
        lambda_haadf: float,
        lambda_chem: float,
        lambda_tv: float,
        background: float,
        threshold: float,
        n_iter_tv: int,
        isotropic: bool,
        threads: int,
    ) -> None: ...

    gamma: float
    lambda_haadf: float
    lambda_chem: float
    lambda_tv: float
    background: float
    threshold: float
    n_iter_tv: int
    isotropic: bool
    threads: int

class FusionProblem:
    """Images, weights of the elements and options.

    Images come as (image, offset, factor): normalised, they are (image - offset) * factor.
    Once `abandon` is set, solvers end within a row of the image with ComputeError.
    """

    def __init__(
        self,
        haadf: tuple[NDArray[np.float32], float, float],
        maps: Sequence[tuple[NDArray[np.float32], float, float]],
        weights: Sequence[float],
        options: FusionOptions,
        *,
        start: NDArray[np.float32] | None = None,
        mask: NDArray[np.float32] | None = None,
        abandon: StopFlag | None = None,
    ) -> None: ...

class Solver:
    """A solver with the memory of one fusion; `make_...` creates one."""

    def run(self, n_iter: int, stop: StopFlag | None = None) -> NDArray[np.float64]:
        """Run up to n_iter iterations; return the costs of those done."""
    def step(self) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Run one iteration; return costs (1, 3), maps and HAADF model."""
    def finish(
        self, n_iter: int = 0, stop: StopFlag | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]:
        """Run like `run`; return costs, maps and HAADF model. No iteration can follow."""
    @property
    def has_settled(self) -> bool:
        """Whether further iterations would gain nothing."""
    @property
    def step_length(self) -> float:
        """Length of the next gradient step."""

class MatchedSolver(Solver):
    """The matched solver, whose iterations are long."""

    def step_unless(
        self, stop: StopFlag | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]] | None:
        """Run one iteration like `step`; None if it ended early since `stop` was set."""

class GuidedSolver(Solver):
    """The guided solver, which has settled once its duality gap is small."""

    def set_model(self, weights: Sequence[float], haadf_offset: float, tolerance: float) -> None:
        """Replace the weights, the offset subtracted from the measured HAADF image, and the
        tolerance."""
    def maps(self) -> NDArray[np.float32]:
        """A copy of the present maps."""
    @property
    def gap(self) -> float:
        """Duality gap as a part of the objective; infinite at the start."""

def make_guided_plan(
    problem: FusionProblem,
    guide: NDArray[np.float32],
    maps: Sequence[tuple[float, float, float]],
    tolerance: float,
) -> GuidedSolver:
    """Create the guided solver; `maps` holds dose, background and largest value of each."""

def make_matched_plan(
    problem: FusionProblem,
    counts: Sequence[float],
    haadf_counts: float,
    haadf_dark: float,
    strength: float,
) -> MatchedSolver:
    """Create the matched solver; `counts` holds those that one unit of each map makes.

    The HAADF image, scaled as the problem says, has `haadf_dark` counts where it is 0.
    """

def make_tutorial_plan(problem: FusionProblem) -> Solver:
    """Create the tutorial's schedule."""

def make_converged_plan(problem: FusionProblem, tolerance: float) -> Solver:
    """Create the converged solver, monotone accelerated proximal gradient."""

def tv_prox(
    image: NDArray[np.float32],
    weight: float,
    n_iter: int,
    *,
    isotropic: bool,
    nonnegative: bool,
    threads: int,
    unit: float = 1.0,
    warm_dual: NDArray[np.float32] | None = None,
    return_dual: bool = False,
    guide: NDArray[np.float32] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]: ...
def tv_duality_gap(
    image: NDArray[np.float32],
    weight: float,
    dual: NDArray[np.float32],
    *,
    isotropic: bool,
    nonnegative: bool,
    guide: NDArray[np.float32] | None = None,
) -> float: ...
def tv_norm(image: NDArray[np.float32], *, isotropic: bool) -> float: ...
def simd_level() -> str: ...
def available_simd_levels() -> list[str]: ...
def build_info() -> dict[str, str]: ...
