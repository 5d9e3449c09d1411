"""A wrong number is refused with the name of its argument."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.checks import check_number, check_whole_number, quote

NAN, INF = float("nan"), float("inf")
NO_NUMBER: list[Any] = [
    True,
    np.True_,
    "3",
    b"3",
    1j,
    np.complex64(1),
    np.array(1j),
    [1],
    np.array([1, 2]),
    object(),
    NAN,
    np.float32("nan"),
    INF,
    -INF,
    10**400,
    -(10**400),
    10**5000,
]
NO_WHOLE_NUMBER: list[Any] = [*NO_NUMBER, 2.5, 2.0, np.float32(2), Decimal(2), Fraction(2)]


@cache
def data() -> mmf.FusionDataset:
    return mmf.simulate("core-shell", shape=(16, 20), counts=10, seed=1)


@cache
def result() -> mmf.FusionResult:
    return mmf.fuse(data(), n_iter=1)


def simulate(**changes: Any) -> object:
    return mmf.simulate("core-shell", **{"shape": (16, 16), **changes})


def prox(weight: Any = 0.1, n_iter: Any = 1, **named: Any) -> object:
    return mmf.tv_prox(data().haadf, weight, n_iter, **named)


def gap(weight: Any = 0.1, n_iter: Any = 1, **named: Any) -> object:
    return mmf.tv_prox_with_gap(data().haadf, weight, n_iter, **named)


Call = Callable[..., object]
WHOLE: list[tuple[str, Call, bool]] = [
    ("n_iter", lambda n_iter: prox(n_iter=n_iter), False),
    ("n_iter", lambda n_iter: gap(n_iter=n_iter), False),
    ("threads", lambda threads: prox(threads=threads), True),
    ("threads", lambda threads: gap(threads=threads), True),
    ("threads", lambda threads: mmf.fuse(data(), threads=threads, n_iter=1), True),
    ("threads", lambda threads: mmf.fuse_iter(data(), threads=threads), True),
    ("threads", lambda threads: mmf.suggest_iter(data(), threads=threads), True),
    ("threads", lambda threads: mmf.bootstrap_iter(result(), threads=threads), True),
    ("threads", lambda threads: mmf.tv_only(result(), threads=threads), True),
    ("threads", lambda threads: mmf.null_element_test(result(), threads=threads), True),
    ("n", lambda n: mmf.bootstrap(result(), n=n), False),
    ("n", lambda n: mmf.bootstrap_iter(result(), n=n), False),
    ("haadf_shift", lambda shift: simulate(haadf_shift=shift), False),
    ("shape", lambda side: simulate(shape=(16, side)), False),
    ("n_iter", lambda n_iter: mmf.FusionParameters(n_iter=n_iter), False),
    ("n_iter_tv", lambda n_iter_tv: mmf.FusionParameters(n_iter_tv=n_iter_tv), False),
    ("atomic_numbers", lambda z: mmf.FusionParameters(atomic_numbers={"Co": z}), False),
]
SEEDS: list[Call] = [
    lambda seed: simulate(seed=seed),
    lambda seed: mmf.bootstrap_iter(result(), seed=seed),
    lambda seed: mmf.null_element_test(result(), seed=seed),
]
REAL: list[tuple[str, Call, bool]] = [
    ("weight", prox, False),
    ("weight", gap, False),
    ("counts", lambda counts: simulate(counts=counts), False),
    ("haadf_counts", lambda counts: simulate(haadf_counts=counts), False),
    ("background_counts", lambda counts: simulate(background_counts=counts), False),
    ("gamma", lambda gamma: simulate(gamma=gamma), False),
    ("haadf_ramp", lambda ramp: simulate(haadf_ramp=ramp), False),
    ("pixel_size", lambda size: simulate(pixel_size=size), True),
    ("pixel_size", lambda size: mmf.FusionDataset(np.eye(4), {"O": np.eye(4)}, size), True),
    ("gamma", lambda gamma: mmf.fuse(data(), gamma=gamma), False),
    ("lambda_haadf", lambda value: mmf.fuse(data(), lambda_haadf=value, n_iter=1), True),
    ("lambda_chem", lambda value: mmf.fuse(data(), lambda_chem=value), False),
    ("lambda_tv", lambda value: mmf.suggest(data(), lambda_tv=value), False),
    ("background", lambda value: mmf.FusionParameters(background=value), False),
    ("threshold", lambda value: mmf.FusionParameters(threshold=value), True),
    ("tolerance", lambda value: mmf.FusionParameters(tolerance=value), False),
    ("weights", lambda value: mmf.FusionParameters(weights={"Co": value}), False),
]


def assert_refused(call: Call, name: str, bad: Any) -> None:
    with pytest.raises(mmf.MMFusionError, match=f"^{name}.* must be ") as caught:
        call(bad)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(("name", "call", "optional"), WHOLE)
def test_a_whole_number_is_refused_by_name(name: str, call: Call, optional: bool) -> None:
    for bad in [*NO_WHOLE_NUMBER, -1]:
        assert_refused(call, name, bad)
    if optional:
        call(None)
    else:
        assert_refused(call, name, None)


@pytest.mark.parametrize("call", SEEDS)
def test_a_seed_is_refused_by_name(call: Call) -> None:
    for bad in [*NO_WHOLE_NUMBER, -1, None]:
        if type(bad) is not int or bad < 0:
            assert_refused(call, "seed", bad)
    call(10**400)


@pytest.mark.parametrize(("name", "call", "optional"), REAL)
def test_a_number_is_refused_by_name(name: str, call: Call, optional: bool) -> None:
    for bad in [*NO_NUMBER, -1]:
        assert_refused(call, name, bad)
    if optional:
        call(None)
    else:
        assert_refused(call, name, None)


def test_a_weight_beyond_single_precision_is_refused() -> None:
    assert_refused(prox, "weight", 1e39)


def test_numbers_of_any_real_type_are_taken() -> None:
    for one in (1, 1.0, np.int8(1), np.float16(1), np.array(1), Decimal(1), Fraction(1)):
        assert check_number("x", one, 0, 2) == 1.0
    for one in (1, np.int8(1), np.uint64(1), np.array(1)):
        number = check_whole_number("x", one, 0, 2)
        assert (number, type(number)) == (1, int)


def test_values_are_quoted_in_one_short_line() -> None:
    assert quote(np.eye(2)) == "array([[1., 0.], [0., 1.]])"
    assert len(quote(list(range(1000)))) < 90
    assert quote(10**5000) == "a value of type int"


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (1j * np.ones((16, 20)), "complex"),
        (np.full((16, 20), "3"), "not supported"),
        (np.full((16, 20), np.nan), "NaN"),
        (-np.ones((16, 20)), "at least 0"),
        (1e39 * np.ones((16, 20)), "single precision"),
        (1.0, "two-dimensional"),
        (np.ones((20, 16)), "shape"),
    ],
)
def test_start_values_are_refused_by_name(start: Any, words: str) -> None:
    with pytest.raises(mmf.MMFusionDataError, match=rf"start\['Co'\].*{words}"):
        mmf.fuse(data(), start=dict.fromkeys(data().elements, start))


def test_values_that_are_not_mappings_are_refused_by_name() -> None:
    image = np.eye(4)
    with pytest.raises(mmf.MMFusionDataError, match="start must map names to images"):
        mmf.fuse(data(), start=np.ones((3, 16, 20)))
    with pytest.raises(mmf.MMFusionDataError, match="maps must map names to images"):
        mmf.FusionDataset(image, [image])


def test_two_keys_of_one_name_are_refused() -> None:
    image = np.eye(4)
    with pytest.raises(mmf.MMFusionDataError, match=r"two keys that make the same name: 1, '1'"):
        mmf.FusionDataset(image, {1: image, "1": image})
