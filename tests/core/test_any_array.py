"""Any array is used correctly or refused: every type, layout and shape, in every function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core import native

ORDERED = "?bBhHiIlLqQefdgFDGMm"
TYPES = [*ORDERED, *(f">{code}" for code in "hHiIqQefd"), "<f4", "S3", "U3", "O", "V4", "f4,i2"]
SHAPES = [(), (0,), (5,), (0, 3), (3, 0), (1, 1), (1, 7), (7, 1), (4, 6), (65, 130), (2, 3, 4)]


def strided(source: np.ndarray) -> np.ndarray:
    wide = np.zeros([3 * side for side in source.shape], source.dtype)
    view = wide[tuple(slice(None, None, 3) for _ in source.shape)]
    view[...] = source
    return view


def reversed_(source: np.ndarray) -> np.ndarray:
    backwards = tuple(slice(None, None, -1) for _ in source.shape)
    return source[backwards].copy()[backwards]


def unaligned(source: np.ndarray) -> np.ndarray:
    memory = np.zeros(source.nbytes + 1, np.uint8)
    view = np.ndarray(source.shape, source.dtype, buffer=memory.data, offset=1)
    view[...] = source
    return view


def locked(source: np.ndarray) -> np.ndarray:
    copy = source.copy()
    copy.flags.writeable = False
    return copy


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "C": np.ndarray.copy,
    "Fortran": lambda source: source.copy(order="F"),
    "every third": strided,
    "reversed": reversed_,
    "unaligned": unaligned,
    "read-only": locked,
    "one line many times": lambda source: np.broadcast_to(source[:1], source.shape),
}


def array_of(code: str, shape: tuple[int, ...], layout: str) -> np.ndarray | None:
    """Small whole numbers, which every type holds exactly; None where there is no such array."""
    numbers = np.random.default_rng(0).integers(0, 2 if code == "?" else 100, shape)
    dtype = np.dtype(f"{code}8[s]" if code in "Mm" else code)
    if not shape and layout in ("one line many times", "reversed", "every third"):
        return None
    if dtype.hasobject and layout == "unaligned":  # these have no other layout
        return None
    source = np.zeros(shape, dtype) if dtype.kind == "V" else np.asarray(numbers).astype(dtype)
    return LAYOUTS[layout](source)


def is_image(array: np.ndarray) -> bool:
    is_real = array.dtype.kind in "biuf" and array.dtype.itemsize <= 8
    return is_real and array.ndim == 2 and array.size > 0


def _dataset(array: np.ndarray) -> mmf.FusionDataset:
    return mmf.FusionDataset(array, {"Sc": array})


def dataset_pixels(array: np.ndarray) -> np.ndarray:
    data = _dataset(array)
    np.testing.assert_array_equal(data.haadf, data.maps["Sc"])
    return data.maps["Sc"]


DOORS: dict[str, Callable[[np.ndarray], object]] = {
    "FusionDataset": dataset_pixels,
    "tv_norm": mmf.tv_norm,
    "tv_prox": lambda array: mmf.tv_prox(array, 2.0, 3),
}
# A data set may have gaps, but no fusion takes them.
FINITE_DOORS = DOORS | {"FusionDataset": lambda array: mmf.fuse(_dataset(array))}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("door", DOORS)
def test_the_right_value_or_an_mmfusion_error(door: str, layout: str) -> None:
    used = refused = 0
    for code in TYPES:
        for shape in SHAPES:
            array = array_of(code, shape, layout)
            if array is None:
                continue
            before = array.copy()
            if is_image(array):
                plain = np.ascontiguousarray(array, dtype=np.float32)
                np.testing.assert_array_equal(DOORS[door](array), DOORS[door](plain))
                used += 1
            else:
                with pytest.raises(mmf.MMFusionDataError):
                    DOORS[door](array)
                refused += 1
            np.testing.assert_array_equal(array, before)
    assert used >= 100
    assert refused >= 100


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_dataset_holds_the_numbers_given(layout: str) -> None:
    for code in TYPES:
        array = array_of(code, (65, 130), layout)
        if array is not None and is_image(array):
            np.testing.assert_array_equal(dataset_pixels(array), array.astype(np.float32))


@pytest.mark.parametrize(
    "image",
    [
        [[0, 1], [2, 5]],
        ((False, True), (True, True)),
        np.ma.array([[0.0, 1.0], [2.0, 5.0]]),
        memoryview(np.array([[0.0, 1.0], [2.0, 5.0]])),
    ],
    ids=lambda image: type(image).__name__,
)
def test_whatever_numpy_converts_to_an_image_is_accepted(image: object) -> None:
    plain = np.array(image, np.float32)
    np.testing.assert_array_equal(dataset_pixels(image), plain)  # type: ignore[arg-type]
    assert mmf.tv_norm(image) == mmf.tv_norm(plain)  # type: ignore[arg-type]


@pytest.mark.parametrize("spoil", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("door", FINITE_DOORS)
@pytest.mark.parametrize("code", "efd")
def test_what_is_not_finite_is_refused(door: str, spoil: float, code: str) -> None:
    image = np.ones((5, 7), code)
    image[3, 4] = spoil
    with pytest.raises(mmf.MMFusionDataError, match=r"1 NaN|1 infinite"):
        FINITE_DOORS[door](image)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_compiled_core_itself_converts_nothing(layout: str) -> None:
    for code in TYPES:
        for shape in SHAPES:
            array = array_of(code, shape, layout)
            if array is None or layout == "unaligned":  # only the package's copies get here
                continue
            if is_image(array) and array.dtype == np.float32 and array.flags.c_contiguous:
                assert native.tv_norm(array, isotropic=True) == mmf.tv_norm(array)
            else:
                with pytest.raises((TypeError, ValueError)):
                    native.tv_norm(array, isotropic=True)
