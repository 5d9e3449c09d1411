from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf

Write = Callable[..., Path]
Refusal = Callable[..., str]
IMAGE = np.arange(20.0).reshape(4, 5)


def named(*names: str, **others: Any) -> dict[str, Any]:
    return {name: IMAGE + k for k, name in enumerate(names)} | others


@pytest.mark.parametrize(
    "name", ["HAADF", "HAADF-STEM", "ADF", "DF-S", "DF4", "haadf", "raw_haadf"]
)
def test_the_haadf_is_found_by_its_usual_names(write_npz: Write, name: str) -> None:
    data = mmf.load(write_npz(named("Co", name)))
    assert data.elements == ("Co",)
    np.testing.assert_array_equal(data.haadf, IMAGE + 1)


def test_the_name_haadf_wins_over_similar_ones(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("ADF", "HAADF", "DF4", "Co")))
    np.testing.assert_array_equal(data.haadf, IMAGE + 1)


def test_the_haadf_can_be_named(write_npz: Write) -> None:
    path = write_npz(named("HAADF", "survey", "Co"))
    np.testing.assert_array_equal(mmf.load(path, haadf="survey").haadf, IMAGE + 1)


def test_a_map_named_as_haadf_is_no_map_any_more(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("Co", "O")), haadf="O")
    assert data.elements == ("Co",)


def test_a_missing_haadf_is_reported_with_the_images_found(
    write_npz: Write, refusal: Refusal
) -> None:
    message = refusal(write_npz(named("survey", "Co")))
    assert "no HAADF image found; the file holds 'survey', 'Co'" in message
    assert "haadf=..." in message


def test_a_named_haadf_that_is_missing(write_npz: Write, refusal: Refusal) -> None:
    message = refusal(write_npz(named("HAADF", "Co")), haadf="DF4")
    assert "no image 'DF4' to use as HAADF; the file holds 'HAADF', 'Co'; give haadf=" in message


def test_several_haadf_images_are_listed(write_npz: Write, refusal: Refusal) -> None:
    message = refusal(write_npz(named("ADF", "Co", "DF4")))
    assert "several images may be the HAADF: 'ADF', 'DF4'; choose one with haadf=" in message


def test_a_haadf_profile_does_not_hide_the_haadf_image(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("ADF", "Co", DF4=np.arange(3))))
    np.testing.assert_array_equal(data.haadf, IMAGE)


def test_maps_are_called_by_their_symbols(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("O K", "HAADF", "map of Sc", "Fe-L2,3", "Intensity")))
    assert data.elements == ("O", "Sc", "Fe")
    np.testing.assert_array_equal(data.maps["Sc"], IMAGE + 2)


def test_elements_are_chosen_by_symbol_or_name_in_the_order_asked_for(write_npz: Write) -> None:
    path = write_npz(named("HAADF", "Co_K", "Mn", "O", "sum"))
    data = mmf.load(path, elements=["sum", "O", "Co", "Mn"])
    assert data.elements == ("sum", "O", "Co", "Mn")
    np.testing.assert_array_equal(data.maps["Co"], IMAGE + 1)
    np.testing.assert_array_equal(data.maps["sum"], IMAGE + 4)
    assert mmf.load(path, elements=["Co_K"]).elements == ("Co",)
    assert mmf.load(path, elements="Mn").elements == ("Mn",)


def test_two_maps_of_one_element_must_be_chosen_from(write_npz: Write, refusal: Refusal) -> None:
    path = write_npz(named("HAADF", "Co_K", "Co_L", "O"))
    for options in ({}, {"elements": ["Co"]}):
        message = refusal(path, **options)
        assert "'Co_K', 'Co_L' all stand for 'Co'" in message
        assert "elements=[...]" in message
    np.testing.assert_array_equal(mmf.load(path, elements=["Co_L"]).maps["Co"], IMAGE + 2)
    message = refusal(path, elements=["Co_L", "O", "Co_K"])
    assert "'Co_L' and 'Co_K' are both chosen for 'Co'; name only one" in message


def test_a_map_is_preferred_to_a_spectrum(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("HAADF", "Co", "Mn", Co_spectrum=np.arange(9))))
    assert data.elements == ("Co", "Mn")


