"""The layers of a data set, without a window."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

napari_components = pytest.importorskip("napari.components")

from napari_mmfusion.colours import ELEMENT_COLOURS  # noqa: E402
from napari_mmfusion.plugin.layers.calibration import length_unit  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import add_layers  # noqa: E402
from napari_mmfusion.plugin.qt.napari_versions import fit_to_view  # noqa: E402


@pytest.fixture
def viewer():
    return napari_components.ViewerModel()


def scale_bar_of(viewer):
    canvas = getattr(viewer, "canvas", None)
    return canvas.overlays.scale_bar if hasattr(canvas, "overlays") else viewer.scale_bar


def dataset(**changes):
    haadf = np.arange(20.0).reshape(4, 5)
    given = {"pixel_size": 0.25, "unit": "nm", "name": "sample", "source_sha256": "ab" * 32}
    return mmf.FusionDataset(haadf, {"Sc": haadf + 1, "O": haadf[::-1]}, **(given | changes))


def test_every_image_is_a_layer(viewer):
    data = dataset()
    layers = add_layers(viewer, data)
    assert list(viewer.layers) == layers
    assert [layer.name for layer in layers] == ["HAADF", "Sc", "O"]
    np.testing.assert_array_equal(layers[0].data, data.haadf)
    np.testing.assert_array_equal(layers[2].data, data.maps["O"])


def test_the_haadf_is_gray_and_elements_add_their_colours(viewer):
    haadf, *elements = add_layers(viewer, dataset())
    assert haadf.colormap.name == "gray"
    assert all(layer.blending == "additive" for layer in elements)
    for layer, colour in zip(elements, ELEMENT_COLOURS, strict=False):
        expected = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        np.testing.assert_allclose(layer.colormap.map(1.0).ravel()[:3], expected, atol=1e-6)
        np.testing.assert_allclose(layer.colormap.map(0.0).ravel()[:3], 0)


def test_a_length_becomes_scale_unit_and_scale_bar(viewer):
    for layer in add_layers(viewer, dataset()):
        np.testing.assert_array_equal(layer.scale, [0.25, 0.25])
        assert [str(unit) for unit in layer.units] == ["nanometer", "nanometer"]
        assert layer.axis_labels == ("y", "x")
    assert scale_bar_of(viewer).visible


@pytest.mark.parametrize("changes", [{"pixel_size": None}, {"unit": "pixel"}, {"unit": "1/nm"}])
def test_without_a_unit_of_length_scales_are_in_pixels(viewer, changes):
    for layer in add_layers(viewer, dataset(**changes)):
        np.testing.assert_array_equal(layer.scale, [1, 1])
        assert str(layer.units[0]) == "pixel"
    assert not scale_bar_of(viewer).visible


def test_layers_record_their_origin(viewer):
    layers = add_layers(viewer, dataset(), "/data/sample.npz")
    (reading,) = {layer.metadata["mmfusion"].pop("reading") for layer in layers}
    assert [layer.metadata["mmfusion"] for layer in layers] == [
        {"file": "/data/sample.npz", "sha256": "ab" * 32, "element": element}
        for element in (None, "Sc", "O")
    ]
    again = add_layers(viewer, dataset(), "/data/sample.npz")
    assert again[0].metadata["mmfusion"]["reading"] != reading


def test_names_cannot_leave_a_folder(viewer):
    haadf = np.eye(3)
    names = ["../../Sc", "a\nb", "haadf", "Co"]
    layers = add_layers(viewer, mmf.FusionDataset(haadf, dict.fromkeys(names, haadf)))
    assert layers[0].name == "HAADF"
    assert len({layer.name for layer in layers}) == 5
    assert not any(set(layer.name) & set("/\\\n") for layer in layers)
    assert [layer.metadata["mmfusion"]["element"] for layer in layers[1:]] == names


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("nm", "nanometer"),
        (" Nanometres ", "nanometer"),
        ("A", "angstrom"),
        ("\N{ANGSTROM SIGN}", "angstrom"),
        ("\N{LATIN CAPITAL LETTER A WITH RING ABOVE}", "angstrom"),
        ("Angstrom", "angstrom"),
        ("\N{MICRO SIGN}m", "micrometer"),
        ("\N{GREEK SMALL LETTER MU}m", "micrometer"),
        ("um", "micrometer"),
        ("pm", "picometer"),
        ("pixel", None),
        ("px", None),
        ("", None),
        ("1/nm", None),
        ("mrad", None),
        ("9**9**9**9", None),
    ],
)
def test_units_of_length_are_known_by_their_usual_names(name, unit, viewer):
    assert length_unit(name) == unit
    add_layers(viewer, dataset(unit=name))


def test_fit_to_view_shows_all(viewer):
    add_layers(viewer, dataset())
    camera = getattr(viewer, "scene", viewer).camera
    camera.center = (0, 500, 500)
    fit_to_view(viewer)
    np.testing.assert_allclose(camera.center[-2:], (0.375, 0.5))
