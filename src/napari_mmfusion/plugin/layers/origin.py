"""What a layer's metadata say it is: measured, made by us, or unknown to us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.plugin.layers.layer_data import METADATA_KEY
from napari_mmfusion.plugin.layers.provenance import FUSED, fused_metadata


def result_metadata(result: FusionResult, file: str) -> dict[str, Any]:
    """What made a result and how it went, in plain values; each layer adds its ``"element"``."""
    return fused_metadata(result, file) | {
        "offsets": dict(result.offsets),
        "scales": dict(result.scales),
        "iterations": len(result.costs),
        "partial": result.stopped,
        "verdict": str(result.verdict),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def is_output(metadata: Mapping[str, Any]) -> bool:
    """Whether a layer with this metadata was made by us from others, and is not to be fused."""
    ours = metadata.get(METADATA_KEY)
    return isinstance(ours, Mapping) and ("element" not in ours or "role" in ours)


def measured_element(metadata: Mapping[str, Any]) -> tuple[bool, str | None]:
    """Whether a reader of ours noted what the layer is, and the element (None: the HAADF)."""
    ours = metadata.get(METADATA_KEY)
    if not isinstance(ours, Mapping) or is_output(metadata):
        return False, None
    element = ours["element"]
    return True, None if element is None else str(element)


def fused_element(metadata: Mapping[str, Any]) -> tuple[bool, str | None]:
    """Whether a layer holds the outcome of a fusion, and the element (None: the HAADF model)."""
    ours = metadata.get(METADATA_KEY)
    if not isinstance(ours, Mapping) or ours.get("role") != FUSED or "element" not in ours:
        return False, None
    element = ours["element"]
    return True, None if element is None else str(element)


def parameters_of(metadata: Mapping[str, Any]) -> FusionParameters:
    """The parameters that made a layer.

    Raises
    ------
    MMFusionError
        If the layer carries none, or damaged ones.
    """
    ours = metadata.get(METADATA_KEY)
    stored = ours.get("parameters") if isinstance(ours, Mapping) else None
    if not isinstance(stored, Mapping):
        raise MMFusionError(
            "this layer carries no parameters; select a layer that a fusion made, such as"
            " 'HAADF model'"
        )
    try:
        return FusionParameters(**dict(stored))
    except (TypeError, ValueError) as error:
        raise MMFusionError(f"the parameters of this layer are damaged: {error}") from error
