"""Files in and out of napari, through npe2 as napari calls it: same pixels, names, scale, unit."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf
from napari_plugins import discover_plugins

components = pytest.importorskip("napari.components")
npe2 = pytest.importorskip("npe2")

from napari_mmfusion.plugin.contributions import samples  # noqa: E402
from napari_mmfusion.plugin.layers.layer_data import (  # noqa: E402
    add_layers,
    fused_layer_data,
    show_layers,
)
from napari_mmfusion.plugin.layers.results.file_layers import add_file  # noqa: E402

PLUGIN = "napari-mmfusion"


@pytest.fixture(scope="module", autouse=True)
def plugins():
    discover_plugins()


@pytest.fixture(scope="module")
def data():
    return mmf.simulate("lattice", shape=(32, 48), counts=20)


@pytest.fixture(scope="module")
def result(data):
    return mmf.fuse(data, n_iter=4)


@pytest.fixture
def files(data, tmp_path):
    """The same data as .npz and as .h5."""
    h5py = pytest.importorskip("h5py")
    images = {"HAADF": data.haadf, **data.maps}
    np.savez(tmp_path / "sample.npz", **images, pixel_size=data.pixel_size, unit=data.unit)
    with h5py.File(tmp_path / "sample.h5", "w", track_order=True) as file:
        for name, image in images.items():
            file[name] = image
        file.attrs.update(pixel_size=data.pixel_size, unit=data.unit)
    return [tmp_path / "sample.npz", tmp_path / "sample.h5"]


@pytest.fixture
def viewer():
    return components.ViewerModel()


@pytest.fixture
def fused(viewer, data, result):
    """A viewer with the measured and the fused layers."""
    add_layers(viewer, data)
    show_layers(viewer, fused_layer_data(result))
    return viewer


def summary(layer, *, metadata=True):
    """All properties that must be kept."""
    kept = (
        layer.name,
        np.asarray(layer.data).tobytes(),
        layer.data.shape,
        tuple(layer.scale),
        tuple(map(str, layer.units)),
        layer.axis_labels,
        layer.blending,
        layer.colormap.colors.tobytes(),
        tuple(layer.contrast_limits),
    )
    return (*kept, without_reading(layer.metadata)) if metadata else kept


def without_reading(metadata):
    """The metadata but for what tells one reading of a file from the next."""
    note = {key: value for key, value in metadata.get("mmfusion", {}).items() if key != "reading"}
    return metadata | ({"mmfusion": note} if note else {})


def summaries(layers, **options):
    return [summary(layer, **options) for layer in layers]


@pytest.mark.parametrize("index", [0, 1], ids=["npz", "h5"])
def test_a_file_gives_the_same_layers_whichever_way_it_is_opened(files, index):
    path = files[index]
    by_reader, by_button, by_hand = (components.ViewerModel() for _ in range(3))
    by_reader.open(path, plugin=PLUGIN)
    add_file(by_button, path)
    add_layers(by_hand, mmf.load(path), str(path))
    assert summaries(by_reader.layers) == summaries(by_button.layers) == summaries(by_hand.layers)
    assert [layer.name for layer in by_reader.layers] == ["HAADF", "Sc", "Dy", "O"]


def test_npz_and_h5_differ_in_nothing_but_their_source(files):
    viewers = [components.ViewerModel() for _ in files]
    for viewer, path in zip(viewers, files, strict=True):
        viewer.open(path, plugin=PLUGIN)
    first, second = (summaries(viewer.layers, metadata=False) for viewer in viewers)
    assert first == second


def test_files_with_capital_endings_are_accepted_too(files, viewer):
    path = files[0].rename(files[0].with_suffix(".NPZ"))
    assert len(viewer.open(path, plugin=PLUGIN)) == 4


def test_several_files_open_one_after_the_other(files, viewer):
    viewer.open([files[1], files[1]], plugin=PLUGIN, stack=True)
    assert len(viewer.layers) == 8


def test_a_bad_file_is_reported_and_adds_no_layer(tmp_path, viewer):
    np.savez(tmp_path / "bad.npz", Sc=np.eye(3))
    with pytest.raises(mmf.MMFusionReadError, match=r"bad\.npz: no HAADF image found"):
        viewer.open(tmp_path / "bad.npz", plugin=PLUGIN)
    assert not viewer.layers


@pytest.mark.parametrize("sample", mmf.PHANTOMS)
def test_a_sample_opens_like_simulated_data(viewer, sample):
    viewer.open_sample(PLUGIN, sample)
    other = components.ViewerModel()
    add_layers(other, mmf.simulate(sample, shape=(256, 256), counts=10))
    assert summaries(viewer.layers) == summaries(other.layers)


def test_every_phantom_is_a_sample():
    manifest = npe2.PluginManifest.from_distribution(PLUGIN)
    assert {sample.key for sample in manifest.contributions.sample_data} == set(mmf.PHANTOMS)
    assert callable(samples.core_shell)


def read_tiff(path):
    with tifffile.TiffFile(path) as file:
        tags = file.pages.first.tags
        x, y = (tags[name].value for name in ("XResolution", "YResolution"))
        return file.asarray(), file.imagej_metadata, (y[1] / y[0], x[1] / x[0])


@pytest.mark.parametrize("n", [2, 3, 4, 8])
def test_layers_saved_as_tiff_are_channels_with_names_and_pixel_size(fused, tmp_path, n):
    saved = fused.layers[-n:]
    path = tmp_path / "maps.tif"
    written = npe2.write(path, list(saved))
    assert written == [str(path)]
    pixels, metadata, size = read_tiff(path)
    np.testing.assert_array_equal(pixels, [layer.data for layer in saved])
    assert pixels.dtype == np.float32
    assert metadata["Labels"] == [layer.name for layer in saved]
    assert metadata["channels"] == n
    assert metadata["mode"] == ("composite" if n <= 7 else "color")
    assert metadata["unit"] == "nm"
    np.testing.assert_allclose(size, saved[0].scale, rtol=1e-6)
    info = json.loads(metadata["Info"])["layers"]["Dy fused"]
    assert info["parameters"]["n_iter"] == 4
    assert "costs" not in info


def test_tiff_keeps_colours_and_contrast(fused, tmp_path):
    fused.layers["Sc"].contrast_limits = (0.25, 0.75)
    npe2.write(tmp_path / "maps.tif", [fused.layers["Sc"], fused.layers["Dy"]])
    _, metadata, _ = read_tiff(tmp_path / "maps.tif")
    assert metadata["Ranges"][:2] == (0.25, 0.75)
    colour = fused.layers["Dy"].colormap.map(1.0).ravel()[:3]
    np.testing.assert_allclose(metadata["LUTs"][1][:, -1] / 255, colour, atol=0.003)
    np.testing.assert_array_equal(metadata["LUTs"][1][:, 0], 0)


@pytest.mark.parametrize("n", [1, 3])
def test_layers_save_uses_the_writers_of_the_plugin(fused, tmp_path, n):
    path = tmp_path / "saved.tif"
    fused.layers.selection = set(fused.layers[-n:])
    assert fused.layers.save(str(path), selected=True, plugin=PLUGIN) == [str(path)]
    pixels, metadata, size = read_tiff(path)
    expected = [layer.data for layer in fused.layers[-n:]]
    np.testing.assert_array_equal(pixels, expected if n > 1 else expected[0])
    names = [layer.name for layer in fused.layers[-n:]]
    assert metadata["Labels"] == (names if n > 1 else names[0])
    np.testing.assert_allclose(size, fused.layers[-1].scale, rtol=1e-6)


def test_a_tiff_opens_again_in_napari(fused, tmp_path):
    npe2.write(tmp_path / "maps.tif", list(fused.layers[-3:]))
    viewer = components.ViewerModel()
    (layer,) = viewer.open(tmp_path / "maps.tif", plugin="napari")
    np.testing.assert_array_equal(layer.data, [layer.data for layer in fused.layers[-3:]])


@pytest.mark.parametrize("n", [1, 3, 5, 8])
@pytest.mark.parametrize("ending", [".h5", ".hdf5"])
def test_layers_saved_as_hdf5_open_as_the_same_layers(fused, tmp_path, n, ending):
    path = tmp_path / f"saved{ending}"
    saved = list(fused.layers[-n:])
    if n < 8:  # all of them are a result, which has the colours of its elements
        saved[-1].colormap = "viridis"
        saved[-1].contrast_limits = (0.1, 0.4)
    assert npe2.write(path, saved) == [str(path)]
    viewer = components.ViewerModel()
    viewer.open(path, plugin=PLUGIN)
    assert summaries(viewer.layers, metadata=False) == summaries(saved, metadata=False)
    for opened, original in zip(viewer.layers, saved, strict=True):
        opened_note, original_note = (layer.metadata["mmfusion"] for layer in (opened, original))
        assert opened_note["element"] == original_note["element"]
        assert opened_note.get("parameters") == original_note.get("parameters")


def test_all_layers_of_a_fusion_make_the_file_of_the_results(fused, result, tmp_path):
    npe2.write(tmp_path / "all.h5", list(fused.layers))
    folder = mmf.save(result, tmp_path / "folder")
    one, other = components.ViewerModel(), components.ViewerModel()
    one.open(tmp_path / "all.h5", plugin=PLUGIN)
    other.open(folder / "Fused_Reconstruction.h5", plugin=PLUGIN)
    assert summaries(one.layers, metadata=False) == summaries(other.layers, metadata=False)
    assert summaries(one.layers, metadata=False) == summaries(fused.layers, metadata=False)
    costs = [viewer.layers[-1].metadata["mmfusion"]["costs"] for viewer in (one, other)]
    assert costs[0] == costs[1] == result.costs.tolist()


def test_measured_layers_saved_as_hdf5_can_be_loaded_and_fused(fused, data, result, tmp_path):
    npe2.write(tmp_path / "measured.h5", list(fused.layers[:4]))
    loaded = mmf.load(tmp_path / "measured.h5")
    assert loaded.elements == data.elements
    assert (loaded.pixel_size, loaded.unit) == (data.pixel_size, "nm")
    again = mmf.fuse(loaded, result.params)
    for element in data.elements:
        # The simulated data were of double precision, layers are of single.
        np.testing.assert_allclose(again.maps[element], result.maps[element], atol=1e-6)


def test_layers_of_other_plugins_are_saved_too(viewer, tmp_path):
    viewer.add_image(np.arange(12, dtype=np.uint16).reshape(3, 4), name="../a: b", scale=(2, 3))
    npe2.write(tmp_path / "other.h5", list(viewer.layers), plugin_name=PLUGIN)
    other = components.ViewerModel()
    (layer,) = other.open(tmp_path / "other.h5", plugin=PLUGIN)
    np.testing.assert_array_equal(layer.data, viewer.layers[0].data)
    assert layer.name == "__a_ b"
