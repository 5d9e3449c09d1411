"""Results of earlier runs: put aside by a person, or no longer those of the last run."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.io.naming import safe_name
from napari_mmfusion.plugin.layers.layer_set import LayerSet
from napari_mmfusion.plugin.layers.names import HAADF_MODEL, fused_name
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

if TYPE_CHECKING:
    from napari.layers import Image

_SHORT: Final = {"lambda_tv": "TV", "lambda_chem": "chem.", "n_iter": "iter.", "weighting": ""}
_LONGEST: Final = 32

_given: Final[weakref.WeakKeyDictionary[Any, str]] = weakref.WeakKeyDictionary()
"""The name that each output layer had before a person gave it another."""


def keep_result(layers: LayerSet, result: FusionResult) -> str:
    """Put the layers of a result aside: no run writes them again, and Compare offers them.

    Returns
    -------
    str
        What the kept result is called.
    """
    present = layers.fused_layers()
    name = _free_name(short_settings(result.params), layers.kept())
    for element, layer in present.items():
        keep_layer(layer, name)
        layers.forget_fused(element)
        layer.name = f"{own_name(element)} ({name})"
        layer.visible = False
    return name


def keep_layer(layer: Image, name: str) -> None:
    """Note that a fused layer is kept, as part of the result called `name`."""
    note = replace(LayerNote.of(layer), role=Role.KEPT, kept=name)
    layer.metadata.update(note.to_metadata())


def name_output(layer: Image, name: str) -> None:
    """Give an output layer its name; napari adds a number where it is taken."""
    layer.name = name
    _given[layer] = layer.name


def is_renamed(layer: Image) -> bool:
    """Whether a person gave a fused layer another name, to keep it."""
    if layer in _given:
        return bool(layer.name != _given[layer])
    own = re.escape(own_name(LayerNote.of(layer).element))
    return re.fullmatch(rf"{own}( \[\d+\])*", layer.name) is None


def own_name(element: str | None) -> str:
    """The name of an output layer."""
    return HAADF_MODEL if element is None else fused_name(safe_name(element))


def short_settings(params: FusionParameters) -> str:
    """The settings that differ from the defaults, or the two weights, in a few words.

    Examples
    --------
    >>> short_settings(FusionParameters(lambda_tv=0.15, lambda_chem=0.08))
    'TV 0.15, chem. 0.08'
    >>> short_settings(FusionParameters(lambda_tv=0.3, solver="converged"))
    'TV 0.3, chem. 0.08, converged'
    """
    defaults = FusionParameters()
    words = [f"TV {params.lambda_tv:.3g}", f"chem. {params.lambda_chem:.3g}"]
    if not params.regularize:
        words[0] = "no TV"
    for name, value in params.as_dict().items():
        if name in ("lambda_tv", "lambda_chem", "regularize") or value == getattr(defaults, name):
            continue
        words.append(_in_words(name, value))
    return _cut(words)


def _in_words(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    label = _SHORT.get(name) or FusionParameters.info(name).label
    if isinstance(value, dict):
        return f"{label} {', '.join(f'{key} {each:.3g}' for key, each in value.items())}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{label} {value}"
    return f"{label} {value:.4g}"


def _cut(words: list[str]) -> str:
    text = ", ".join(words)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip(' ,')}..."


def _free_name(name: str, taken: Iterable[str]) -> str:
    names = set(taken)
    number = 1
    free = name
    while free in names:
        number += 1
        free = f"{name} #{number}"
    return free
