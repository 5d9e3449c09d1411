"""Layers of other readers are read like the images of a file: all names together."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

components = pytest.importorskip("napari.components")

from napari_mmfusion.plugin.layers.data_choice import DataChoice  # noqa: E402

pytestmark = pytest.mark.usefixtures("qapp")
RNG = np.random.default_rng(0)
PREFIX = "1245 SI HAADF 1245 20230412"

SETS = {
    "one word in all": ["HAADF", "Co_align", "In_align", "Pt_align"],
    "one prefix in all": [f"{PREFIX} Co", f"{PREFIX} O", f"{PREFIX} HAADF"],
    "numbered": ["HAADF 1", "HAADF", "Fe", "O"],
    "other signals": ["A-C", "B-D", "DF4-A", "HAADF", "BF-S", "Fe", "X", "Y"],
    "small letters": ["haadf", "fe", "o"],
    "words": ["HAADF", "Ga", "As", "As measured", "No. 3"],
}


@pytest.mark.parametrize("names", SETS.values(), ids=SETS)
def test_dock_and_load_choose_alike(names, tmp_path):
    images = {name: RNG.random((8, 9), dtype=np.float32) for name in names}
    np.savez(tmp_path / "data.npz", **images)
    loaded = mmf.load(tmp_path / "data.npz")
    viewer = components.ViewerModel()
    choice = DataChoice(viewer)
    for name, image in images.items():  # one by one, as napari's own reader adds files
        viewer.add_image(image, name=name)
    chosen = {row.symbol: row.layer.data for row in choice.chosen()}
    assert chosen.keys() == set(loaded.elements)
    for element, image in chosen.items():
        np.testing.assert_array_equal(image, loaded.maps[element])
    np.testing.assert_array_equal(choice.haadf.data, loaded.haadf)
    assert len(list(choice.data_sets)) == 1
