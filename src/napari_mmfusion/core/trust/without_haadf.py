"""What the HAADF image changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse
from napari_mmfusion.core.image import FloatImage


@dataclass(frozen=True, eq=False)
class TvOnly:
    """Maps denoised without the HAADF image, and what it changes.

    Attributes
    ----------
    maps : mapping of str to (ny, nx) float32
        The maps without the HAADF term.
    changes : mapping of str to (ny, nx) float32
        Fused maps minus these, both relative to the range of the measured ones.
    """

    maps: Mapping[str, FloatImage]
    changes: Mapping[str, FloatImage]

    def __str__(self) -> str:
        """How large the changes are in every map."""
        sizes = ", ".join(f"{name} {_size(image):.1%}" for name, image in self.changes.items())
        return f"Change by the HAADF image, root mean square in units of a map's range: {sizes}."


def tv_only(
    result: FusionResult, *, threads: int | None = None, stop: StopFlag | None = None
) -> TvOnly:
    """What the HAADF image changed: the fused maps minus maps denoised without it.

    The same parameters, but for a `lambda_haadf` of 0, which leaves nothing that couples the
    maps. A structure that shows in the difference was not found in the chemical map: it came from
    the HAADF image, through the model. So did the level, where the difference is even.

    Parameters
    ----------
    result : FusionResult
        The fusion to examine.
    threads : int, optional
        Threads to use.
    stop : StopFlag, optional
        Ends the computation within one iteration once set; the outcome is then worth nothing.

    Returns
    -------
    TvOnly

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> sorted(mmf.tv_only(mmf.fuse(data)).changes)
    ['Co', 'O', 'S']
    """
    alone = fuse(result.data, result.params, threads=threads, stop=stop, lambda_haadf=0.0).maps
    changes = {name: result.maps[name] - image for name, image in alone.items()}
    return TvOnly(alone, MappingProxyType(changes))


def _size(image: FloatImage) -> float:
    return float(np.sqrt(np.mean(np.square(image, dtype=np.float64))))
