"""The compiled core. Private: imported by `napari_mmfusion.core.native` alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

class ComputeError(Exception): ...

class StopFlag:
    """A request to stop, set by one thread and polled by the one that computes."""

    def __init__(self) -> None: ...
    def set(self) -> None:
        """Ask the computation to stop at the end of its iteration."""
    def clear(self) -> None:
        """Take the request back."""
    def is_set(self) -> bool:
        """Whether a stop was asked for."""

class FusionProblem:
    def __init__(
        self,
        haadf: tuple[NDArray[np.float32], float, float],
        maps: Sequence[tuple[NDArray[np.float32], float, float]],
        weights: Sequence[float],
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
        start: NDArray[np.float32] | None = None,
        mask: NDArray[np.float32] | None = None,
    ) -> None: ...

class _Plan:
    def run(self, n_iter: int, stop: StopFlag | None = None) -> NDArray[np.float64]: ...
    def step(self) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]: ...
    def finish(
        self, n_iter: int = 0, stop: StopFlag | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]]: ...

class TutorialPlan(_Plan):
    def __init__(self, problem: FusionProblem) -> None: ...

class ConvergedPlan(_Plan):
    def __init__(self, problem: FusionProblem, tolerance: float) -> None: ...
    @property
    def has_settled(self) -> bool: ...
    @property
    def step_length(self) -> float: ...

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
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]: ...
def tv_duality_gap(
    image: NDArray[np.float32],
    weight: float,
    dual: NDArray[np.float32],
    *,
    isotropic: bool,
    nonnegative: bool,
    unit: float = 1.0,
) -> float: ...
def tv_norm(image: NDArray[np.float32], *, isotropic: bool) -> float: ...
def simd_level() -> str: ...
def available_simd_levels() -> list[str]: ...
def build_info() -> dict[str, str]: ...
