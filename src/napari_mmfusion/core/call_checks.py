"""Checks of the arguments that say how a function is to run."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from napari_mmfusion.core import native
from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.wording import Argument, Text

_STOPS: Final = ("stop", "observe")


def check_flag(name: str, value: Any) -> bool:
    """`value` as a bool; 0, 1 and NumPy's booleans are taken, but "no" is a mistake.

    Raises
    ------
    MMFusionParameterError
        If it is none.

    Examples
    --------
    >>> check_flag("overwrite", "no")
    Traceback (most recent call last):
    ...
    napari_mmfusion...MMFusionParameterError: overwrite must be True or False, not 'no'
    """
    if isinstance(value, bool | np.bool_) or (type(value) is int and value in (0, 1)):
        return bool(value)
    raise MMFusionParameterError(
        Text("{} must be True or False, not {}", Argument(name), quote(value))
    )


def check_calls(**arguments: Any) -> None:
    """Refuse stop flags that are none, and anything else that cannot be called.

    Raises
    ------
    MMFusionParameterError
        If an argument called `stop` or `observe` is given and no `StopFlag`, or another is given
        and no function.
    """
    for name, value in arguments.items():
        if value is None:
            continue
        if name in _STOPS and not isinstance(value, native.StopFlag):
            raise MMFusionParameterError(
                Text("{} must be a StopFlag, not {}", Argument(name), quote(value))
            )
        if name not in _STOPS and not callable(value):
            raise MMFusionParameterError(
                Text("{} must be a function, not {}", Argument(name), quote(value))
            )
