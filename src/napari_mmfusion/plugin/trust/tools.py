"""The trust tools of the dock: what each button does and shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.fusion import FusionResult, StopFlag
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.line import fit_line
from napari_mmfusion.core.trust import (
    BootstrapState,
    Interval,
    bootstrap_iter,
    missed_structure,
    null_element_test,
    residuals,
    tv_only,
)
from napari_mmfusion.plugin.qt.texts.wording import in_labels

Masks = Mapping[str, NDArray[np.bool_]] | None


@dataclass(frozen=True, eq=False)
class Picture:
    """An image to show as a layer.

    Attributes
    ----------
    name : str
        Name of the layer.
    element : str or None
        Element of its map; None for the HAADF image.
    image : (ny, nx) float32
    signed : bool
        Whether values have both signs, with zero in the middle of the colours.
    """

    name: str
    element: str | None
    image: FloatImage
    signed: bool = True


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a tool has found so far: pictures and words, and how many steps are done."""

    pictures: list[Picture]
    words: str
    done: int = 1
    total: int = 1


@dataclass(frozen=True)
class Tool:
    """One trust tool.

    Attributes
    ----------
    key : str
        Identifies the tool in the notes of its layers.
    title : str
        Text of its button.
    explanation : str
        What it shows, in one sentence.
    details : str
        How it works, for its tooltip.
    run : callable of (result, regions, stop) to iterator of Outcome
    """

    key: str
    title: str
    explanation: str
    details: str
    run: Callable[[FusionResult, Masks, StopFlag], Iterator[Outcome]]


def _residuals(result: FusionResult, _: Masks, __: StopFlag) -> Iterator[Outcome]:
    found = residuals(result)
    pictures = [Picture("HAADF residual", None, found.haadf)]
    pictures += [Picture(f"{name} residual", name, image) for name, image in found.maps.items()]
    yield Outcome(pictures, in_labels(found))


def _missed_structure(result: FusionResult, _: Masks, __: StopFlag) -> Iterator[Outcome]:
    found = missed_structure(result)
    pictures = [
        Picture(f"{name} missed", name, image) for name, image in found.significance.items()
    ]
    yield Outcome(pictures, in_labels(found))


def _tv_only(result: FusionResult, _: Masks, stop: StopFlag) -> Iterator[Outcome]:
    found = tv_only(result, stop=stop)
    pictures = [
        Picture(f"{name} fused \N{MINUS SIGN} TV only", name, image)
        for name, image in found.changes.items()
    ]
    yield Outcome(pictures, in_labels(found))


def _null_element(result: FusionResult, _: Masks, stop: StopFlag) -> Iterator[Outcome]:
    found = null_element_test(result, stop=stop)
    yield Outcome([Picture("Flat map fused", "null", found.fused, signed=False)], in_labels(found))


def _bootstrap(result: FusionResult, regions: Masks, stop: StopFlag) -> Iterator[Outcome]:
    for state in bootstrap_iter(result, regions=regions, stop=stop):
        pictures = [
            Picture(f"{name} deviation", name, image, signed=False)
            for name, image in state.deviations.items()
            if state.done > 1
        ]
        words = describe_means(result, state, regions)
        yield Outcome(pictures, words, state.done, state.n)


def describe_means(result: FusionResult, state: BootstrapState, regions: Masks) -> str:
    """The means of the fused layers with their intervals, in the units of these layers."""
    head = (
        f"After {state.done} of {state.n} repeats: mean of each fused layer, and the 95 % interval"
        " without the bias of the method. Unit: that of the fused layers, in which the measured map"
        " runs from 0 to 1. The deviations are in the same unit."
    )
    lines = [head]
    for region, intervals in state.regions.items():
        mask = None if regions is None else regions[region]
        values = [
            _describe_mean(result, name, interval, mask) for name, interval in intervals.items()
        ]
        lines.append(f"{region}: {', '.join(values)}")
    return "\n".join(lines)


def _describe_mean(
    result: FusionResult, name: str, interval: Interval, mask: NDArray[np.bool_] | None
) -> str:
    fused = result.maps[name]
    mean = float(fused.mean() if mask is None else fused[mask].mean())
    offset, slope = fit_line(fused.astype(np.float64), result.data.maps[name].astype(np.float64))
    if not slope > 0:
        return f"{name} {mean:.3g} (no interval: it does not follow the measured map)"
    low, high = ((each - offset) / slope for each in (interval.low, interval.high))
    return f"{name} {mean:.3g} [{low:.3g}, {high:.3g}]"


TOOLS: Final = (
    Tool(
        "residuals",
        "Residuals",
        "What the fused maps do not explain, divided by the expected noise; this should be noise.",
        "Each fused map is fitted to the measured one, and the difference is divided by the"
        " counting noise that the data show. Structure in it was lost or invented by the fusion."
        " The HAADF image is compared as it is.",
        _residuals,
    ),
    Tool(
        "missed-structure",
        "Missed structure",
        "What the HAADF image does not know, which is where maps differ from the fused ones by more"
        " than noise.",
        "The counts of spots of one to twenty pixels are compared with those that the fused map"
        " expects. A dopant or a vacancy that the HAADF image does not show, and that the fusion"
        " averaged away, stands out. The layers are in standard deviations of the noise.",
        _missed_structure,
    ),
    Tool(
        "tv-only",
        "Without HAADF",
        "What the HAADF image changed, as the fused maps minus maps denoised without it.",
        "The maps are denoised once more with the same parameters, but with a HAADF weight of 0."
        " Structure in the difference comes from the HAADF image and not from the element map;"
        " so does an even difference in level.",
        _tv_only,
    ),
    Tool(
        "null-element",
        "Flat map",
        "Whether a flat map, fused with the others, takes on false structure of the HAADF image.",
        "A map without structure is added and fused with the others. It has the mean, the counting"
        " noise and the atomic number of the weakest map. What structure it gains, weak maps can"
        " have gained too.",
        _null_element,
    ),
    Tool(
        "bootstrap",
        "Bootstrap",
        "How far the maps would scatter if measured again, and region means with 95 % intervals.",
        "The fused maps are taken for the specimen, measured again many times with the counting"
        " noise of the data, and fused each time. The intervals are somewhat narrow and assume"
        " that the HAADF model is right. To have the means of regions, select a"
        " layer of shapes or labels first.",
        _bootstrap,
    ),
)
"""All tools, in the order of their buttons."""
