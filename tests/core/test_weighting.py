"""The kinds of weights, and the fit of the linear one."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import napari_mmfusion as mmf
import oracle
from napari_mmfusion.core.weighting import element_weights, haadf_model


@pytest.mark.parametrize("kind", oracle.WEIGHTINGS)
@pytest.mark.parametrize("z", [[21, 66, 8], [6], [1, 118]])
def test_weights_are_those_of_their_formula(kind: str, z: list[int]) -> None:
    np.testing.assert_allclose(
        element_weights(z, kind, 1.7), oracle.weights_of(z, kind, 1.7), rtol=1e-14
    )


def test_mean_weights_have_mean_one_and_sum_weights_sum_one() -> None:
    z = [21, 66, 8]
    for kind in ("z/mean", "z^gamma/mean"):
        assert element_weights(z, kind, 1.6).mean() == pytest.approx(1)
    for kind in ("z/sum", "z^gamma/sum"):
        assert element_weights(z, kind, 1.6).sum() == pytest.approx(1)


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (0.3, 0.2), (7.0, -1.0)])
def test_the_fit_finds_scale_and_offset_of_a_haadf_made_of_the_maps(
    scale: float, offset: float
) -> None:
    truth = mmf.simulate("core-shell", shape=(96, 96), counts=1e5, seed=0, gamma=1)
    z = {"Co": 27, "S": 16, "O": 8}
    haadf = scale * sum(z[name] ** 1.7 * image for name, image in truth.maps.items()) + offset
    data = mmf.FusionDataset(haadf, truth.maps)
    model = haadf_model(data, mmf.FusionParameters(gamma=1, weighting="z^1.7"))
    normalised = dict(data.images())
    fitted = model.offset + sum(
        model.weights[name] * normalised[name].normalised() for name in data.elements
    )
    assert abs(fitted - normalised["HAADF"].normalised()).max() < 0.01


@pytest.mark.parametrize("counts", [2, 1e5])
def test_fitted_weights_are_those_of_the_specimen_however_noisy_the_maps(counts: float) -> None:
    """The weights that follow from the true maps, divided by the ranges of the noisy maps."""
    data = mmf.simulate("core-shell", shape=(128, 128), counts=counts, seed=0)
    z = {"Co": 27, "S": 16, "O": 8}
    images = dict(data.images())
    truth = data.truth or {}
    brightest = max(sum(z[name] * truth[name].astype(float) ** 1.6 for name in z).flat)
    expected = {
        name: z[name] * images[name].scale ** 1.6 / (brightest * images["HAADF"].scale)
        for name in z
    }
    model = haadf_model(data, mmf.FusionParameters(weighting="z/fitted"))
    assert dict(model.weights) == pytest.approx(expected, rel=0.05)
    assert model.offset == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("counts", [1, 10])
@pytest.mark.parametrize("phantom", ["core-shell", "lattice"])
def test_the_lambda_haadf_of_fitted_weights_is_stable(phantom: str, counts: int) -> None:
    data = mmf.simulate(phantom, shape=(128, 128), counts=counts, seed=0)
    params = mmf.FusionParameters(weighting="z/fitted", background=0.01, lambda_chem=0.001)
    psi_haadf = mmf.fuse(data, params).costs[:, 0]
    assert psi_haadf[-1] < psi_haadf[0] / 2
    steeper = params.replace(lambda_haadf=4 * haadf_model(data, params).lambda_haadf)
    assert mmf.fuse(data, steeper).costs[-1, 0] > 2 * psi_haadf[-1]


def test_no_column_oscillates_with_fitted_weights() -> None:
    data = mmf.simulate("lattice", shape=(128, 128), counts=10, seed=0)
    params = mmf.FusionParameters(
        weighting="z/fitted", n_iter_tv=2, background=0.01, lambda_chem=0.016, lambda_tv=0.06
    )
    *_, before, after = mmf.fuse_iter(data, params)
    for name in data.elements:
        np.testing.assert_allclose(after.maps[name], before.maps[name], atol=0.01)


def test_maps_that_share_nothing_with_the_haadf_get_its_level() -> None:
    rng = np.random.default_rng(0)
    data = mmf.FusionDataset(rng.random((128, 128)), {"Fe": rng.random((128, 128))})
    model = haadf_model(data, mmf.FusionParameters(gamma=1, weighting="z^1.7"))
    assert model.offset == 0
    assert model.weights["Fe"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("weighting", mmf.FusionParameters.info("weighting").choices)
def test_given_weights_replace_the_computed_ones(weighting: mmf.core.parameters.Weighting) -> None:
    data = mmf.simulate("core-shell", shape=(32, 32), counts=50, seed=0)
    params = mmf.FusionParameters(weighting=weighting)
    computed = haadf_model(data, params).weights
    assert haadf_model(data, params.replace(weights={"Co": 0.125})).weights == {
        **computed,
        "Co": 0.125,
    }
    with pytest.raises(mmf.MMFusionParameterError, match="weights names 'Fe'"):
        haadf_model(data, params.replace(weights={"Fe": 1}))


def test_a_data_set_is_fitted_once_and_not_kept_alive(monkeypatch) -> None:
    data = mmf.simulate("lattice", shape=(32, 40), counts=10, seed=0)
    params = mmf.FusionParameters(weighting="z/fitted")
    first, part = haadf_model(data, params), haadf_model(data.select(["Sc", "O"]), params)
    assert part.weights["Sc"] != first.weights["Sc"]
    monkeypatch.delattr("scipy.ndimage.gaussian_filter")
    assert haadf_model(data, params.replace(lambda_tv=0.3)) == first
    with pytest.raises(ImportError):
        haadf_model(data, params.replace(gamma=1.5))
    alive = weakref.ref(data)
    del data
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("solver", ["tutorial", "converged"])
def test_the_offset_is_part_of_the_model_and_of_its_cost(solver: str) -> None:
    """One dark pixel raises the level of the normalised HAADF image, to which no map adds."""
    data = mmf.simulate("core-shell", shape=(48, 40), counts=50, seed=0)
    haadf = data.haadf.copy()
    haadf[3, 4] -= np.ptp(haadf)
    data = mmf.FusionDataset(haadf, data.maps)
    params = mmf.FusionParameters(gamma=1, weighting="z^1.7", solver=solver, n_iter=6)
    model = haadf_model(data, params)
    assert model.offset == pytest.approx(0.5, abs=0.05)
    result = mmf.fuse(data, params)
    *_, last = mmf.fuse_iter(data, params)
    for fused in (result, last):
        expected = model.offset + sum(
            model.weights[name] * image.astype(float) for name, image in fused.maps.items()
        )
        np.testing.assert_allclose(fused.haadf, expected, atol=1e-5)
    misfit = result.haadf.astype(float) - data.normalised("HAADF")
    assert result.costs[-1, 0] == pytest.approx(0.5 * np.sum(misfit**2), rel=1e-5)
