"""Description of a mode for the panel: its title, its settings and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from napari_mmfusion.plugin.compare.modes.mode import Mode


@dataclass(frozen=True)
class Setting:
    """A value that the user can change while the mode is on.

    Attributes
    ----------
    key : str
        Name of the argument that `ModeKind.make` takes.
    label, tooltip : str
        Texts in the panel.
    default : float or bool
        Initial value; booleans are shown as a check box, numbers as a slider.
    minimum, maximum, step : float
        Range and step of a slider.
    apply : callable (mode, value), optional
        Applies a new value to a mode that is on; without it, the mode is entered again.
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
        Whether the user chooses what is compared; otherwise all elements are.
    """

    title: str
    make: Callable[..., Mode]
    settings: tuple[Setting, ...] = ()
    takes_channel: bool = False
