"""Which layers belong together: by their reading, otherwise by how they came."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

components = pytest.importorskip("napari.components")

from napari.layers import Image  # noqa: E402
from napari.layers._source import layer_source  # noqa: E402

from napari_mmfusion.core.errors import MMFusionDataError  # noqa: E402
from napari_mmfusion.plugin.layers.data_choice import DataChoice  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import add_layers  # noqa: E402

pytestmark = pytest.mark.usefixtures("qapp")
RNG = np.random.default_rng(0)


@pytest.fixture
def viewer():
    return components.ViewerModel()


def data(name, elements=("Sc", "O"), shape=(8, 9)):
    images = {each: RNG.random(shape, dtype=np.float32) for each in elements}
    return mmf.FusionDataset(RNG.random(shape, dtype=np.float32), images, name=name)


def add_plain(viewer, *names, folder=None, shape=(8, 9)):
    added = []
    for name in names:
        path = None if folder is None else str(folder / f"{name}.tif")
        with layer_source(path=path):
            layer = Image(RNG.random(shape, dtype=np.float32), name=name)
        added.append(viewer.add_layer(layer))
    return added


def symbols(choice):
    return [(row.symbol, row.layer.name) for row in choice.chosen()]


def test_rows_follow_the_haadf_of_their_data_set(viewer):
    add_layers(viewer, data("a"))
    add_layers(viewer, data("b"))
    choice = DataChoice(viewer)
    assert choice.name == "a"
    assert symbols(choice) == [("Sc", "Sc"), ("O", "O")]
    choice.haadf = viewer.layers["HAADF [1]"]
    assert choice.name == "b"
    assert symbols(choice) == [("Sc", "Sc [1]"), ("O", "O [1]")]
    assert choice.mixture() == ""
    assert choice.source().name == "b"


def test_what_was_typed_stays_with_its_data_set(viewer):
    add_layers(viewer, data("a"))
    add_layers(viewer, data("b"))
    choice = DataChoice(viewer)
    choice.rows[0].typed_weight = 0.5
    choice.rows[1].enabled, choice.rows[1].typed_enabled = False, True
    choice.haadf = viewer.layers["HAADF [1]"]
    assert choice.overrides()["weights"] is None
    assert [row.enabled for row in choice.rows] == [True, True]
    choice.haadf = viewer.layers["HAADF"]
    assert choice.overrides()["weights"] == {"Sc": 0.5}
    assert [row.enabled for row in choice.rows] == [True, False]


def test_the_same_file_twice_is_two_data_sets(viewer):
    first = data("scan.npz")
    add_layers(viewer, first)
    add_layers(viewer, first)
    choice = DataChoice(viewer)
    assert [choice.data_sets.name(each.reading) for each in choice.data_sets] == [
        "scan",
        "scan (2)",
    ]


def test_a_row_of_another_data_set_is_a_mixture_and_said(viewer):
    add_layers(viewer, data("a"))
    add_layers(viewer, data("b"))
    choice = DataChoice(viewer)
    choice.assign(choice.rows[0], viewer.layers["Sc [1]"])
    assert choice.mixture() == "O of a; Sc of b with the HAADF of a"
    source = choice.source()
    assert source.name == choice.mixture()
    assert source.sha256 is None
    np.testing.assert_array_equal(source.maps["Sc"], viewer.layers["Sc [1]"].data)


def test_a_haadf_without_maps_takes_those_that_were_chosen(viewer):
    add_layers(viewer, data("a"))
    add_plain(viewer, "HAADF registered")
    choice = DataChoice(viewer)
    choice.haadf = viewer.layers["HAADF registered"]
    assert symbols(choice) == [("Sc", "Sc"), ("O", "O")]
    assert choice.mixture() == "maps of a with the HAADF of HAADF registered"


def test_layers_of_other_readers_are_told_apart_by_their_order(viewer):
    add_plain(viewer, "Sc", "HAADF", "O")
    add_plain(viewer, "Sc", "HAADF", "O")
    choice = DataChoice(viewer)
    assert symbols(choice) == [("Sc", "Sc"), ("O", "O")]
    choice.haadf = viewer.layers["HAADF [1]"]
    assert symbols(choice) == [("Sc", "Sc [1]"), ("O", "O [1]")]
    viewer.layers.reverse()
    assert symbols(choice) == [("O", "O [1]"), ("Sc", "Sc [1]")]  # as the layers are, no others


def test_layers_of_other_readers_are_told_apart_by_their_folder(viewer, tmp_path):
    add_plain(viewer, "HAADF", "Sc", folder=tmp_path / "a")
    add_plain(viewer, "Fe", "HAADF", folder=tmp_path / "b")
    choice = DataChoice(viewer)
    assert symbols(choice) == [("Sc", "Sc")]
    choice.haadf = viewer.layers["HAADF [1]"]
    assert symbols(choice) == [("Fe", "Fe")]


def test_maps_in_another_folder_than_their_haadf_join_it(viewer, tmp_path):
    add_plain(viewer, "HAADF", folder=tmp_path / "survey")
    add_plain(viewer, "Sc", "O", folder=tmp_path / "maps")
    assert symbols(DataChoice(viewer)) == [("Sc", "Sc"), ("O", "O")]


def test_a_map_that_is_added_later_joins(viewer):
    add_layers(viewer, data("a"))
    choice = DataChoice(viewer)
    add_plain(viewer, "Fe")
    assert symbols(choice) == [("Sc", "Sc"), ("O", "O"), ("Fe", "Fe")]
    assert choice.mixture() == ""


def test_maps_whose_haadf_was_deleted_join_no_other_data(viewer):
    add_plain(viewer, "HAADF", "Sc", "O")
    add_plain(viewer, "HAADF", "Sc", "Fe")
    choice = DataChoice(viewer)
    viewer.layers.remove("HAADF")
    assert choice.haadf is None  # another one must not come in unasked
    with pytest.raises(MMFusionDataError, match="no HAADF layer"):
        choice.source()
    choice.haadf = viewer.layers["HAADF [1]"]
    assert symbols(choice) == [("Sc", "Sc [1]"), ("Fe", "Fe")]


def test_data_that_are_replaced_leave_nothing(viewer):
    add_layers(viewer, data("a"))
    choice = DataChoice(viewer)
    viewer.layers.clear()
    assert choice.haadf is None
    assert choice.rows == []
    add_layers(viewer, data("b", ("Fe", "Co")))
    assert choice.name == "b"
    assert symbols(choice) == [("Fe", "Fe"), ("Co", "Co")]


def test_layers_that_come_one_by_one_are_one_data_set(viewer):
    choice = DataChoice(viewer)
    add_layers(viewer, data("a"))
    assert symbols(choice) == [("Sc", "Sc"), ("O", "O")]
    assert choice.name == "a"


@pytest.mark.parametrize(
    "names", [("HAADF 1", "HAADF", "Fe"), ("HAADF", "HAADF 1", "Fe"), ("HAADF", "Fe", "HAADF 1")]
)
@pytest.mark.parametrize("is_open", [False, True])
def test_the_layer_called_haadf_is_the_haadf(viewer, names, is_open):
    choice = DataChoice(viewer) if is_open else None
    add_plain(viewer, *names)
    choice = choice or DataChoice(viewer)
    assert choice.haadf is viewer.layers["HAADF"]
    assert symbols(choice) == [("Fe", "Fe")]
    assert choice.mixture() == ""


def test_the_haadf_of_the_shape_of_the_maps_is_taken(viewer):
    first, *maps = add_layers(viewer, data("a"))
    survey = viewer.add_image(
        RNG.random((20, 20)), name="survey ADF", metadata=dict(first.metadata)
    )
    viewer.layers.move(viewer.layers.index(survey), 0)
    choice = DataChoice(viewer)
    assert choice.haadf is first
    assert [row.layer for row in choice.chosen()] == maps


def test_images_changes_with_what_is_fused_only(viewer):
    add_layers(viewer, data("a"))
    choice = DataChoice(viewer)
    before = choice.images()
    viewer.layers.reverse()
    viewer.layers.reverse()
    viewer.add_image(RNG.random((8, 9)), name="something")
    assert choice.images() == before
    viewer.layers["Sc"].data = RNG.random((8, 9))
    changed = choice.images()
    assert changed != before
    choice.rows[0].enabled, choice.rows[0].typed_enabled = False, True
    assert choice.images() != changed


def test_a_closed_choice_follows_nothing(viewer):
    add_layers(viewer, data("a"))
    choice = DataChoice(viewer)
    choice.close()
    viewer.layers["Sc"].name = "Ti"
    viewer.layers["O"].data = RNG.random((8, 9))
    assert [row.symbol for row in choice.rows] == ["Sc", "O"]
