"""What a mode tells the panel: its title, its settings and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from napari_mmfusion.plugin.compare.modes.mode import Mode


@dataclass(frozen=True)
class Setting:
    """A value that a person can change while the mode is on.

    Attributes
    ----------
    key : str
        Name of the argument that `ModeKind.make` takes.
    label, tooltip : str
        What the panel writes beside it.
    default : float or bool
        Value at first; true and false are shown as a check box, numbers as a slider.
    minimum, maximum, step : float
        Range of a slider, and the distance of its positions.
    apply : callable (mode, value), optional
        Changes a mode that is on; without it the mode is entered anew.
    """

    key: str
    label: str
    tooltip: str
    default: float | bool
    minimum: float = 0.0
    maximum: float = 1.0
    step: float = 0.01
    apply: Callable[[Any, Any], None] | None = None


@dataclass(frozen=True)
class ModeKind:
    """One way to compare.

    Attributes
    ----------
    title : str
        Its name in the panel.
    make : callable (viewer, layers, channels, **settings) to Mode
    settings : tuple of Setting
        In the order in which they are shown.
    takes_channel : bool
        Whether a person chooses what is compared; otherwise it is all elements.
    """

    title: str
    make: Callable[..., Mode]
    settings: tuple[Setting, ...] = ()
    takes_channel: bool = False