def test_no_map_at_all(write_npz: Write, refusal: Refusal) -> None:
    message = refusal(write_npz(named("HAADF", "Intensity", "CoO")))
    assert "no chemical map found; the file holds 'Intensity', 'CoO'" in message
    assert "elements=[...]" in message


def test_a_map_that_is_not_there(write_npz: Write, refusal: Refusal) -> None:
    message = refusal(write_npz(named("HAADF", "Co")), elements=["Co", "Xe"])
    assert "no chemical map 'Xe'; the file holds 'Co'; give elements=" in message


def test_no_element_asked_for(write_npz: Write, refusal: Refusal) -> None:
    message = refusal(write_npz(named("HAADF", "Co")), elements=[])
    assert "elements is empty; the file holds 'Co'; name at least one" in message


@pytest.mark.parametrize("bad", [IMAGE[:, :4], np.ones((5, 5)), IMAGE.T, np.ones((8, 10))])
def test_every_shape_is_named_where_an_element_would_be_lost(
    write_npz: Write, refusal: Refusal, bad: Any
) -> None:
    message = refusal(write_npz(named("HAADF", "Co", O_K=bad)))
    shape = " x ".join(map(str, bad.shape))
    assert f"'HAADF' is 4 x 5, 'Co' is 4 x 5, 'O_K' is {shape}" in message
    assert "expected two-dimensional images of one shape" in message
    assert "elements=[...]" in message


BYSTANDERS = {
    "a single value": np.float64(3),
    "a spectrum": IMAGE[0],
    "an array of spectra": np.ones((4, 5, 64)),
    "a matrix": np.eye(2),
    "a survey": np.ones((64, 64)),
}


@pytest.mark.parametrize("other", BYSTANDERS.values(), ids=BYSTANDERS)
def test_what_is_no_map_of_this_area_blocks_nothing(write_npz: Write, other: Any) -> None:
    data = mmf.load(write_npz(named("HAADF", "Co", O_K=other, ADF=other)))
    assert data.elements == ("Co",)
    np.testing.assert_array_equal(data.haadf, IMAGE)
    assert list(data.reader_notes.left_out) == (["O_K", "ADF"] if np.ndim(other) > 1 else [])


@pytest.mark.parametrize("other", BYSTANDERS.values(), ids=BYSTANDERS)
def test_nor_does_it_take_the_place_of_a_map(write_npz: Write, other: Any) -> None:
    data = mmf.load(write_npz({"HAADF survey": other, "O": other} | named("ADF", "O K", "Co")))
    assert set(data.elements) == {"O", "Co"}
    np.testing.assert_array_equal(data.haadf, IMAGE)
    np.testing.assert_array_equal(data.maps["O"], IMAGE + 1)


@pytest.mark.parametrize("axes", [(0,), (-1,), (1,), (0, -1)])
def test_axes_of_length_1_are_left_away(write_npz: Write, axes: tuple[int, ...]) -> None:
    data = mmf.load(write_npz({n: np.expand_dims(i, axes) for n, i in named("HAADF", "O").items()}))
    np.testing.assert_array_equal(data.maps["O"], IMAGE + 1)


def test_a_stack_is_refused_even_if_all_are_stacks(write_npz: Write, refusal: Refusal) -> None:
    stack = np.stack([IMAGE, IMAGE])
    message = refusal(write_npz({"HAADF": stack, "Co": stack}))
    assert "'HAADF' is 2 x 4 x 5, 'Co' is 2 x 4 x 5" in message
    message = refusal(write_npz({"HAADF": IMAGE, "Co": stack}))
    assert "'HAADF' is 4 x 5, 'Co' is 2 x 4 x 5" in message


def test_transposed_maps_are_said_to_be_transposed(write_npz: Write, refusal: Refusal) -> None:
    message = refusal(write_npz({"HAADF": IMAGE, "Co": IMAGE.T, "O": IMAGE.T}))
    assert "transposed against the HAADF image: 'HAADF' is 4 x 5, 'Co' is 5 x 4" in message
    assert "numpy.transpose" in message


