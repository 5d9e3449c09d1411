"""Simulated data with known truth, for tests, benchmarks and first steps."""

from __future__ import annotations

from typing import Final

import numpy as np

from napari_mmfusion.core.checks import (
    check_number,
    check_seed,
    check_whole_number,
    is_name,
    quote,
)
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.wording import Argument, Text
from napari_mmfusion.simulate.measurement import (
    HAADF_EXPONENTS,
    Dose,
    HaadfImaging,
    HaadfWeighting,
    measure,
)
from napari_mmfusion.simulate.metrics import nrmse
from napari_mmfusion.simulate.phantoms import PHANTOMS
from napari_mmfusion.simulate.specimen import Phantom

__all__ = ["PHANTOMS", "HaadfWeighting", "Phantom", "nrmse", "simulate"]

_SIDES: Final = (16, 16384)
_MOST_COUNTS = 1e9


def simulate(
    name: str,
    *,
    shape: tuple[int, int] = (256, 256),
    counts: float = 10.0,
    seed: int = 0,
    haadf_counts: float = 1000.0,
    background_counts: float = 0.0,
    gamma: float = 1.6,
    weighting: HaadfWeighting = "z",
    haadf_ramp: float = 0.0,
    haadf_shift: int = 0,
    haadf_offset: float = 0.0,
    haadf_blur: float = 0.0,
    haadf_drift: float = 0.0,
    haadf_jitter: float = 0.0,
    pixel_size: float | None = None,
) -> FusionDataset:
    r"""Simulate the measurement of a specimen whose composition is known.

    Chemical maps :math:`b_i = C_i / D` have counts :math:`C_i \sim Poisson(D x_i + B)`; the
    HAADF image :math:`h = \sum_i w_i x_i^\gamma` is measured as
    :math:`Poisson(N_H h / \max h) / N_H`. The same arguments give the same bits.

    Parameters
    ----------
    name : str
        One of `PHANTOMS`: ``"core-shell"`` (a CoS sphere in a CoO shell), ``"lattice"`` (the
        atom columns of DyScO3), ``"wedge"`` (GaAs beside AlAs, thin at one edge),
        ``"null-element"`` (the core-shell particle on a carbon film, whose map has no structure),
        ``"polycrystal"`` (grains of three Ti-Al-Nb phases), ``"interface"`` (the atom columns of
        LaMnO3 on SrTiO3), ``"needles"`` (Al2Cu and Al2CuMg in aluminium, 2 to 3 pixels wide),
        ``"dopant"`` (2 % yttrium at grain boundaries of Al2O3) or ``"porous"`` (gold with silver
        inside its ligaments).
    shape : (int, int)
        Rows and columns.
    counts : float
        D, the X-ray counts where a map is 1. Raising it lowers the noise of the maps.
    seed : int
        Seed of the noise.
    haadf_counts : float
        N_H, the counts where the HAADF image is brightest. Raising it lowers its noise.
    background_counts : float
        B, counts added everywhere to every map.
    gamma : float
        Exponent of the HAADF image, 1 to 2.
    weighting : {"z", "z^1.7"}
        Power of the atomic number that weights the elements in the HAADF image.
    haadf_ramp : float
        Background of the HAADF image that no map has: it rises from 0 at the left edge to this
        part of the maximum at the right.
    haadf_shift : int
        Misregistration: pixels by which the HAADF image lies too far right.
    haadf_offset : float
        Constant background of the HAADF image, as a part of its maximum.
    haadf_blur : float
        Standard deviation in pixels by which the HAADF image is less sharp than the maps.
    haadf_drift : float
        Pixels by which the last row of the HAADF image lies further right than the first.
    haadf_jitter : float
        Standard deviation in pixels of random displacements of the rows of the HAADF image.
    pixel_size : float, optional
        Width of a pixel in nm; left out, it suits the specimen.

    Returns
    -------
    FusionDataset
        With the noiseless maps x_i in ``truth``; the largest value of all is 1.

    Raises
    ------
    MMFusionParameterError
        If the name is unknown or a number outside its range.

    Examples
    --------
    >>> data = simulate("lattice", shape=(64, 96), counts=5, seed=1)
    >>> data.elements, data.shape, data.unit
    (('Sc', 'Dy', 'O'), (64, 96), 'nm')
    """
    phantom = PHANTOMS[name] if is_name(name, PHANTOMS) else None
    if phantom is None:
        raise MMFusionParameterError(
            f"there is no phantom {quote(name)}; there are: {', '.join(PHANTOMS)}"
        )
    if not is_name(weighting, HAADF_EXPONENTS):
        raise MMFusionParameterError(
            Text(
                "{} must be one of {}, not {}",
                Argument("weighting"),
                ", ".join(HAADF_EXPONENTS),
                quote(weighting),
            )
        )
    dose = Dose(
        counts=check_number("counts", counts, 1e-3, _MOST_COUNTS),
        background_counts=check_number("background_counts", background_counts, 0, _MOST_COUNTS),
        haadf_counts=check_number("haadf_counts", haadf_counts, 1, _MOST_COUNTS),
    )
    imaging = HaadfImaging(
        gamma=check_number("gamma", gamma, 1, 2),
        weighting=weighting,
        ramp=check_number("haadf_ramp", haadf_ramp, 0, 10),
        shift=check_whole_number("haadf_shift", haadf_shift, 0, _SIDES[1]),
        offset=check_number("haadf_offset", haadf_offset, 0, 10),
        blur=check_number("haadf_blur", haadf_blur, 0, 100),
        drift=check_number("haadf_drift", haadf_drift, -_SIDES[1], _SIDES[1]),
        jitter=check_number("haadf_jitter", haadf_jitter, 0, 100),
    )
    size = phantom.pixel_size
    if pixel_size is not None:
        size = check_number("pixel_size", pixel_size, 1e-3, 1e3)
    specimen = phantom.draw(_sides(shape), size)
    haadf, maps = measure(specimen, dose, imaging, np.random.default_rng(check_seed(seed)))
    return FusionDataset(haadf, maps, pixel_size=size, unit="nm", name=name, truth=specimen.maps)


def _sides(shape: tuple[int, int]) -> tuple[int, int]:
    low, high = _SIDES
    try:
        ny, nx = (check_whole_number("shape", side, low, high) for side in shape)
    except (TypeError, ValueError):  # not two sides, or one that is out of range
        raise MMFusionParameterError(
            Text(
                "{} must be two whole numbers from {} to {} (rows, columns), not {}",
                Argument("shape"),
                low,
                high,
                quote(shape),
            )
        ) from None
    return ny, nx
