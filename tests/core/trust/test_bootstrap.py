"""The parametric bootstrap: reproducible, cancellable, with intervals of the right width."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import napari_mmfusion as mmf
from napari_mmfusion.core.trust import repeats
from napari_mmfusion.core.trust.intervals import (
    COUNTS_UNSEEN,
    COVERAGE,
    Interval,
    corrected_interval,
)
from napari_mmfusion.core.trust.noise import expected_signal
from napari_mmfusion.core.trust.repeats import Repeater


def disc(shape: tuple[int, int], radius: float) -> np.ndarray:
    y, x = (np.arange(n) - (n - 1) / 2 for n in shape)
    return np.hypot(y[:, None], x) < radius


def test_it_yields_a_state_for_every_repeat(result: mmf.FusionResult) -> None:
    states = list(mmf.bootstrap_iter(result, n=4))
    assert [state.done for state in states] == [1, 2, 3, 4]
    assert {state.n for state in states} == {4}
    assert not states[0].deviations["Co"].any()
    assert states[3].deviations["Co"].max() > 0
    assert "4 of 4" in str(states[3])


def test_threads_do_not_matter_but_the_seed_does(result: mmf.FusionResult) -> None:
    one, three = (mmf.bootstrap(result, n=5, threads=threads) for threads in (1, 3))
    other = mmf.bootstrap(result, n=5, seed=1)
    for name in result.maps:
        assert_array_equal(one.deviations[name], three.deviations[name])
        assert_array_equal(one.biases[name], three.biases[name])
        assert not np.array_equal(one.deviations[name], other.deviations[name])
    assert one.regions == three.regions


def test_the_sums_are_mean_and_deviation_of_the_repeats(result: mmf.FusionResult) -> None:
    repeater = Repeater(result, None)
    repeats = [repeater.repeat(seed) for seed in np.random.SeedSequence(0).spawn(4)]
    images = np.stack([repeat["Co"].image for repeat in repeats])
    state = mmf.bootstrap(result, n=4)
    assert_allclose(state.deviations["Co"], images.std(axis=0, ddof=1), atol=1e-6)
    assert_allclose(state.biases["Co"], images.mean(axis=0) - result.maps["Co"], atol=1e-6)


def test_a_warm_start_changes_little(result: mmf.FusionResult) -> None:
    warm, cold = Repeater(result, None), Repeater(result, None)
    cold._warm = False
    seed = np.random.SeedSequence(5)
    first, second = warm.repeat(seed)["Co"].image, cold.repeat(seed)["Co"].image
    scatter = np.sqrt(np.mean((first - result.maps["Co"]) ** 2))
    assert np.sqrt(np.mean((first - second) ** 2)) < 0.3 * scatter


@pytest.mark.parametrize("solver", ["tutorial", "converged", "guided", "matched"])
def test_all_solvers_are_repeated(measurement: mmf.FusionDataset, solver: str) -> None:
    state = mmf.bootstrap(mmf.fuse(measurement, solver=solver, n_iter=20), n=3)
    assert all(image.max() > 0 for image in state.deviations.values())


def test_fewer_counts_scatter_more() -> None:
    def deviation(counts: float) -> float:
        data = mmf.simulate("core-shell", shape=(48, 48), counts=counts, seed=0)
        state = mmf.bootstrap(mmf.fuse(data, lambda_tv=0.05), n=6)
        return float(state.deviations["Co"][disc((48, 48), 8)].mean())

    assert deviation(5) > 1.5 * deviation(50)


def test_intervals_are_in_measured_units(result: mmf.FusionResult) -> None:
    data = result.data
    mask = {"core": disc(data.shape, 7)}
    maps = {name: 100 * image for name, image in data.maps.items()}
    scaled = mmf.fuse(mmf.FusionDataset(data.haadf, maps), result.params)
    one, hundred = (
        mmf.bootstrap(each, n=6, regions=mask).regions["core"]["Co"] for each in (result, scaled)
    )
    assert one.low < data.maps["Co"][mask["core"]].mean() < one.high
    assert hundred.value == pytest.approx(100 * one.value, rel=0.05)


def test_intervals_contain_the_truth() -> None:
    """A short form of benchmarks/bootstrap_coverage.py: of 24 intervals at least 18."""
    mask = disc((64, 64), 6.4)
    params = mmf.FusionParameters(
        gamma=1, weighting="z^1.7", solver="converged", lambda_tv=0.03, background=0.01, n_iter=400
    )
    held = []
    for seed in range(8):
        data = mmf.simulate(
            "core-shell", shape=(64, 64), counts=10, seed=seed, gamma=1, weighting="z^1.7"
        )
        state = mmf.bootstrap(mmf.fuse(data, params), n=12, seed=seed, regions={"core": mask})
        held += [
            interval.low <= data.truth[name][mask].mean() <= interval.high
            for name, interval in state.regions["core"].items()
        ]
    assert len(held) == 24
    assert sum(held) >= 18


def test_a_stop_ends_it(result: mmf.FusionResult) -> None:
    stop = mmf.StopFlag()
    states = mmf.bootstrap_iter(result, n=10_000, stop=stop)
    next(states)
    stop.set()
    assert len(list(states)) <= 8


def test_a_stop_returns_the_repeats_done(result: mmf.FusionResult) -> None:
    stop = mmf.StopFlag()
    states: list[mmf.BootstrapState] = []

    def stop_after_two(state: mmf.BootstrapState) -> None:
        states.append(state)
        if state.done == 2:
            stop.set()

    state = mmf.bootstrap(result, n=10_000, progress=stop_after_two, stop=stop)
    assert state is states[-1]
    assert 2 <= state.done < 20
    with pytest.raises(mmf.MMFusionStoppedError, match="first repeat"):
        mmf.bootstrap(result, stop=stop)


def test_it_can_be_left_early(result: mmf.FusionResult) -> None:
    states = mmf.bootstrap_iter(result, n=10_000)
    assert next(states).done == 1
    states.close()


@pytest.mark.parametrize("n", [-1, 0, 1, 10_001])
def test_the_number_of_repeats_is_checked(result: mmf.FusionResult, n: int) -> None:
    with pytest.raises(mmf.MMFusionParameterError, match="from 2 to 10000"):
        mmf.bootstrap_iter(result, n=n)


def test_regions_are_checked(result: mmf.FusionResult) -> None:
    empty = np.zeros(result.data.shape, bool)
    with pytest.raises(mmf.MMFusionDataError, match="'hole' holds no pixel"):
        mmf.bootstrap(result, regions={"hole": empty})
    with pytest.raises(mmf.MMFusionDataError, match="shape"):
        mmf.bootstrap(result, regions={"small": empty[:4]})


def test_the_bias_of_the_repeats_is_subtracted() -> None:
    interval = corrected_interval(10.0, [8.0, 9.0, 10.0])
    assert interval.value == 11.0
    # Student's t with two degrees of freedom, and a standard deviation of 1.
    assert interval.high - interval.value == pytest.approx(4.3027 * np.sqrt(4 / 3), rel=1e-4)
    assert interval.high - interval.value == pytest.approx(interval.value - interval.low)


@pytest.mark.parametrize("repeats", [2, 3, 20, 1000])
def test_the_quantile_is_that_of_students_t(repeats: int) -> None:
    from scipy.stats import t

    values = np.arange(repeats, dtype=np.float64)
    half = t.ppf(0.975, repeats - 1) * values.std(ddof=1) * np.sqrt(1 + 1 / repeats)
    interval = corrected_interval(0.0, values)
    assert interval.high == -values.mean() + half


def test_one_repeat_gives_an_infinite_interval() -> None:
    assert corrected_interval(1.0, [1.0]) == Interval(1.0, -np.inf, np.inf)


def test_no_signal_is_below_zero_nor_known_to_a_fraction_of_a_count() -> None:
    assert Interval(-0.1, -0.2, -0.05).clip(0.0, 0.3) == Interval(0.0, 0.0, 0.3)
    assert Interval(1.0, 0.9, 1.1).clip(0.0, 0.3) == Interval(1.0, 0.9, 1.1)


def test_means_and_deviations_have_one_unit() -> None:
    """A data set in other units gives the same statistics in these units."""
    data = mmf.simulate("core-shell", shape=(32, 32), counts=20, seed=0)
    scaled = mmf.FusionDataset(data.haadf, {name: 8 * image for name, image in data.maps.items()})
    one, other = (mmf.bootstrap(mmf.fuse(each), n=4) for each in (data, scaled))
    for name in data.elements:
        np.testing.assert_allclose(
            8 * one.in_measured_units(name), other.in_measured_units(name), rtol=1e-4, atol=1e-6
        )
        np.testing.assert_allclose(one.deviations[name], other.deviations[name], atol=1e-6)
        mean, scaled_mean = (each.regions["whole image"][name].value for each in (one, other))
        assert scaled_mean == pytest.approx(8 * mean, rel=1e-4)
    with pytest.raises(mmf.MMFusionDataError, match="no map 'Fe'; there are: Co, S, O"):
        one.in_measured_units("Fe")


def test_repeats_take_the_lambda_haadf_of_the_fusion(measurement: mmf.FusionDataset) -> None:
    """That of fitted weights, left out, would follow the noise of each repeat."""
    result = mmf.fuse(measurement, weighting="z/fitted", n_iter=5)
    given = mmf.fuse(measurement, result.params, lambda_haadf=result.lambda_haadf)
    seed = np.random.SeedSequence(2)
    first, second = (Repeater(each, None).repeat(seed) for each in (result, given))
    for name in result.maps:
        assert_array_equal(first[name].image, second[name].image)


def test_where_nothing_was_counted_the_limit_is_that_of_no_count(result: mmf.FusionResult) -> None:
    assert 1 - np.exp(-COUNTS_UNSEEN) == pytest.approx(COVERAGE, abs=0.001)
    corner = np.zeros(result.data.shape, bool)
    corner[0, 0] = True  # vacuum
    interval = mmf.bootstrap(result, n=2, regions={"corner": corner}).regions["corner"]["Co"]
    signal = expected_signal(result, "Co")
    assert interval.high == pytest.approx(signal.zero + 3 / signal.counts_per_unit)


def test_repeats_leave_out_what_was_left_out(
    measurement: mmf.FusionDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = np.ones(measurement.shape, bool)
    mask[5:9, 7] = False
    data = mmf.FusionDataset(measurement.haadf, measurement.maps, mask=mask)
    repeated: list[mmf.FusionDataset] = []

    def fuse(data: mmf.FusionDataset, *others: object, **more: object) -> mmf.FusionResult:
        repeated.append(data)
        return mmf.fuse(data, *others, **more)

    monkeypatch.setattr(repeats, "fuse", fuse)
    repeater = Repeater(mmf.fuse(data, n_iter=2), None)
    for seed in range(2):
        repeater.repeat(np.random.SeedSequence(seed))
        assert_array_equal(repeated[seed].mask, mask)
    assert not np.array_equal(repeated[0].haadf, repeated[1].haadf)  # which has noise as well
    with pytest.raises(mmf.MMFusionDataError, match="'gap' holds no pixel that was measured"):
        mmf.bootstrap(repeater.result, regions={"gap": ~mask})


def test_repeats_start_from_the_fused_maps_in_their_own_units(
    result: mmf.FusionResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def fuse(
        data: mmf.FusionDataset, *others: object, start: dict[str, np.ndarray], **more: object
    ) -> mmf.FusionResult:
        for (name, image), first in zip(start.items(), result.data.maps.values(), strict=True):
            fused = first.min() + np.ptp(first) * result.maps[name].astype(float)
            again = data.maps[name].min() + np.ptp(data.maps[name]) * image
            assert np.ptp(data.maps[name]) != np.ptp(first)
            assert_allclose(again, fused, atol=1e-5)
            checked.append(name)
        return mmf.fuse(data, *others, start=start, **more)

    monkeypatch.setattr(repeats, "fuse", fuse)
    Repeater(result, None).repeat(np.random.SeedSequence(0))
    assert checked == list(result.maps)
