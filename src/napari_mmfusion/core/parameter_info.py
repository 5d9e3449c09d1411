"""What one parameter is, and the check of its values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from napari_mmfusion.core.checks import check_names, check_number, check_whole_number, quote
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.values import FrozenMapping
from napari_mmfusion.core.wording import Argument, Text


@dataclass(frozen=True)
class ParameterInfo:
    """What a program needs to know to ask the user for one parameter.

    `solvers` are those that use it; none named are all.
    """

    label: str
    help: str
    kind: Literal["number", "integer", "flag", "choice", "numbers", "integers"]
    minimum: float = -math.inf
    maximum: float = math.inf
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    solvers: tuple[str, ...] = ()

    def is_used_by(self, solver: str) -> bool:
        """Whether a solver uses the parameter."""
        return not self.solvers or solver in self.solvers


def check_parameter(name: str, value: object, info: ParameterInfo) -> object:
    """`value` as it is kept, or `MMFusionParameterError` if it is not allowed."""
    if value is None:
        if info.optional:
            return None
        raise MMFusionParameterError(Text("{} must be given", Argument(name)))
    if info.kind == "choice":
        if not isinstance(value, str) or value not in info.choices:
            raise MMFusionParameterError(
                Text(
                    "{} must be one of {}, not {}",
                    Argument(name),
                    ", ".join(info.choices),
                    quote(value),
                )
            )
        return value
    if info.kind == "flag":
        if not np.isscalar(value) or value not in (True, False):
            raise MMFusionParameterError(
                Text("{} must be True or False, not {}", Argument(name), quote(value))
            )
        return bool(value)
    if info.kind in ("numbers", "integers"):
        if not isinstance(value, Mapping):
            raise MMFusionParameterError(
                Text("{} must map names to numbers, not {}", Argument(name), quote(value))
            )
        named = check_names(name, value, error=MMFusionParameterError)
        return FrozenMapping(
            {key: _check_number(Argument(name, key), z, info) for key, z in named.items()}
        )
    return _check_number(Argument(name), value, info)


def _check_number(name: Argument, value: object, info: ParameterInfo) -> float:
    if info.kind.startswith("integer"):
        return check_whole_number(name, value, int(info.minimum), int(info.maximum))
    return check_number(name, value, info.minimum, info.maximum)
