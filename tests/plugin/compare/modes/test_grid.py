"""Raw above fused."""

from __future__ import annotations

import pytest

components = pytest.importorskip("napari.components")

from fused_layers import fill, sample  # noqa: E402
from napari_mmfusion.plugin.compare.modes.grid import Grid, columns_of  # noqa: E402
from napari_mmfusion.plugin.qt.napari_versions import grid_of  # noqa: E402


def cells(viewer):
    """Names by row and column, by the rules of napari 0.9 and of the versions before it."""
    grid = grid_of(viewer)
    rows, columns = grid.shape
    found = {}
    for index, layer in enumerate(viewer.layers):
        before = index // grid.stride % (rows * columns)
        try:
            place = grid.position(index, viewer.layers)
        except TypeError:
            place = grid.position(index, len(viewer.layers))
        if layer.visible:
            assert tuple(place) == divmod(before, columns)
            found[tuple(place)] = layer.name
    return [[found.get((row, column)) for column in range(columns)] for row in range(rows)]


def test_columns_are_haadf_and_elements(fused):
    fused.viewer.layers.move(3, 0)
    fused.viewer.layers.reverse()
    Grid(fused.viewer, fused.layers).enter()
    assert grid_of(fused.viewer).enabled
    assert cells(fused.viewer) == [
        ["HAADF", "Sc", "Dy", "O"],
        ["HAADF model", "Sc fused", "Dy fused", "O fused"],
    ]
    assert all(layer.name_overlay.visible for layer in fused.viewer.layers)


def test_more_than_five_columns_are_continued_below():
    names = ("Sc", "Dy", "O", "Fe", "Co", "Ni")
    fused = fill(components.ViewerModel(), sample(elements=names))
    mode = Grid(fused.viewer, fused.layers)
    mode.enter()
    assert cells(fused.viewer) == [
        ["HAADF", "Sc", "Dy", "O"],
        ["HAADF model", "Sc fused", "Dy fused", "O fused"],
        ["Fe", "Co", "Ni", "empty"],
        ["Fe fused", "Co fused", "Ni fused", None],
    ]
    (empty,) = mode.own_layers()
    assert not empty.data.any()
    assert not empty.name_overlay.visible
    mode.leave()
    assert "empty" not in fused.viewer.layers


@pytest.mark.parametrize("n", range(1, 24))
def test_the_grid_is_as_even_as_it_can_be(n):
    columns = columns_of(n)
    blocks = -(-n // columns)
    assert columns <= 5
    assert blocks == -(-n // 5)
    assert blocks * (columns - 1) < n


def test_an_element_without_its_partner_has_no_column(fused):
    fused.viewer.layers.remove(fused.layers.fused("Dy"))
    Grid(fused.viewer, fused.layers).enter()
    assert cells(fused.viewer) == [["HAADF", "Sc", "O"], ["HAADF model", "Sc fused", "O fused"]]


def test_images_of_another_shape_are_left_out(fused):
    fused.layers.fused("Sc").data = fused.layers.fused("Sc").data[:5]
    Grid(fused.viewer, fused.layers).enter()
    assert cells(fused.viewer)[0] == ["HAADF", "Dy", "O"]
