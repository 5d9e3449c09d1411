"""The measurement and its fusion, repeated with new noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.line import fit_line
from napari_mmfusion.core.trust.noise import Array, expected_signal


@dataclass(frozen=True, eq=False)
class RepeatedMap:
    """A map fused in one repeat.

    Attributes
    ----------
    image : (ny, nx) float64
        The fused map, relative to the range of the map that was measured first.
    offset, slope : float
        ``offset + slope * image`` is in measured units.
    """

    image: Array
    offset: float
    slope: float

    def mean(self, mask: NDArray[np.bool_]) -> float:
        """The mean over a region, in measured units."""
        return self.offset + self.slope * float(self.image[mask].mean())


Repeat = dict[str, RepeatedMap]


class Repeater:
    """Repeats a fusion on simulated measurements of its fused maps.

    Attributes
    ----------
    result : FusionResult
        The fusion that is repeated.
    signals : dict of str to ExpectedSignal
        The measured maps it expects without noise.
    """

    def __init__(self, result: FusionResult, stop: StopFlag | None) -> None:
        self.result = result
        self.signals = {name: expected_signal(result, name) for name in result.data.elements}
        self._haadf = expected_signal(result, HAADF)
        self._stop = stop
        self._params = result.params_in_use
        # A fixed number of steps depends on the start; a minimum does not. Estimates have none.
        self._warm = result.params.solver in ("converged", "guided")

    def repeat(self, seed: np.random.SeedSequence) -> Repeat | None:
        """Measure and fuse again; None once the stop flag is set."""
        rng = np.random.default_rng(seed)
        maps = {name: signal.sample(rng) for name, signal in self.signals.items()}
        data = FusionDataset(self._haadf.sample(rng), maps, mask=self.result.data.mask)
        start = self._start(data) if self._warm else None
        # One thread for each repeat, so that repeats do not compete for the cores.
        fused = fuse(data, self._params, threads=1, stop=self._stop, start=start)
        if self._stop is not None and self._stop.is_set():
            return None
        return {
            name: _map(_rescale(image, fused.data, self.result.data, name), maps[name])
            for name, image in fused.maps.items()
        }

    def original(self) -> Repeat:
        """The maps of the fusion that is repeated."""
        data = self.result.data
        return {
            name: _map(image.astype(np.float64), data.maps[name].astype(np.float64))
            for name, image in self.result.maps.items()
        }

    def _start(self, data: FusionDataset) -> dict[str, Array]:
        """The fused maps, relative to the range of the new measurement."""
        return {
            name: np.maximum(_rescale(image, self.result.data, data, name), 0)
            for name, image in self.result.maps.items()
        }


def _map(fused: Array, measured: Array) -> RepeatedMap:
    return RepeatedMap(fused, *fit_line(fused, measured))


def _rescale(image: FloatImage, old: FusionDataset, new: FusionDataset, name: str) -> Array:
    """A map relative to the range of one measurement, relative to that of another."""
    before, after = (dict(data.images())[name] for data in (old, new))
    measured = before.offset + before.scale * image.astype(np.float64)
    return (measured - after.offset) / (after.scale or 1.0)
