"""Fusions with a low, the chosen and a high lambda_tv."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf
from fused_layers import fill
from napari_mmfusion.plugin.compare import explorer
from napari_mmfusion.plugin.compare.explorer import Exploration, choose_lambdas, explore

DATA = mmf.simulate("core-shell", shape=(20, 30), counts=10, seed=0)


def test_every_lambda_is_a_plain_fusion():
    params = mmf.FusionParameters(lambda_tv=0.1, n_iter=5)
    stacks = explore(DATA, params, (0.5, 1, 4))
    assert tuple(stacks) == DATA.elements
    for i, weight in enumerate((0.05, 0.1, 0.4)):
        result = mmf.fuse(DATA, params, lambda_tv=weight)
        for element in DATA.elements:
            np.testing.assert_array_equal(stacks[element][i], result.maps[element])


def test_a_higher_lambda_smooths_more():
    stack = explore(DATA)[DATA.elements[0]]
    norms = [mmf.tv_norm(image) for image in stack]
    assert norms == sorted(norms, reverse=True)


def test_lambdas_stay_in_range():
    assert choose_lambdas(mmf.FusionParameters(lambda_tv=6.0)) == (2.0, 6.0, 10.0)
    with pytest.raises(mmf.MMFusionParameterError, match="raise it"):
        choose_lambdas(mmf.FusionParameters(lambda_tv=0))


def test_regularisation_is_on_while_exploring():
    off = explore(DATA, mmf.FusionParameters(regularize=False))
    on = explore(DATA, mmf.FusionParameters())
    np.testing.assert_array_equal(off[DATA.elements[0]], on[DATA.elements[0]])


def test_labels_show_the_lambda():
    exploration = Exploration((0.05, 0.15, 0.45), 0.15, {})
    assert [exploration.label(i) for i in range(3)] == [
        "TV weight 0.05 (low)",
        "TV weight 0.15 (chosen)",
        "TV weight 0.45 (high)",
    ]


def test_an_exploration_holds_its_lambdas():
    found = explorer.run_exploration(DATA, mmf.FusionParameters(n_iter=2, lambda_tv=0.1), (1, 2))
    assert found.lambdas == (0.1, 0.2)
    assert found.chosen == 0.1
    assert {stack.shape for stack in found.stacks.values()} == {(2, 20, 30)}


def test_an_exploration_can_be_stopped():
    stop = mmf.StopFlag()
    stop.set()
    params = mmf.FusionParameters(n_iter=10_000)
    explorer.run_exploration(DATA, params, stop=stop)


@pytest.fixture
def layers():
    components = pytest.importorskip("napari.components")
    return fill(components.ViewerModel())


def test_the_job_is_read_from_the_layers(layers):
    params = mmf.FusionParameters(lambda_tv=0.4)
    layers.layers.fused("Dy").metadata["mmfusion"] = {"parameters": params.as_dict()}
    data, found = explorer.read_input(layers.layers)
    assert found == params
    assert data.elements == ("Sc", "Dy", "O")
    np.testing.assert_array_equal(data.haadf, layers.data.haadf)


def test_a_job_needs_the_haadf_image(layers):
    layers.viewer.layers.remove(layers.layers.measured(None))
    with pytest.raises(mmf.MMFusionDataError, match="HAADF"):
        explorer.read_input(layers.layers)
