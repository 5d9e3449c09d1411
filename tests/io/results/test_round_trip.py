"""`load_result` is the inverse of `save`, bit for bit."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import napari_mmfusion as mmf
from napari_mmfusion.io.results.writer import write_result_file

PARAMETERS = mmf.FusionParameters


def require_equal(again: mmf.FusionResult, result: mmf.FusionResult) -> None:
    assert_images(again.maps, result.maps)
    assert_images({"HAADF": again.haadf}, {"HAADF": result.haadf})
    assert again == result
    assert again.costs.dtype == np.float64
    assert again.costs.shape == result.costs.shape
    assert again.costs.tobytes() == result.costs.tobytes()
    assert again.params == result.params
    assert again.params.as_dict() == result.params.as_dict()
    assert dict(again.weights) == dict(result.weights)
    assert again.lambda_haadf == result.lambda_haadf
    assert again.stopped is result.stopped
    one, other = again.data, result.data
    assert_images(one.maps, other.maps)
    assert_images({"HAADF": one.haadf}, {"HAADF": other.haadf})
    assert (one.pixel_size, one.unit) == (other.pixel_size, other.unit)
    assert (one.name, one.source_sha256) == (other.name, other.source_sha256)


def assert_images(again: Any, images: Any) -> None:
    assert list(again) == list(images)
    for name, image in images.items():
        assert again[name].dtype == image.dtype == np.float32
        assert again[name].shape == image.shape
        assert again[name].tobytes() == image.tobytes()


def choices(name: str) -> Any:
    return st.sampled_from(PARAMETERS.info(name).choices)


def numbers(low: float, high: float) -> Any:
    return st.floats(low, high, allow_subnormal=False)


# Names that are not of an element have no atomic number.
NAMES = st.one_of(
    st.sampled_from(("Co", "O", "co", "haadf", "HAADF_2", "Co_K", "a/b", "..", "CON", "µ", "")),
    st.text(max_size=70),
).filter(lambda name: name != "HAADF")
UNITS = st.one_of(
    st.sampled_from(("nm", "pixel", "µm", "Å", "A", "1/nm", "", "px")),
    st.text(max_size=80),
)
SOURCES = {
    "double precision": lambda image: image,
    "single precision": lambda image: image.astype(np.float32),
    "whole numbers on a large offset": lambda image: (2**60 + 1e6 * image).astype(np.uint64),
    "a large offset": lambda image: image + 1e6,
    "a tiny range": lambda image: 1e-39 * image,
}


@st.composite
def parameters(draw: st.DrawFn, elements: list[str]) -> mmf.FusionParameters:
    by_element = st.sampled_from(elements)
    return PARAMETERS(
        gamma=draw(numbers(1, 2)),
        weighting=draw(choices("weighting")),
        solver=draw(choices("solver")),
        tv=draw(choices("tv")),
        n_iter=draw(st.integers(1, 4)),
        n_iter_tv=draw(st.integers(0, 3)),
        lambda_haadf=draw(st.none() | numbers(0, 10)),
        lambda_chem=draw(numbers(0, 10)),
        lambda_tv=draw(numbers(0, 10)),
        background=draw(numbers(1e-6, 10)),
        threshold=draw(st.none() | numbers(0, 1)),
        regularize=draw(st.booleans()),
        atomic_numbers=dict.fromkeys(elements, draw(st.integers(1, 118))),
        weights=draw(st.none() | st.dictionaries(by_element, numbers(0, 1000))),
        tolerance=draw(numbers(0, 1)),
        normalisation=draw(choices("normalisation")),
        guided_tv=draw(numbers(0, 1000)),
        guided_haadf=draw(numbers(0, 1000)),
        eta=draw(numbers(1e-4, 1000)),
        gap=draw(numbers(1e-6, 1)),
        matched_strength=draw(numbers(0, 10)),
    )


@st.composite
def results(draw: st.DrawFn) -> mmf.FusionResult:
    elements = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    params = draw(parameters(elements))
    shapes = ((1, 9), (9, 1), (1, 65), (5, 7), (33, 18))
    shape = draw(st.sampled_from(shapes[-1:] if params.solver == "matched" else shapes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    source = SOURCES[draw(st.sampled_from(sorted(SOURCES)))]
    images = {name: source(rng.poisson(3, shape) + np.eye(*shape)) for name in elements}
    data = mmf.FusionDataset(
        source(rng.random(shape)),
        images,
        draw(st.none() | numbers(1e-12, 1e12)),
        draw(UNITS),
        name=draw(st.one_of(st.just("my map"), st.text(max_size=120))),
        source_sha256=draw(st.none() | st.just("ab" * 32)),
        truth=draw(st.none() | st.just(images)),
    )
    stop = mmf.StopFlag()
    if draw(st.booleans()):
        stop.set()
    return mmf.fuse(data, params, stop=stop)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(results())
def test_a_result_comes_back_as_it_was(result: mmf.FusionResult) -> None:
    with TemporaryDirectory() as name:
        folder = mmf.save(result, Path(name) / "out")
        require_equal(mmf.load_result(folder), result)
        require_equal(mmf.load_result(str(folder / "Fused_Reconstruction.h5")), result)


@pytest.fixture
def result() -> mmf.FusionResult:
    data = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    return mmf.fuse(data, n_iter=5, gamma=1.7, atomic_numbers={"S": 17})


def test_save_returns_what_load_result_takes(tmp_path: Path, result: mmf.FusionResult) -> None:
    again = mmf.load_result(mmf.save(result, tmp_path / "one"))
    require_equal(again, result)
    require_equal(mmf.load_result(mmf.save(again, tmp_path / "two")), result)


def test_a_result_that_was_stopped_half_way(tmp_path: Path, result: mmf.FusionResult) -> None:
    stop = mmf.StopFlag()

    def stop_at_second(iteration: int, _: object) -> None:
        if iteration == 2:
            stop.set()

    stopped = mmf.fuse(result.data, n_iter=5, stop=stop, progress=stop_at_second)
    assert stopped.stopped
    assert len(stopped.costs) == 2
    require_equal(mmf.load_result(mmf.save(stopped, tmp_path)), stopped)


def test_a_single_file_under_any_name(tmp_path: Path, result: mmf.FusionResult) -> None:
    """As the writer of the plugin writes it."""
    write_result_file(tmp_path / "any name.hdf5", result)
    require_equal(mmf.load_result(tmp_path / "any name.hdf5"), result)


def test_what_was_left_out_is_left_out_again() -> None:
    """A file holds no difference between None and an unknown parameter."""
    defaults = PARAMETERS()
    optional = [name for name in PARAMETERS.names() if PARAMETERS.info(name).optional]
    assert [getattr(defaults, name) for name in optional] == [None] * len(optional)


@pytest.mark.parametrize("source", SOURCES)
def test_a_saved_run_goes_on_with_the_data_it_was_made_from(tmp_path: Path, source: str) -> None:
    rng = np.random.default_rng(2)
    images = {name: SOURCES[source](rng.random((20, 24))) for name in ("HAADF", "Co", "O")}
    data = mmf.FusionDataset(images.pop("HAADF"), images, 2.5, "1/nm")
    first = mmf.load_result(mmf.save(mmf.fuse(data, n_iter=4), tmp_path / "first"))
    assert mmf.fuse(data, resume=first, n_iter=9) == mmf.fuse(data, n_iter=9)


def test_the_measured_images_of_a_result_are_those_that_were_fused(tmp_path: Path) -> None:
    data = mmf.simulate("core-shell", shape=(24, 32), counts=20)
    mask = np.arange(24 * 32).reshape(24, 32) % 5 > 0
    result = mmf.fuse(data.masked(mask), n_iter=3)
    again = mmf.load(mmf.save(result, tmp_path / "saved") / "Fused_Reconstruction.h5")
    assert dict(again.images()) == dict(result.data.images())
    assert np.array_equal(again.mask, mask)
    assert again.provenance == result.data.provenance
    assert mmf.fuse(again, n_iter=3).maps == result.maps
