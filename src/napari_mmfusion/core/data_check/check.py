"""All checks of a data set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from napari_mmfusion.core.data_check import values
from napari_mmfusion.core.data_check.finding import Finding, listed
from napari_mmfusion.core.data_check.fractions import check_fractions
from napari_mmfusion.core.data_check.gaps.rims import (
    Rectangle,
    finite_rectangle,
    measured_rectangle,
    not_finite,
    unmeasured,
)
from napari_mmfusion.core.data_check.limits import check_limits
from napari_mmfusion.core.data_check.registration import find_shift
from napari_mmfusion.core.data_check.spikes.search import Spikes
from napari_mmfusion.core.data_check.view import View, views_of
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.elements import HAADF
from napari_mmfusion.core.inputs import require_dataset

__all__ = ["Finding", "check"]

_ORDER: Final = ("error", "warning", "note")
_LEAST_SHIFT: Final = 0.5
"""Pixels; half a pixel costs a lattice a quarter of what the fusion gains."""
_LEAST_GAIN: Final = 5.0


def check(data: FusionDataset) -> tuple[Finding, ...]:
    """What is wrong with data, before one believes their fusion.

    Looks for spikes, gaps and rims, values that stand for no measurement, negative counts,
    saturation, maps that were filtered or are no counts, too few counts, empty maps, and a HAADF
    image that does not lie on the maps. The checks are careful: what counting noise, atom columns,
    needles or small particles can be is no finding.

    Parameters
    ----------
    data : FusionDataset
        HAADF image and chemical maps, (ny, nx) each.

    Returns
    -------
    tuple of Finding
        The worst first; ``print`` each for a sentence that says what to do.

    Raises
    ------
    MMFusionDataError
        If `data` is no `FusionDataset`.

    See Also
    --------
    FusionDataset.cropped, FusionDataset.masked, FusionDataset.without_spikes : The ways out.

    Examples
    --------
    >>> import numpy as np
    >>> import napari_mmfusion as mmf
    >>> data = mmf.simulate("core-shell", shape=(64, 64), counts=10, seed=0)
    >>> mmf.check(data)
    ()
    >>> spoilt = data.maps["Co"].copy()
    >>> spoilt[3, 4] = 500
    >>> for finding in mmf.check(mmf.FusionDataset(data.haadf, {"Co": spoilt})):
    ...     print(finding.kind, finding.remedy)
    spikes replace spikes
    """
    require_dataset(data)
    views = views_of(data)
    measured = measured_rectangle(data, views)
    found = [*_rims(data, views, measured), *_gaps(data)]
    for view in views:
        found += values.check_contrast(view)
        if not view.is_constant:
            found += values.check_fill_values(view, measured)
    sound = [view for view in views if not view.is_constant]
    maps = [view for view in sound if view.is_map]
    found += _spikes(data, sound)
    for view in sound:
        found += values.check_counts(view)
        if not view.is_map:
            found += values.check_intensities(view, maps)
        clipped = list(check_limits(_without(view, data.spikes), maps))
        found += clipped or values.check_filtering(view)  # clipped noise does not tell
    found += check_fractions(maps)
    found += _register(data, views, found)
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))


def _without(view: View, spikes: Mapping[str, Spikes]) -> View:
    """An image whose spikes do not count as measured."""
    if view.name not in spikes:
        return view
    return replace(view, valid=view.valid & ~spikes[view.name].pixels)


def _rims(data: FusionDataset, views: Sequence[View], measured: Rectangle) -> Iterator[Finding]:
    gaps = not_finite(data)
    finite, filled = finite_rectangle(gaps), finite_rectangle(unmeasured(views))
    names = tuple(view.name for view in views if not view.is_missing and _has_gaps(view))
    if finite != _whole(data):
        rim = np.ones(data.shape, bool)
        rim[finite] = False
        yield _rim(data, finite, "missing rim", names, "NaN", int(np.count_nonzero(rim & gaps)))
    if measured != filled:
        rim = np.zeros(data.shape, bool)
        rim[filled] = True
        rim[measured] = False
        names = tuple(
            view.name
            for view in views
            if not view.is_constant and _is_zero_along(view, filled, measured)
        )
        yield _rim(data, measured, "zero rim", names, "zeros", int(np.count_nonzero(rim)))


def _has_gaps(view: View) -> bool:
    return not np.isfinite(view.source).all()


def _is_zero_along(view: View, outer: Rectangle, inner: Rectangle) -> bool:
    """Whether an image is zero in some side of the rim between two rectangles."""
    (rows, columns), (top, left) = outer, inner
    sides = (
        (slice(rows.start, top.start), columns),
        (slice(top.stop, rows.stop), columns),
        (rows, slice(columns.start, left.start)),
        (rows, slice(left.stop, columns.stop)),
    )
    return any(view.source[side].size and not view.source[side].any() for side in sides)


def _rim(
    data: FusionDataset,
    inner: tuple[slice, slice],
    kind: str,
    names: tuple[str, ...],
    what: str,
    pixels: int,
) -> Finding:
    rows, columns = inner
    ny, nx = data.shape
    widths = {
        "top": rows.start,
        "bottom": ny - rows.stop,
        "left": columns.start,
        "right": nx - columns.stop,
    }
    sides = ", ".join(f"{width} at the {side}" for side, width in widths.items() if width)
    fact = (
        f"{listed(names)} {'has' if len(names) == 1 else 'have'} a rim of {what}"
        f" (lines: {sides}), as a registration leaves it"
    )
    return Finding(
        "missing rim" if kind == "missing rim" else "zero rim",
        "error" if kind == "missing rim" else "warning",
        names,
        fact,
        pixels / (ny * nx),
        "crop",
        pixels=pixels,
        region=(rows.start, rows.stop, columns.start, columns.stop),
    )


def _gaps(data: FusionDataset) -> Iterator[Finding]:
    gaps = not_finite(data)
    inner = np.zeros_like(gaps)
    rectangle = finite_rectangle(gaps)
    inner[rectangle] = gaps[rectangle]
    number = int(np.count_nonzero(inner))
    if not number:
        return
    names = tuple(
        name
        for name, image in data.images()
        if 0 < image.missing < inner.size and not np.isfinite(image.measured[inner]).all()
    )
    noun = "pixel" if number == 1 else "pixels"
    yield Finding(
        "missing pixels",
        "error",
        names,
        f"{number} {noun} inside {listed(names)} {'is' if number == 1 else 'are'} NaN or infinite",
        number / gaps.size,
        "mask",
        pixels=number,
        region=values.region_of(inner),
    )


def _spikes(data: FusionDataset, views: Sequence[View]) -> Iterator[Finding]:
    spikes = data.spikes
    for view in views:
        if view.name not in spikes:
            continue
        found = spikes[view.name]
        number = int(np.count_nonzero(found.pixels))
        y, x = np.argwhere(found.pixels)[0].tolist()
        noun = f"pixel ({y}, {x})" if number == 1 else f"{number} pixels"
        yield Finding(
            "spikes",
            "warning",
            (view.name,),
            f"{noun} of {view.label} {'stretches' if number == 1 else 'stretch'} its range"
            f" {found.ratio:.3g}-fold, with neither a halo nor a trace in the other images",
            found.ratio,
            "replace spikes",
            pixels=number,
            region=values.region_of(found.pixels),
        )


def _register(
    data: FusionDataset, views: Sequence[View], found: Sequence[Finding]
) -> Iterator[Finding]:
    """A HAADF image that does not lie on the maps; rims and spikes do not take part."""
    if {finding.remedy for finding in found} & {"crop", "replace spikes"}:
        views = views_of(data.cropped().without_spikes())
    varied = {view.name: view for view in views if not view.is_constant}
    haadf = varied.pop(HAADF, None)
    if haadf is None or not varied:
        return
    maps = list(varied.values())
    shift = find_shift(haadf, maps)
    if shift is None or shift.length < _LEAST_SHIFT or shift.gain < _LEAST_GAIN:
        return
    yield Finding(
        "out of register",
        "warning",
        (HAADF,),
        f"the HAADF image lies {shift.rows:+.1f} rows and {shift.columns:+.1f} columns off the"
        " maps",
        shift.length,
        None,
        "align it before the fusion",
    )


def _whole(data: FusionDataset) -> tuple[slice, slice]:
    ny, nx = data.shape
    return slice(0, ny), slice(0, nx)
