"""Other measures of a map: right fractions, little noise, sharp edges, no leakage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from napari_mmfusion.core.errors import MMFusionDataError
from napari_mmfusion.core.masks import boolean_mask
from napari_mmfusion.simulate.metrics import real_image

_LEAST: Final = 4
"""Values of a profile with two levels and an edge."""


def fraction_error(
    maps: Mapping[str, ArrayLike],
    truth: Mapping[str, ArrayLike],
    phases: Mapping[str, ArrayLike],
) -> float:
    """Mean absolute error of the fractions of the elements, over all phases.

    Parameters
    ----------
    maps : mapping of str to (ny, nx) array
        The maps in units of the truth, up to one common factor.
    truth : mapping of str to (ny, nx) array
        The noiseless maps.
    phases : mapping of str to (ny, nx) array of bool
        Where there is one composition.

    Returns
    -------
    float
        0 for a perfect quantification; .05 if each fraction is wrong by five per cent of all.

    Examples
    --------
    >>> truth = {"Ga": [[1.0, 1.0]], "As": [[1.0, 1.0]]}
    >>> fraction_error({"Ga": [[3.0, 3.0]], "As": [[1.0, 1.0]]}, truth, {"all": [[True, True]]})
    0.25
    """
    errors = [
        _fractions(maps, list(truth), region) - _fractions(truth, list(truth), region)
        for region in phases.values()
    ]
    return float(np.mean(np.abs(errors)))


def region_snr(image: ArrayLike, region: ArrayLike) -> float:
    """Mean over standard deviation of a map where the truth is flat.

    Blurring raises it, so it means nothing without the `edge_width`.

    Examples
    --------
    >>> region_snr([[3.0, 5.0, 9.0]], [[True, True, False]])
    4.0
    """
    pixels = real_image("image", image)
    values = pixels[boolean_mask("region", region, pixels.shape)]
    if not values.size:
        raise MMFusionDataError("region is false everywhere, so there is nothing to measure")
    deviation = values.std()
    return float(values.mean() / deviation) if deviation > 0 else np.inf


def edge_width(profile: ArrayLike) -> float:
    """Pixels in which an edge goes from 10 % to 90 % of its height.

    Parameters
    ----------
    profile : (n,) array
        Values across one edge, which rises or falls; its outer quarters are its two levels.

    Raises
    ------
    MMFusionDataError
        If the levels are the same, so that there is no edge.

    Examples
    --------
    >>> round(edge_width([0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1]), 6)
    3.2
    """
    try:
        (values,) = real_image("profile", [profile])  # type: ignore[arg-type]  # one row
    except (MMFusionDataError, ValueError):
        values = np.zeros(0)
    if values.size < _LEAST:
        raise MMFusionDataError(f"profile must be a row of {_LEAST} finite numbers or more")
    quarter = max(len(values) // 4, 1)
    low, high = values[:quarter].mean(), values[-quarter:].mean()
    if low == high:
        raise MMFusionDataError("the profile has the same level at both ends: there is no edge")
    part = (values - low) / (high - low)
    up = int(np.argmax(part >= 0.9))
    down = up - 1 - int(np.argmax(part[:up][::-1] <= 0.1))
    return _crossing(part, up - 1, 0.9) - _crossing(part, down, 0.1)


def leakage(image: ArrayLike, structure: ArrayLike) -> tuple[float, float]:
    """Slope and correlation between a map that should be flat and a structure it should not show.

    Parameters
    ----------
    image : (ny, nx) array
        The map of an element that is the same everywhere.
    structure : (ny, nx) array
        What could leak into it, such as the HAADF image.

    Returns
    -------
    slope : float
        What the structure adds to the map where the structure is 1.
    correlation : float
        Pearson's, from -1 to 1; 0 if the map is constant.

    Examples
    --------
    >>> leakage([[1.0, 1.5, 2.0]], [[0.0, 0.5, 1.0]])
    (1.0, 1.0)
    """
    x, s = real_image("image", image), real_image("structure", structure)
    if x.shape != s.shape:
        raise MMFusionDataError(f"image has the shape {x.shape}, structure {s.shape}")
    if np.ptp(s) == 0:
        raise MMFusionDataError("structure is constant, so nothing of it can be in the map")
    x, s = x - x.mean(), s - s.mean()
    shared = float(np.vdot(x, s))
    energy = float(np.vdot(x, x) * np.vdot(s, s))
    correlation = shared / np.sqrt(energy) if energy > 0 else 0.0
    return shared / float(np.vdot(s, s)), float(correlation)


def _fractions(
    maps: Mapping[str, ArrayLike], names: list[str], region: ArrayLike
) -> NDArray[np.float64]:
    inside = np.asarray(region, dtype=bool)
    amounts = np.array([np.asarray(maps[name], dtype=np.float64)[inside].mean() for name in names])
    return np.asarray(amounts / amounts.sum())


def _crossing(part: NDArray[np.float64], before: int, level: float) -> float:
    """Position between `before` and the next pixel where the profile has the level."""
    here, there = part[before], part[before + 1]
    return float(before + (level - here) / (there - here))