def test_which_of_the_maps_is_transposed_is_said(write_npz: Write, refusal: Refusal) -> None:
    image, turned = np.ones((4, 5)), np.ones((5, 4))
    message = refusal(write_npz({"HAADF": image, "Co": image, "Mn": image, "O": turned}))
    assert "'O' looks transposed against the others" in message
    assert "write the file again with it transposed (numpy.transpose)" in message
    message = refusal(write_npz({"HAADF": image, "Co": image, "Mn": turned, "O": turned}))
    assert "'Mn' and 'O' look transposed" in message
    with pytest.raises(mmf.MMFusionDataError, match=r"O 5 x 4; crop .*, or transpose O"):
        mmf.FusionDataset(image, {"Co": image, "O": turned})
    with pytest.raises(mmf.MMFusionDataError) as caught:
        mmf.FusionDataset(np.ones((4, 4)), {"Co": np.ones((4, 4)), "O": turned})
    assert "transpose" not in str(caught.value)


def test_a_clear_name_is_preferred_to_a_guess(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("HAADF", "In counts", "In_La", "Ga")))
    np.testing.assert_array_equal(data.maps["In"], IMAGE + 2)
    assert data.reader_notes.left_out == {"In counts": "'In_La' is used for In"}
    assert data.reader_notes.guessed == {}


def test_what_is_left_out_and_guessed_is_said(write_npz: Write) -> None:
    data = mmf.load(write_npz(named("HAADF", "STO film O", "BF", "Intensity", "ABF")))
    assert data.elements == ("O",)
    assert data.reader_notes.guessed == {"O": "'O' may be a label"}
    assert data.reader_notes.left_out == {
        "BF": "'BF' is another signal",
        "Intensity": "its name holds no single element symbol",
        "ABF": "'ABF' is another signal",
    }
    chosen = mmf.load(write_npz(named("HAADF", "Co", "BF")), elements=["Co"])
    assert chosen.reader_notes.sentences == ()


def test_names_written_otherwise_can_be_chosen(write_npz: Write) -> None:
    path = write_npz(named("HAADF", "seg B", "co", "Mn"))
    assert mmf.load(path).elements == ("Mn",)
    assert mmf.load(path, elements=["co", "seg B"]).elements == ("Co", "B")


def test_the_haadf_itself_cannot_be_a_map(write_npz: Write, refusal: Refusal) -> None:
    assert "no chemical map 'HAADF'" in refusal(write_npz(named("HAADF", "O")), elements=["HAADF"])


def test_an_empty_image_is_refused(write_npz: Write, refusal: Refusal) -> None:
    empty = np.zeros((0, 5))
    assert "'HAADF' is 0 x 5" in refusal(write_npz({"HAADF": empty, "Co": empty}))


def test_what_is_not_chosen_may_be_of_any_shape(write_npz: Write) -> None:
    path = write_npz(named("HAADF", "Co", energy=np.arange(9), O=IMAGE[0], note=np.array("x")))
    assert mmf.load(path, elements=["Co"]).elements == ("Co",)


def test_fused_images_are_not_data(write_npz: Write) -> None:
    path = write_npz(named("raw_haadf", "raw_Co", "fused_haadf", "fused_Co", costHAADF=[1.0]))
    data = mmf.load(path)
    np.testing.assert_array_equal(data.haadf, IMAGE)
    np.testing.assert_array_equal(data.maps["Co"], IMAGE + 1)
    chosen = mmf.load(path, elements=["fused_Co"])
    np.testing.assert_array_equal(chosen.maps["Co"], IMAGE + 3)


def test_inspect_shows_roles_where_load_refuses(write_npz: Write, refusal: Refusal) -> None:
    path = write_npz(named("ADF", "DF4", "Co_K", "Co_L", "sum", O=IMAGE[0]))
    refusal(path)
    contents = mmf.inspect(path)
    assert contents.name == "data.npz"
    assert {item.name: item.role for item in contents.items} == {
        "ADF": "HAADF",
        "DF4": "HAADF",
        "Co_K": "Co",
        "Co_L": "Co",
        "sum": None,
        "O": None,
    }
    oxygen = contents.items[-1]
    assert (oxygen.shape, oxygen.dtype) == ((5,), "float64")
    assert oxygen.problem == "not a two-dimensional image"
    assert contents.items[0].problem == ""
