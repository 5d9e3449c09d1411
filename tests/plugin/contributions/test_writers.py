"""The writers as functions: what they refuse, and that they lose nothing."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile

import napari_mmfusion as mmf

pytest.importorskip("napari.components")

from napari_mmfusion.io import atomic_write
from napari_mmfusion.plugin.contributions.writer_hdf5 import write_hdf5
from napari_mmfusion.plugin.contributions.writer_tiff import write_each, write_stack
from napari_mmfusion.plugin.layers.layer_image import distinct_names, image_of
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

WRITERS = [write_stack, write_each, write_hdf5]
IMAGE = np.arange(12, dtype=np.float32).reshape(3, 4)


def layer(data=IMAGE, name="Sc", kind="image", **attributes):
    return data, {"name": name, **attributes}, kind


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (layer(np.zeros((2, 3, 4))), "'Sc' is 2 x 3 x 4; only two-dimensional"),
        (layer(np.zeros(4)), "only two-dimensional"),
        (layer(np.zeros((0, 4))), "only two-dimensional"),
        (layer(np.zeros((3, 4, 3)), rgb=True), r"color \(RGB\)"),
        (layer(np.zeros((3, 4), np.complex64)), "complex64"),
        (layer(np.zeros((3, 4), int), kind="labels"), "a layer of type labels"),
        (layer(np.full((3, 4), 1e300)), "beyond single precision"),
    ],
)
def test_layers_that_no_writer_accepts_are_refused(tmp_path, write, bad, reason):
    with pytest.raises(mmf.MMFusionWriteError, match=reason) as caught:
        write(str(tmp_path / "file"), [layer(name="O"), bad])
    assert str(caught.value).isprintable()
    assert not isinstance(caught.value, ValueError)  # npe2 would swallow it
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("write", WRITERS[::2])
def test_layers_that_differ_do_not_share_a_file(tmp_path, write):
    with pytest.raises(mmf.MMFusionWriteError, match="'Sc' is 3 x 4 and 'O' 4 x 3"):
        write(str(tmp_path / "file"), [layer(), layer(IMAGE.T, "O")])
    with pytest.raises(mmf.MMFusionWriteError, match="'Sc' has none and 'O' 2 x 2 nm"):
        write(
            str(tmp_path / "file"),
            [layer(), layer(name="O", scale=(2, 2), units=("nanometer",) * 2)],
        )
    with pytest.raises(mmf.MMFusionWriteError, match="no layer"):
        write(str(tmp_path / "file"), [])
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("write", "ending"), [(write_stack, ".tif"), (write_each, ".tif"), (write_hdf5, ".h5")]
)
def test_an_ending_is_added_where_there_is_none(tmp_path, write, ending):
    (written,) = write(str(tmp_path / "v1.5 maps"), [layer()])
    assert written.startswith(str(tmp_path / "v1.5 maps"))
    assert written.endswith(ending)


@pytest.mark.parametrize(("write", "name"), [(write_stack, "maps.tif"), (write_hdf5, "maps.h5")])
def test_a_file_is_not_replaced_when_its_ending_was_not_typed(tmp_path, write, name):
    (tmp_path / name).write_text("precious")  # a dialog asked about "maps" only
    with pytest.raises(mmf.MMFusionWriteError, match=f"'{name}' exists already"):
        write(str(tmp_path / "maps"), [layer()])
    assert (tmp_path / name).read_text() == "precious"


def test_each_layer_gets_its_own_file(tmp_path):
    names = ["Sc", "Sc", "../Dy", "sc"]
    layers = [layer(IMAGE + i, name, scale=(2, 2)) for i, name in enumerate(names)]
    written = write_each(str(tmp_path / "run.tif"), layers)
    assert files_in(tmp_path) == ["run_.._Dy.tif", "run_Sc.tif", "run_Sc_2.tif", "run_sc_3.tif"]
    for i, path in enumerate(written):
        np.testing.assert_array_equal(tifffile.imread(path), IMAGE + i)


def test_files_the_dialog_did_not_ask_about_are_never_replaced(tmp_path):
    (tmp_path / "run_O.tif").write_text("precious")
    with pytest.raises(mmf.MMFusionWriteError, match=r"'run_O\.tif' exist"):
        write_each(str(tmp_path / "run.tif"), [layer(), layer(name="O")])
    assert files_in(tmp_path) == ["run_O.tif"]
    assert (tmp_path / "run_O.tif").read_text() == "precious"


@pytest.mark.parametrize(("write", "name"), [(write_stack, "a.tif"), (write_hdf5, "a.h5")])
def test_a_failed_write_leaves_the_old_file(tmp_path, write, name, monkeypatch):
    (tmp_path / name).write_text("precious")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_write.os, "fsync", full)
    with pytest.raises(mmf.MMFusionWriteError, match=f"{name}: could not be written .*No space"):
        write(str(tmp_path / name), [layer()])
    assert files_in(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "precious"


@pytest.mark.parametrize(("write", "name"), [(write_stack, "a.tif"), (write_hdf5, "a.h5")])
def test_the_file_the_user_chose_is_replaced(tmp_path, write, name):
    (tmp_path / name).write_text("old")
    assert write(str(tmp_path / name), [layer()]) == [str(tmp_path / name)]
    assert files_in(tmp_path) == [name]
    assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, np.int16, np.float16, ">f4", "f8"])
def test_real_numbers_of_any_kind_become_single_precision(dtype):
    data = np.array([[0, 1], [1, 0]]).astype(dtype)
    image = image_of(layer(data[::-1])).image
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, data[::-1].astype(float))


def test_the_full_resolution_of_a_pyramid_is_saved():
    image = image_of(layer([IMAGE, IMAGE[::2, ::2]], multiscale=True)).image
    np.testing.assert_array_equal(image, IMAGE)


def test_nan_and_infinity_stay_what_they_are(tmp_path):
    data = np.array([[np.nan, np.inf], [-np.inf, -0.0]], np.float32)
    (path,) = write_stack(str(tmp_path / "a"), [layer(data)])
    assert tifffile.imread(path).tobytes() == data.tobytes()


def test_pixels_that_are_not_square_keep_both_sizes(tmp_path):
    (path,) = write_stack(
        str(tmp_path / "a"), [layer(scale=(0.5, 0.25), units=("micrometer",) * 2)]
    )
    with tifffile.TiffFile(path) as file:
        tags = file.pages.first.tags
        assert tags["XResolution"].value == (4, 1)
        assert tags["YResolution"].value == (2, 1)
        assert file.imagej_metadata["unit"] == "um"


def test_a_layer_that_counts_pixels_has_no_size():
    assert image_of(layer(scale=(1, 1), units=("pixel", "pixel"))).pixel_size is None
    assert image_of(layer()).pixel_size is None


def test_distinct_names_keep_their_order():
    assert distinct_names(["O", "o", "O", "O_2"]) == ["O", "o_2", "O_3", "O_2_2"]


@pytest.mark.parametrize("element", ["Sc", None])
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MEASURED])
def test_only_measured_layers_are_loaded_as_maps(tmp_path, role, element):
    """A picture of an element, whatever made it, is not what was measured of the element."""
    measured = {
        name: layer(
            IMAGE + shift,
            name or "HAADF",
            metadata=LayerNote(Role.MEASURED, name, "scan").to_metadata(),
        )
        for shift, name in enumerate((None, "O"))
    }
    note = {"mmfusion": {"role": str(role), "element": element, "file": "scan", "sha256": None}}
    assert LayerNote.of(note).is_output
    picture = layer(-IMAGE, "Sc", metadata=note)
    for order in ([picture, *measured.values()], [*measured.values(), picture]):
        (path,) = write_hdf5(str(tmp_path / f"{len(files_in(tmp_path))}.h5"), order)
        data = mmf.load(path)
        assert data.elements == ("O",)
        np.testing.assert_array_equal(data.haadf, IMAGE)
        np.testing.assert_array_equal(data.maps["O"], IMAGE + 1)


def test_layers_of_others_keep_their_names(tmp_path):
    (path,) = write_hdf5(
        str(tmp_path / "a"), [layer(name="HAADF"), layer(IMAGE + 1, "Sc"), layer(IMAGE, "notes")]
    )
    assert mmf.load(path).elements == ("Sc",)
    assert [item.name for item in mmf.inspect(path).items] == ["HAADF", "Sc", "notes"]
