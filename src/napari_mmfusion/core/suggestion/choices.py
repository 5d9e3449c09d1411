"""The choices of a search besides the lambdas, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.parameters import FusionParameters

_SEARCHED = ("lambda_tv", "lambda_chem")


def checked_choices(choices: Any, params: FusionParameters) -> dict[str, tuple[Any, ...]]:
    """Values to try for each parameter, each once and without the one that `params` has.

    Raises
    ------
    MMFusionParameterError
        If it is no mapping of parameters to values, names a lambda that is searched anyway, or
        holds no value or one out of range.
    """
    if choices is None:
        return {}
    if not isinstance(choices, Mapping):
        raise MMFusionParameterError(
            f"choices must map parameters to values to try, not {quote(choices)}"
        )
    return {name: _values(name, values, params) for name, values in choices.items()}


def _values(name: Any, values: Any, params: FusionParameters) -> tuple[Any, ...]:
    label = f"choices[{name!r}]"
    if name in _SEARCHED:
        raise MMFusionParameterError(
            f"{label}: this lambda is searched in any case; take it out of the choices"
        )
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise MMFusionParameterError(f"{label} must hold values to try, not {quote(values)}")
    given = tuple(values)
    if not given:
        raise MMFusionParameterError(f"{label} holds no value to try")
    kept: list[Any] = []
    for value in given:
        # As the parameters hold it; a value out of range is reported before the search.
        changed = params.replace(**{str(name): value})
        if not changed.regularize:
            raise MMFusionParameterError(
                f"{label}: regularize cannot be off, for then there is no TV weight to choose"
            )
        value = getattr(changed, name)
        if value != getattr(params, name) and value not in kept:
            kept.append(value)
    return tuple(kept)
