"""The trust tools of the dock: what each button does and shows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from napari_mmfusion.core.fusion import FusionResult, StopFlag
from napari_mmfusion.core.image import FloatImage
from napari_mmfusion.core.trust import (
    bootstrap,
    bootstrap_iter,
    null_element_test,
    residuals,
    tv_only,
)

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
    function : callable
        The public function; its docstring is the documentation of the button.
    run : callable of (result, regions, stop) to iterator of Outcome
    """

    key: str
    title: str
    function: Callable[..., Any]
    run: Callable[[FusionResult, Masks, StopFlag], Iterator[Outcome]]

    @property
    def explanation(self) -> str:
        """What it shows, in one sentence."""
        return self._paragraphs()[0]

    @property
    def details(self) -> str:
        """How it works."""
        return self._paragraphs()[1]

    def _paragraphs(self) -> list[str]:
        text = inspect.getdoc(self.function) or "\n\n"
        return [" ".join(part.split()) for part in text.split("\n\n")]


def _residuals(result: FusionResult, _: Masks, __: StopFlag) -> Iterator[Outcome]:
    found = residuals(result)
    pictures = [Picture("HAADF residual", None, found.haadf)]
    pictures += [Picture(f"{name} residual", name, image) for name, image in found.maps.items()]
    yield Outcome(pictures, str(found))


def _tv_only(result: FusionResult, _: Masks, stop: StopFlag) -> Iterator[Outcome]:
    found = tv_only(result, stop=stop)
    pictures = [
        Picture(f"{name} fused \N{MINUS SIGN} TV only", name, image)
        for name, image in found.changes.items()
    ]
    yield Outcome(pictures, str(found))


def _null_element(result: FusionResult, _: Masks, stop: StopFlag) -> Iterator[Outcome]:
    found = null_element_test(result, stop=stop)
    yield Outcome([Picture("Flat map fused", "null", found.fused, signed=False)], str(found))


def _bootstrap(result: FusionResult, regions: Masks, stop: StopFlag) -> Iterator[Outcome]:
    for state in bootstrap_iter(result, regions=regions, stop=stop):
        pictures = [
            Picture(f"{name} deviation", name, image, signed=False)
            for name, image in state.deviations.items()
            if state.done > 1
        ]
        yield Outcome(pictures, str(state), state.done, state.n)


TOOLS: Final = (
    Tool("residuals", "Residuals", residuals, _residuals),
    Tool("tv-only", "Without HAADF", tv_only, _tv_only),
    Tool("null-element", "Flat map", null_element_test, _null_element),
    Tool("bootstrap", "Bootstrap", bootstrap, _bootstrap),
)
"""All tools, in the order of their buttons."""
