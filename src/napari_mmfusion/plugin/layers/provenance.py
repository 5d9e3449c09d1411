"""What every layer of a fusion says about where it comes from, in ``metadata["mmfusion"]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from napari_mmfusion._version import __version__
from napari_mmfusion.colours import element_colours
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.io.naming import safe_names
from napari_mmfusion.plugin.layers.layer_data import METADATA_KEY, LayerData, calibration

HAADF_MODEL: Final = "HAADF model"
FUSED: Final = "fused"


def fused_layer_data(result: FusionResult, file: str | None = None) -> list[LayerData]:
    """What napari makes the output layers from: the HAADF model, then each fused map.

    Parameters
    ----------
    result : FusionResult
        The images and what made them.
    file : str, optional
        Where the measured data came from; by default the name of the data.
    """
    metadata = fused_metadata(result, file)
    names = safe_names(result.data.elements)
    colours = element_colours(result.data.elements)

    def layer(image: Any, name: str, element: str | None, **look: Any) -> LayerData:
        own = {METADATA_KEY: metadata | {"element": element}}
        attributes = {"name": name, "metadata": own, **look, **calibration(result.data)}
        return image.copy(), attributes, "image"  # a copy, for the next run writes into it

    return [
        layer(result.haadf, HAADF_MODEL, None, colormap="gray"),
        *(
            layer(image, fused_name(names[key]), key, colormap=colours[key], blending="additive")
            for key, image in result.maps.items()
        ),
    ]


def fused_name(element: str) -> str:
    """Name of the layer of a fused map."""
    return f"{element} {FUSED}"


def fused_metadata(result: FusionResult, file: str | None = None) -> dict[str, Any]:
    """Everything that made a result, in plain values; each layer adds its ``"element"``.

    With the measured images it is enough to make the `FusionResult` again.
    """
    return {
        "file": file or result.data.name,
        "sha256": result.data.source_sha256,
        "role": FUSED,
        "version": __version__,
        "parameters": result.params.as_dict(),
        "weights": dict(result.weights),
        "lambda_haadf": result.lambda_haadf,
        "costs": result.costs.tolist(),
        "stopped": result.stopped,
    }


def metadata_of(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Our part of the metadata in a layer's attributes; empty for layers of others."""
    metadata = attributes.get("metadata")
    ours = metadata.get(METADATA_KEY) if isinstance(metadata, Mapping) else None
    return ours if isinstance(ours, Mapping) else {}


def is_fused(attributes: Mapping[str, Any]) -> bool:
    """Whether a layer holds the outcome of a fusion."""
    return metadata_of(attributes).get("role") == FUSED
