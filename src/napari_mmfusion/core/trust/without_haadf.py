"""What the HAADF image changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from napari_mmfusion.core.call_checks import check_calls
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.fusion import FusionResult, StopFlag, fuse
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.resumption import require_result
from napari_mmfusion.core.values import ArrayRecord, FrozenMapping, describe_images


@dataclass(frozen=True, eq=False, repr=False)
class TvOnly(ArrayRecord):
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

    def __repr__(self) -> str:
        """The shape and the elements."""
        return f"TvOnly({describe_images(self.maps)})"


def tv_only(
    result: FusionResult, *, threads: int | None = None, stop: StopFlag | None = None
) -> TvOnly:
    """What the HAADF image changed: the fused maps minus maps denoised without it.

    The parameters are the same, but `lambda_haadf` is 0, so nothing couples the maps. In the
    guided solver `guided_haadf` is 0, and its total variation is the plain one; the matched solver
    matches the blocks of every map in the map itself. Structure in the difference does not come
    from the chemical map but from the HAADF image, through the model, the guide or the matches. So
    does a uniform difference in level.

    Parameters
    ----------
    result : FusionResult
        The fusion to examine.
    threads : int, optional
        Threads to use.
    stop : StopFlag, optional
        Ends the computation within one iteration once set; the result is then invalid.

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
    require_result(result)
    check_calls(stop=stop)
    alone = _maps_without_haadf(result, threads, stop)
    changes = {name: result.maps[name] - image for name, image in alone.items()}
    return TvOnly(alone, FrozenMapping(changes))


def _maps_without_haadf(
    result: FusionResult, threads: int | None, stop: StopFlag | None
) -> Mapping[str, FloatImage]:
    data, params = result.data, result.params
    if params.solver == "matched":
        # Neither weights nor atomic numbers have a part in the maps.
        params = params.replace(weights=None, atomic_numbers=None, weighting="unit")
        return FrozenMapping(
            {
                name: fuse(
                    FusionDataset(image, {name: image}, mask=data.mask),
                    params,
                    threads=threads,
                    stop=stop,
                ).maps[name]
                for name, image in data.maps.items()
            }
        )
    if params.solver == "guided":
        eta = FusionParameters.info("eta").maximum
        params = params.replace(guided_haadf=0.0, eta=eta)
    else:
        params = params.replace(lambda_haadf=0.0)
    return fuse(data, params, threads=threads, stop=stop).maps


def _size(image: FloatImage) -> float:
    return float(np.sqrt(np.mean(np.square(image, dtype=np.float64))))
