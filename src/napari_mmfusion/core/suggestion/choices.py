"""The choices of a search besides the lambdas, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from napari_mmfusion.core.checks import quote
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.wording import Argument, Text

LAMBDAS: Final = ("lambda_tv", "lambda_chem")
"""What is searched in any case."""


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
            Text(
                "{} must map parameters to values to try, not {}",
                Argument("choices"),
                quote(choices),
            )
        )
    return {name: _values(name, values, params) for name, values in choices.items()}


def _values(name: Any, values: Any, params: FusionParameters) -> tuple[Any, ...]:
    label = Argument("choices", name)
    if name in LAMBDAS:
        raise MMFusionParameterError(
            Text(
                "{}: this lambda is searched in any case; take it out of {}",
                label,
                Argument("choices"),
            )
        )
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise MMFusionParameterError(
            Text("{} must hold values to try, not {}", label, quote(values))
        )
    given = tuple(values)
    if not given:
        raise MMFusionParameterError(Text("{} holds no value to try", label))
    kept: list[Any] = []
    for value in given:
        # As the parameters hold it; a value out of range is reported before the search.
        changed = params.replace(**{str(name): value})
        if not changed.regularize:
            raise MMFusionParameterError(
                Text(
                    "{}: {} cannot be off, for then there is no TV weight to choose",
                    label,
                    Argument("regularize"),
                )
            )
        value = getattr(changed, name)
        if value != getattr(params, name) and value not in kept:
            kept.append(value)
    return tuple(kept)
