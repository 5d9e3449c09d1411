"""A viewer with the layers of a finished fusion, filled in by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

import napari_mmfusion as mmf
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.layers.layer_set import LayerSet


class Fused(NamedTuple):
    viewer: object
    layers: LayerSet
    data: mmf.FusionDataset


def sample(shape=(24, 32), elements=("Sc", "Dy", "O")) -> mmf.FusionDataset:
    rng = np.random.default_rng(3)
    images = {name: (5 + 3 * rng.random(shape)).astype(np.float32) for name in ("HAADF", *elements)}
    return mmf.FusionDataset(images.pop("HAADF"), images, pixel_size=0.5, unit="nm", name="sample")


def fill(
    viewer, data: mmf.FusionDataset | None = None, fused: Iterable[str] | None = None
) -> Fused:
    """Add measured layers, and fused ones that are half as bright."""
    data = sample() if data is None else data
    layers = LayerSet(viewer)
    haadf, *maps = add_layers(viewer, data)
    place = {"scale": haadf.scale, "units": haadf.units, "axis_labels": haadf.axis_labels}
    layers.set_measured(None, haadf)
    for element, layer in zip(data.elements, maps, strict=True):
        layer.reset_contrast_limits()
        layers.set_measured(element, layer)
    for element in data.elements if fused is None else fused:
        like = layers.measured(element)
        look = {"colormap": like.colormap, "blending": "additive", "contrast_limits": (0, 1)}
        image = data.normalised(element) / 2
        layer = viewer.add_image(image, name=f"{element} fused", **look, **place)
        layers.set_fused(element, layer)
    model = data.normalised("HAADF") / 2
    if fused is None:
        look = {"name": "HAADF model", "visible": False, "contrast_limits": (0, 1)}
        layers.set_fused(None, viewer.add_image(model, **look, **place))
    return Fused(viewer, layers, data)


def look_of(viewer):
    """All of a view that a mode could change."""
    names = ("visible", "blending", "opacity")
    layers = [
        (
            layer.name,
            *(getattr(layer, name) for name in names),
            tuple(getattr(layer, "contrast_limits", ())),
            layer.name_overlay.visible,
        )
        for layer in viewer.layers
    ]
    scene, canvas = getattr(viewer, "scene", viewer), getattr(viewer, "canvas", viewer)
    grid = canvas.grid
    text = canvas.overlays.text if hasattr(canvas, "overlays") else viewer.text_overlay
    return {
        "layers": layers,
        "camera": (scene.camera.center, scene.camera.zoom),
        "grid": (grid.enabled, grid.shape, grid.stride, grid.spacing),
        "text": (text.visible, text.text),
        "selected": sorted(layer.name for layer in viewer.layers.selection),
        "active": getattr(viewer.layers.selection.active, "name", None),
        "ndim": viewer.dims.ndim,
    }


def connections_of(viewer):
    """How many callbacks listen to the layers."""
    return {
        layer.name: sum(
            len(getattr(layer.events, event).callbacks)
            for event in ("data", "contrast_limits", "colormap", "gamma")
        )
        for layer in viewer.layers
    }
