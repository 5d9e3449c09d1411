"""Menus, File > Save and File > Open Sample in a real window."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf

napari = pytest.importorskip("napari")

from qtpy.QtWidgets import QFileDialog  # noqa: E402

from napari_mmfusion.plugin.contributions import menu_commands  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import (  # noqa: E402
    add_layers,
    fused_layer_data,
    show_layers,
)

pytestmark = pytest.mark.gui

PLUGIN = "napari-mmfusion"


@pytest.fixture(scope="module")
def result():
    return mmf.fuse(mmf.simulate("lattice", shape=(32, 48), counts=20), n_iter=3)


@pytest.fixture
def viewer(make_napari_viewer, result):
    made = make_napari_viewer()
    add_layers(made, result.data)
    show_layers(made, fused_layer_data(result))
    return made


def scale_bar_of(viewer):
    overlays = getattr(getattr(viewer, "canvas", None), "overlays", None)
    return viewer.scale_bar if overlays is None else overlays.scale_bar


def save_dialog(viewer, monkeypatch, path, filter_name, *, selected):
    """File > Save ..., with a path and a kind of file chosen in its dialog."""

    def choose(*_, **options):
        kinds = options["filter"].split(";;")
        (chosen,) = [kind for kind in kinds if filter_name in kind]
        return str(path), chosen

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    viewer.window._qt_viewer._save_layers_dialog(selected=selected)


@pytest.mark.parametrize("n", [1, 3])
def test_file_save_writes_selected_layers_as_tiff(viewer, monkeypatch, tmp_path, n):
    chosen = list(viewer.layers)[-n:]
    viewer.layers.selection = set(chosen)
    save_dialog(viewer, monkeypatch, tmp_path / "maps", "hyperstack", selected=True)
    with tifffile.TiffFile(tmp_path / "maps.tif") as file:
        pixels = file.asarray().reshape(n, 32, 48)
        labels = file.imagej_metadata["Labels"]
        assert file.imagej_metadata["unit"] == "nm"
        width = file.pages.first.tags["XResolution"].value
    np.testing.assert_array_equal(pixels, [layer.data for layer in chosen])
    assert ([labels] if n == 1 else labels) == [layer.name for layer in chosen]
    assert width[1] / width[0] == pytest.approx(chosen[0].scale[1])


def test_file_save_writes_one_file_a_layer(viewer, monkeypatch, tmp_path):
    folder = tmp_path / "saved"
    folder.mkdir()
    save_dialog(viewer, monkeypatch, folder / "all.tif", "one ImageJ file", selected=False)
    names = {path.name for path in folder.iterdir()}
    assert names == {f"all_{layer.name}.tif" for layer in viewer.layers}


def test_file_save_writes_hdf5_that_opens_again(viewer, monkeypatch, tmp_path):
    save_dialog(viewer, monkeypatch, tmp_path / "all", "HDF5", selected=False)
    before = [(layer.name, layer.data.tobytes(), tuple(layer.scale)) for layer in viewer.layers]
    viewer.layers.clear()
    viewer.open(tmp_path / "all.h5", plugin=PLUGIN)
    after = [(layer.name, layer.data.tobytes(), tuple(layer.scale)) for layer in viewer.layers]
    assert after == before


def actions():
    """What napari read from the manifest; before 0.9 it named widgets and samples differently."""
    from napari._app_model import get_app_model

    return get_app_model()


def commands_in(menu):
    items = (item for item in actions().menus.get_menu(menu) if hasattr(item, "command"))
    return {item.command.id for item in items}


@pytest.mark.usefixtures("viewer")
def test_menus_hold_the_commands():
    for menu, commands in {
        "napari/layers/filter": {"widget"},
        "napari/layers/visualize": {"colour_maps"},
        "napari/file/io_utilities": {"open_files", "save_results"},
    }.items():
        there = commands_in(menu)
        for name in commands:
            assert there & {f"{PLUGIN}.{name}", f"{PLUGIN}:Multi-modal fusion"}, menu


def execute(name):
    there = actions().commands
    (known,) = (id_ for id_ in (f"{PLUGIN}.{name}", f"{PLUGIN}:{name}") if id_ in there)
    return there.execute_command(known)


def test_open_files_needs_no_choice_of_a_reader(
    make_napari_viewer, monkeypatch, tmp_path, result, notices, qtbot
):
    viewer = make_napari_viewer()
    good, bad = tmp_path / "good.npz", tmp_path / "bad.npz"
    np.savez(good, HAADF=result.data.haadf, **result.data.maps)
    np.savez(bad, Sc=np.eye(3))
    chosen = [str(good), str(bad)], ""
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: chosen)
    execute("open_files")
    qtbot.waitUntil(lambda: not menu_commands._at_work)
    assert [layer.name for layer in viewer.layers] == ["HAADF", "Sc", "Dy", "O"]
    assert len(notices) == 1
    assert notices[0].startswith("bad.npz: no HAADF image found")


@pytest.mark.usefixtures("viewer")
def test_save_results_writes_the_folder(monkeypatch, tmp_path, qtbot):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    execute("save_results")
    qtbot.waitUntil(lambda: not menu_commands._at_work)
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_colour_maps_suits_layers_of_any_plugin(make_napari_viewer):
    viewer = make_napari_viewer()
    for name in ("map of Fe", "ADF", "O K", "note"):
        viewer.add_image(np.eye(4), name=name)
    execute("colour_maps")
    maps = [viewer.layers["map of Fe"], viewer.layers["O K"]]
    assert [layer.blending for layer in maps] == ["additive", "additive"]
    assert maps[0].colormap.name != maps[1].colormap.name
    assert viewer.layers["ADF"].colormap.name == "gray"
    assert viewer.layers["note"].blending != "additive"


def test_samples_open_from_the_menu(make_napari_viewer):
    viewer = make_napari_viewer()
    execute("core-shell")
    assert [layer.name for layer in viewer.layers] == ["HAADF", "Co", "S", "O"]
    assert scale_bar_of(viewer).visible
