"""Whether structure of the HAADF image leaks into a map that has none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from napari_mmfusion.core.call_checks import check_calls
from napari_mmfusion.core.checks import check_seed
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF, atomic_number
from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.names.reading import symbol_in
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.resumption import require_result
from napari_mmfusion.core.trust.noise import expected_signal
from napari_mmfusion.core.values import ArrayRecord, describe_shape
from napari_mmfusion.core.wording import Argument, Text

_FAINT: Final = 0.05
"""Part of the HAADF contrast below which a leak needs no warning."""


_CURES: Final = {
    "tutorial": Argument("lambda_haadf"),
    "converged": Argument("lambda_haadf"),
    "guided": Argument("guided_haadf"),
    "matched": Argument("matched_strength"),
}
"""The parameter that makes a map take on less of the HAADF image, for each solver."""


@dataclass(frozen=True, eq=False, repr=False)
class NullElementTest(ArrayRecord):
    """A flat map that was fused with the others.

    Attributes
    ----------
    like : str
        The map whose counts and atomic number the flat one got: the weakest.
    measured, fused : (ny, nx) float32
        The flat map with noise, and its fused map, relative to the range of the noisy one.
    slope : float
        Rise of the fused flat map for a rise of the HAADF image by its whole range.
    correlation : float
        Correlation of the fused flat map with the HAADF image.
    solver : str
        The solver that fused them.
    """

    like: str
    measured: FloatImage
    fused: FloatImage
    slope: float
    correlation: float
    solver: str = "tutorial"

    def __repr__(self) -> str:
        """The shape, the map it resembles, and the structure it took on."""
        shape = describe_shape(self.fused.shape)
        return f"NullElementTest({shape}, like {self.like!r}, slope {self.slope:+.2%})"

    def __str__(self) -> str:
        """The outcome in a sentence."""
        return str(self.text)

    @property
    def text(self) -> Text:
        """The same, to be said in the words of the command line or the window."""
        figures = f"{self.slope:+.1%} of the HAADF contrast (correlation {self.correlation:+.2f})"
        if abs(self.slope) < _FAINT:
            return Text("A flat map stays flat: it takes on {}.", figures)
        return Text(
            "A flat map takes on {}: such structure in a map as weak as {} is no evidence; lower"
            " {}.",
            figures,
            self.like,
            _CURES[self.solver],
        )


def null_element_test(
    result: FusionResult,
    *,
    seed: int = 0,
    threads: int | None = None,
    stop: StopFlag | None = None,
) -> NullElementTest:
    """Whether a flat map, fused with the others, takes on false structure of the HAADF image.

    The flat map has the mean level, the counting noise and the atomic number of the weakest map,
    the one with the fewest counts. All else stays as in the fusion, except for weights that are
    relative to all elements.

    Parameters
    ----------
    result : FusionResult
        The fusion to examine.
    seed : int
        Seed of the noise.
    threads : int, optional
        Threads to use.
    stop : StopFlag, optional
        Ends the computation within one iteration once set; the result is then invalid.

    Returns
    -------
    NullElementTest
        The flat map before and after; ``print(test)`` says whether it stayed flat.

    Raises
    ------
    MMFusionDataError
        If the weakest map has no noise.
    MMFusionParameterError
        If `seed` or `threads` is out of range.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> mmf.null_element_test(mmf.fuse(data)).fused.shape
    (64, 64)
    """
    require_result(result)
    check_calls(stop=stop)
    rng = np.random.default_rng(check_seed(seed))
    data = result.data
    signals = {name: expected_signal(result, name) for name in data.elements}
    like = min(signals, key=lambda name: signals[name].mean_counts)
    level = np.full(data.shape, signals[like].image.mean())
    flat = replace(signals[like], image=level).sample(rng)
    if np.ptp(flat) == 0:
        raise MMFusionDataError(
            f"map {like!r} has no counting noise to give to a flat map;"
            " the test needs maps as measured"
        )
    name = _free_name(data)
    extended = FusionDataset(data.haadf, {**data.maps, name: flat}, mask=data.mask)
    settings = result.params_in_use.replace(
        atomic_numbers=_numbers_with(name, like, result.params),
    )
    fused = fuse(extended, settings, threads=threads, stop=stop).maps[name]
    slope, correlation = _relation(data.normalised(HAADF), fused)
    return NullElementTest(
        like, extended.maps[name], fused, slope, correlation, result.params.solver
    )


def _free_name(data: FusionDataset) -> str:
    name = "null"
    while name in data.elements:
        name += "'"
    return name


def _numbers_with(name: str, like: str, params: FusionParameters) -> dict[str, int] | None:
    """The atomic numbers given, and for the map `name` that of `like`, if it has one."""
    numbers = dict(params.atomic_numbers or {})
    symbol = symbol_in(like)
    if like in numbers:
        numbers[name] = numbers[like]
    elif symbol is not None:
        numbers[name] = atomic_number(symbol)
    return numbers or None


def _relation(haadf: FloatImage, image: FloatImage) -> tuple[float, float]:
    """Slope of an image over the HAADF image, and their correlation."""
    x = haadf.astype(np.float64) - haadf.mean(dtype=np.float64)
    y = image.astype(np.float64) - image.mean(dtype=np.float64)
    shared, power, norm = float(np.vdot(x, y)), float(np.vdot(x, x)), float(np.linalg.norm(y))
    return shared / power, shared / (np.sqrt(power) * norm) if norm > 0 else 0.0
