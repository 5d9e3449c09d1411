"""`suggest`: lambdas close to the best ones, chosen without the truth."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.core.convergence.cost_curve import Status
from napari_mmfusion.core.suggestion.scorer import Scorer
from napari_mmfusion.simulate import nrmse


def error(data, params):
    maps = mmf.fuse(data, params).maps
    return np.mean([nrmse(maps[name], truth) for name, truth in data.truth.items()])


@pytest.fixture(scope="module")
def lattice():
    return mmf.simulate("lattice", shape=(64, 80), counts=10, seed=4)


@pytest.fixture(scope="module")
def steps(lattice):
    return list(mmf.suggest_iter(lattice))


@pytest.mark.parametrize("phantom", ["core-shell", "lattice"])
@pytest.mark.parametrize("counts", [2, 30])
def test_the_error_is_near_the_lowest_of_a_grid(phantom, counts):
    data = mmf.simulate(phantom, shape=(72, 64), counts=counts, seed=7)
    suggestion = mmf.suggest(data)
    best = min(
        error(data, mmf.FusionParameters(lambda_chem=chem, lambda_tv=min(chem * ratio, 10)))
        for chem in np.geomspace(2e-4, 0.3, 8)
        for ratio in np.geomspace(0.25, 64, 7)
    )
    assert error(data, suggestion.params) < 1.1 * best
    assert error(data, suggestion.params) < 0.9 * error(data, mmf.FusionParameters())


def test_trials_come_first_and_count_themselves(steps):
    *trials, suggestion = steps
    assert isinstance(suggestion, mmf.Suggestion)
    assert [trial.done for trial in trials] == list(range(1, trials[-1].total + 1))
    assert all(one.total <= next_.total for one, next_ in itertools.pairwise(trials))
    assert len({(trial.lambda_tv, trial.lambda_chem) for trial in trials}) == len(trials)


def test_the_best_trial_is_suggested(steps):
    *trials, suggestion = steps
    best = min(trials, key=lambda trial: (trial.score, trial.lambda_tv))
    assert (suggestion.lambda_tv, suggestion.lambda_chem) == (best.lambda_tv, best.lambda_chem)
    assert suggestion.score == best.score


def test_the_score_is_lower_for_the_better_background():
    data = mmf.simulate("core-shell", shape=(64, 64), counts=5, seed=1)
    low, high = (mmf.suggest(data, background=value) for value in (1e-3, 2.0))
    assert low.score < high.score
    assert error(data, low.params) < error(data, high.params)


def test_the_curves_are_the_lowest_trials(steps):
    *trials, suggestion = steps
    coarse_tv, coarse_chem, fine_chem, fine_tv = suggestion.curves
    assert [curve.along for curve in suggestion.curves] == [
        "lambda_tv",
        "lambda_chem",
        "lambda_chem",
        "lambda_tv",
    ]
    for curve in suggestion.curves:
        assert (np.diff(curve.values) > 0).all()
        for value, score in zip(curve.values, curve.scores, strict=True):
            assert score in [each.score for each in trials if getattr(each, curve.along) == value]
    lowest = min(trial.score for trial in trials)
    assert fine_tv.scores.min() == fine_chem.scores.min() == lowest
    assert coarse_tv.scores.min() == coarse_chem.scores.min() >= lowest
    assert (suggestion.lambda_tv, suggestion.lambda_chem) == (fine_tv.minimum, fine_chem.minimum)


def test_all_other_parameters_stay(lattice):
    params = mmf.FusionParameters(gamma=1.4, n_iter=3, lambda_tv=9, background=0.1)
    suggestion = mmf.suggest(lattice, params)
    assert suggestion.params == params.replace(
        lambda_tv=suggestion.lambda_tv, lambda_chem=suggestion.lambda_chem
    )


def test_further_choices_are_those_with_the_lowest_score(lattice):
    params = mmf.FusionParameters(n_iter=6, background=0.2)
    choices = {"n_iter_tv": (1, 3), "background": (0.01, 0.2)}
    *trials, chosen = mmf.suggest_iter(lattice, params, choices=choices)
    assert [trial.done for trial in trials] == list(range(1, trials[-1].total + 1))
    assert chosen.score == min(trial.score for trial in trials)

    steps = min(choices["n_iter_tv"], key=lambda n: mmf.suggest(lattice, params, n_iter_tv=n).score)
    params = params.replace(n_iter_tv=steps)
    best = min(
        (mmf.suggest(lattice, params, background=value) for value in choices["background"]),
        key=lambda each: each.score,
    )
    assert chosen.params == best.params
    assert chosen.params == params.replace(**chosen.chosen)
    assert set(chosen.chosen) == {"lambda_tv", "lambda_chem", *choices}


def test_the_converged_solver_has_no_tv_steps_to_choose(lattice):
    params = mmf.FusionParameters(solver="converged", n_iter=3)
    *plain, _ = mmf.suggest_iter(lattice, params)
    *trials, chosen = mmf.suggest_iter(lattice, params, choices={"n_iter_tv": (1, 2)})
    assert len(trials) == len(plain)
    assert chosen.params.n_iter_tv == params.n_iter_tv
    assert set(chosen.chosen) == {"lambda_tv", "lambda_chem"}


def test_invalid_choices_are_refused_at_once(lattice):
    with pytest.raises(mmf.MMFusionParameterError, match="background must be"):
        mmf.suggest(lattice, choices={"background": (0.1, -1)})
    with pytest.raises(mmf.MMFusionParameterError, match="unknown parameter 'epsilon'"):
        mmf.suggest(lattice, choices={"epsilon": (0.1,)})


def test_neither_threads_nor_units_matter(lattice):
    one = mmf.suggest(lattice, n_iter=3, threads=1)
    two = mmf.suggest(lattice, n_iter=3, threads=2)
    assert (one.lambda_tv, one.lambda_chem) == (two.lambda_tv, two.lambda_chem)
    scaled = mmf.FusionDataset(
        lattice.haadf * 4, {name: image * 64 for name, image in lattice.maps.items()}
    )
    other = mmf.suggest(scaled, n_iter=3)
    assert other.lambda_tv == pytest.approx(one.lambda_tv, rel=1e-3)


def test_lambdas_are_suggested_for_the_converged_solver(lattice):
    suggestion = mmf.suggest(lattice, solver="converged")
    assert suggestion.params.solver == "converged"
    assert error(lattice, suggestion.params) < 0.9 * np.mean(
        [nrmse(lattice.maps[name], truth) for name, truth in lattice.truth.items()]
    )


def test_a_stop_ends_it_without_a_suggestion(lattice):
    stop = mmf.StopFlag()
    steps = mmf.suggest_iter(lattice, stop=stop)
    first = next(steps)
    assert first.done == 1
    stop.set()
    assert list(steps) == []


def test_a_stopped_search_has_nothing_to_return(lattice):
    stop = mmf.StopFlag()
    with pytest.raises(mmf.MMFusionStoppedError, match="stopped"):
        mmf.suggest(lattice, progress=lambda _: stop.set(), stop=stop)


def test_progress_gets_every_trial_and_changes_nothing(lattice, steps):
    trials = []
    suggestion = mmf.suggest(lattice, progress=trials.append)
    assert [*trials, suggestion.params] == [*steps[:-1], steps[-1].params]


def test_a_suggestion_prints_what_was_chosen(steps):
    suggestion = steps[-1]
    tv, chem = (f"{value:.4g}" for value in (suggestion.lambda_tv, suggestion.lambda_chem))
    assert str(suggestion).startswith(f"lambda_tv={tv}, lambda_chem={chem} (for the tutorial")
    assert "30 iterations" in str(suggestion)
    warned = dataclasses.replace(suggestion, warnings=("The maps are fractions.",))
    assert str(warned).endswith("\nWarning: The maps are fractions.")
    assert "\n" not in repr(warned)


def test_without_regularisation_there_is_no_lambda_to_choose(lattice):
    with pytest.raises(mmf.MMFusionParameterError, match="regularize"):
        mmf.suggest(lattice, regularize=False)
    with pytest.raises(mmf.MMFusionDataError, match="constant"):
        mmf.suggest(mmf.FusionDataset(lattice.haadf, {"O": np.ones(lattice.shape)}))


UNSTEADY = (Status.OSCILLATING, Status.DIVERGING)


def test_what_oscillates_is_not_suggested_for_measured_data(tutorial_file):
    # A part of Co3O4-Mn3O4 where twelve TV steps with high weights predict best, and oscillate.
    whole = mmf.load(tutorial_file("Co3O4_Mn3O4.h5"), elements=["Co", "Mn", "O"])
    part = np.s_[64:160, 64:160]
    data = mmf.FusionDataset(whole.haadf[part], {k: v[part] for k, v in whole.maps.items()})
    preset = mmf.FusionParameters(
        lambda_chem=0.006, lambda_tv=0.022, n_iter_tv=6, background=0.01, threshold=0.2
    )
    plain = mmf.suggest(data, preset)
    thorough = mmf.suggest(data, preset, choices={"n_iter_tv": (12,)})
    for suggestion in (plain, thorough):
        assert mmf.fuse(data, suggestion.params).verdict.status not in UNSTEADY
    assert thorough.score <= plain.score
    heavy = preset.replace(lambda_tv=4, lambda_chem=0.25, n_iter_tv=12)
    assert mmf.fuse(data, heavy).verdict.status in UNSTEADY


@pytest.mark.parametrize("seed", [0, 1])
def test_a_ripple_is_allowed_where_it_belongs_to_the_best_maps(seed):
    data = mmf.simulate("lattice", shape=(96, 96), counts=100, seed=seed)
    params = mmf.FusionParameters(n_iter_tv=2, background=0.01)
    suggestion = mmf.suggest(data, params)
    assert error(data, suggestion.params) < 0.1
    assert mmf.fuse(data, suggestion.params).verdict.status not in UNSTEADY


def test_a_search_in_which_everything_oscillates_says_so(monkeypatch):
    data = mmf.simulate("core-shell", shape=(32, 32), counts=10, seed=0)
    assert not any("lower" in warning for warning in mmf.suggest(data, n_iter=3).warnings)
    monkeypatch.setattr(Scorer, "is_unsteady", lambda *_: True)
    suggestion = mmf.suggest(data, n_iter=3)
    assert suggestion.score == 1
    assert any("lower lambda_haadf" in warning for warning in suggestion.warnings)


def test_spikes_are_found_once_in_a_search(monkeypatch):
    from napari_mmfusion.core.data_check.repairs import with_lowered_spikes
    from napari_mmfusion.core.data_check.spikes import search

    data = mmf.simulate("core-shell", shape=(32, 32), counts=10, seed=0)
    spoilt = {name: image.copy() for name, image in data.maps.items()}
    spoilt["Co"][3, 4] = 900
    data = mmf.FusionDataset(data.haadf, spoilt)
    searched = []
    find = search.find_all_spikes
    monkeypatch.setattr(search, "find_all_spikes", lambda data: searched.append(data) or find(data))
    suggestion = mmf.suggest(data, normalisation="robust", n_iter=3)
    assert len(searched) == 1
    assert searched[0] is data
    assert suggestion.params.normalisation == "robust"
    # The pixels held out are on the scale of the predictions, that of the data without spikes.
    expected = mmf.suggest(with_lowered_spikes(data), n_iter=3)
    assert (suggestion.chosen, suggestion.score) == (expected.chosen, expected.score)
