"""Any array is used correctly or refused with a clear message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core import image as image_module

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(0, 100, (6, 9))


def test_normalised_images_reach_from_0_to_1() -> None:
    data = mmf.FusionDataset(IMAGE, {"Sc": IMAGE})
    assert data.maps["Sc"].flags.c_contiguous
    normalised = data.normalised("Sc")
    assert normalised.min() == 0
    assert normalised.max() == 1


def test_the_arrays_are_copies_that_cannot_be_changed() -> None:
    source = IMAGE.astype(np.float32)
    data = mmf.FusionDataset(source, {"Sc": source})
    source[:] = 0
    np.testing.assert_array_equal(data.haadf, IMAGE)
    with pytest.raises(ValueError, match="read-only"):
        data.maps["Sc"][0, 0] = 1
    with pytest.raises(TypeError):
        data.maps["Dy"] = source  # type: ignore[index]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones(5), r"map 'Sc': has shape \(5,\)"),
        (np.float64(1), r"map 'Sc': has shape \(\)"),
        (np.ones((2, 3, 4)), r"map 'Sc': has shape \(2, 3, 4\)"),
        (np.ones((0, 9)), r"map 'Sc': has shape \(0, 9\)"),
        (np.ones((6, 9), complex), "map 'Sc': values of type complex128"),
        (np.full((6, 9), "a"), "map 'Sc': values of type <U1"),
        (np.full((6, 9), None), "map 'Sc': values of type object"),
        (np.ones((6, 9), "M8[s]"), "map 'Sc': values of type datetime64"),
        (np.ones((6, 9), [("a", "f4")]), "map 'Sc': values of type"),
        ([[1, 2], [3]], "map 'Sc': not an array of numbers"),
        (np.full((6, 9), 1e300), "map 'Sc': values reach 1e\\+300, beyond single precision"),
    ],
)
def test_arrays_that_are_not_images_are_refused(array: Any, message: str) -> None:
    with pytest.raises(mmf.MMFusionDataError, match=message):
        mmf.FusionDataset(IMAGE, {"Sc": array})


def test_nan_and_infinity_are_kept_but_not_fused() -> None:
    image = IMAGE.astype(float)
    image[0, :3] = np.nan
    image[1, 0] = np.inf
    image[1, 1] = -np.inf
    data = mmf.FusionDataset(image, {"Sc": IMAGE})
    np.testing.assert_array_equal(data.haadf, image.astype(np.float32))
    with pytest.raises(mmf.MMFusionDataError, match="3 NaN and 2 infinite values among 54"):
        mmf.fuse(data)


def test_different_shapes_are_all_named() -> None:
    with pytest.raises(mmf.MMFusionDataError, match="HAADF is 6 x 9, Sc 9 x 6, O 6 x 9; crop"):
        mmf.FusionDataset(IMAGE, {"Sc": IMAGE.T, "O": IMAGE})


def test_at_least_one_map_is_needed() -> None:
    with pytest.raises(mmf.MMFusionDataError, match="no chemical map"):
        mmf.FusionDataset(IMAGE, {})
    with pytest.raises(mmf.MMFusionDataError, match="cannot be called 'HAADF'"):
        mmf.FusionDataset(IMAGE, {"HAADF": IMAGE})


@pytest.mark.parametrize("size", [0, -1.0, float("nan"), float("inf")])
def test_pixel_sizes_are_positive(size: float) -> None:
    with pytest.raises(mmf.MMFusionDataError, match="pixel_size must be a positive number"):
        mmf.FusionDataset(IMAGE, {"Sc": IMAGE}, pixel_size=size)


def test_selecting_keeps_order_and_shares_memory() -> None:
    data = mmf.FusionDataset(
        IMAGE, {"Sc": IMAGE, "Dy": IMAGE + 1, "O": IMAGE + 2}, pixel_size=0.2, unit="nm", name="a"
    )
    chosen = data.select(["O", "Sc"])
    assert chosen.elements == ("O", "Sc")
    assert np.shares_memory(chosen.maps["O"], data.maps["O"])
    assert (chosen.pixel_size, chosen.unit, chosen.name) == (0.2, "nm", "a")
    assert data.elements == ("Sc", "Dy", "O")
    for bad in (["Fe"], [], ["O", "O"]):
        with pytest.raises(mmf.MMFusionDataError, match=r"Sc, Dy, O|name every element once"):
            data.select(bad)


def test_precise_sources_keep_their_precision() -> None:
    """What float32 would round away at a large offset still reaches the fusion."""
    ramp = np.linspace(0, 1, 54).reshape(6, 9)
    counts = (ramp * 1e6).astype(np.int64)
    for source in (ramp + 1e8, ramp * 1e-42, counts + 2**60, counts - 2**60, -counts - 7):
        data = mmf.FusionDataset(source, {"Sc": source})
        exact = (source - source.min()).astype(float)  # none of these differences overflows
        np.testing.assert_allclose(data.normalised("Sc"), exact / exact.max(), atol=2e-7)


def test_names_of_missing_images_list_those_there_are() -> None:
    data = mmf.FusionDataset(IMAGE, {"Sc": IMAGE})
    with pytest.raises(mmf.MMFusionDataError, match="'Dy'; there are: HAADF, Sc"):
        data.normalised("Dy")
    assert repr(data) == "FusionDataset(6 x 9, Sc)"


@pytest.mark.parametrize("dtype", ["f4", "f8", ">f4", "i4", "f2"])
def test_an_array_that_is_changed_meanwhile_is_checked_in_its_copy(
    dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another thread writes between the copy and the check comes too late to get in."""
    source = np.arange(64, dtype=dtype).reshape(8, 8)
    before = source.astype(np.float32)
    frozen = image_module._freeze

    def write_then_freeze(copy: Any) -> Any:
        source[2, 3] = np.nan if source.dtype.kind == "f" else -1000
        return frozen(copy)

    monkeypatch.setattr(image_module, "_freeze", write_then_freeze)
    image = image_module.MeasuredImage.from_array("a map", source)
    np.testing.assert_array_equal(image.measured, before)
    assert (image.offset, image.scale) == (0, 63)
