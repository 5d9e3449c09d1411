"""`simulate`: names, seeds, sizes, refusals."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.simulate import nrmse


def fingerprint(data):
    digest = hashlib.sha256()
    for image in (data.haadf, *data.maps.values()):
        digest.update(image.tobytes())
    return digest.hexdigest()


def test_the_phantoms_are_those_of_the_contract():
    assert list(mmf.PHANTOMS) == [
        "core-shell",
        "lattice",
        "wedge",
        "null-element",
        "polycrystal",
        "interface",
        "needles",
        "dopant",
        "porous",
    ]


@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_data_are_complete(name):
    data = mmf.simulate(name, shape=(48, 80), counts=10, seed=0)
    assert data.shape == (48, 80)
    assert data.elements == mmf.PHANTOMS[name].elements
    assert tuple(data.truth) == data.elements
    assert data.name == name
    assert (data.pixel_size, data.unit) == (mmf.PHANTOMS[name].pixel_size, "nm")
    assert max(image.max() for image in data.truth.values()) == 1
    assert data.haadf.dtype == np.float32


def test_the_default_size():
    assert mmf.simulate("lattice").shape == (256, 256)


@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_one_seed_gives_one_set_of_bits(name):
    def run(seed):
        return fingerprint(mmf.simulate(name, shape=(64, 64), counts=3, seed=seed))

    assert run(5) == run(5)
    assert run(5) != run(6)


def test_the_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - to show that it is not used
    mmf.simulate("core-shell", shape=(32, 32))
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("name", mmf.PHANTOMS)
def test_noise_falls_with_the_square_root_of_the_counts(name):
    errors = []
    for counts in (2, 50):
        data = mmf.simulate(name, counts=counts, seed=1)
        structured = [each for each in data.elements if np.ptp(data.truth[each])]
        errors.append([nrmse(data.maps[each], data.truth[each]) for each in structured])
    np.testing.assert_allclose(np.divide(*errors), 5, rtol=0.1)


def test_errors_of_the_raw_core_shell_are_those_of_the_design():
    # SCIENCE.md section 10: raw .89 at 2 counts and .40 at 10 counts on 96 x 96 pixels.
    for counts, expected in ((2, 0.89), (10, 0.40)):
        data = mmf.simulate("core-shell", shape=(96, 96), counts=counts)
        mean = np.mean([nrmse(data.maps[each], data.truth[each]) for each in data.elements])
        assert mean == pytest.approx(expected, rel=0.1)


def test_background_lifts_every_map():
    data = mmf.simulate("core-shell", shape=(64, 64), counts=10, background_counts=5)
    assert all(image[:8, :8].mean() == pytest.approx(0.5, rel=0.2) for image in data.maps.values())


def test_the_pixel_size_sets_how_many_cells_are_seen():
    coarse = mmf.simulate("lattice", shape=(128, 128), pixel_size=0.04)
    fine = mmf.simulate("lattice", shape=(256, 256), pixel_size=0.02)
    assert coarse.pixel_size == 0.04
    binned = fine.truth["Dy"].reshape(128, 2, 128, 2).mean(axis=(1, 3))
    assert nrmse(coarse.truth["Dy"], binned) < 0.03  # binning blurs a little


def test_gamma_and_weighting_reach_the_haadf():
    def haadf(**how):
        return mmf.simulate("lattice", shape=(64, 64), haadf_counts=1e9, **how).haadf

    assert haadf(gamma=1.0).mean() > haadf(gamma=2.0).mean()
    assert haadf(weighting="z^1.7").mean() < haadf(weighting="z").mean()


def test_flaws_reach_the_haadf_and_leave_the_maps_alone():
    plain = mmf.simulate("wedge", shape=(64, 64), haadf_counts=1e9, seed=2)
    ramped = mmf.simulate("wedge", shape=(64, 64), haadf_counts=1e9, seed=2, haadf_ramp=0.1)
    shifted = mmf.simulate("wedge", shape=(64, 64), haadf_counts=1e9, seed=2, haadf_shift=1)
    for name in plain.elements:
        np.testing.assert_array_equal(plain.maps[name], ramped.maps[name])
    assert (ramped.haadf - plain.haadf)[:, -1].mean() > (ramped.haadf - plain.haadf)[:, 0].mean()
    np.testing.assert_allclose(shifted.haadf[:, 1:], plain.haadf[:, :-1], atol=1e-3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "cube"}, "'cube'.*core-shell, lattice, wedge, null-element"),
        ({"counts": 0}, "counts"),
        ({"counts": -1}, "counts"),
        ({"counts": float("nan")}, "counts"),
        ({"counts": float("inf")}, "counts"),
        ({"counts": "many"}, "counts"),
        ({"counts": None}, "counts"),
        ({"counts": True}, "counts"),
        ({"haadf_counts": 0}, "haadf_counts"),
        ({"background_counts": -0.1}, "background_counts"),
        ({"gamma": 2.5}, "gamma"),
        ({"weighting": "Z"}, "weighting"),
        ({"haadf_ramp": -0.1}, "haadf_ramp"),
        ({"haadf_shift": -1}, "haadf_shift"),
        ({"haadf_shift": 0.5}, "haadf_shift"),
        ({"haadf_offset": -0.1}, "haadf_offset"),
        ({"haadf_blur": -1}, "haadf_blur"),
        ({"haadf_drift": float("nan")}, "haadf_drift"),
        ({"haadf_jitter": -0.1}, "haadf_jitter"),
        ({"pixel_size": 0}, "pixel_size"),
        ({"shape": (256,)}, "shape"),
        ({"shape": (64, 64, 3)}, "shape"),
        ({"shape": (0, 64)}, "shape"),
        ({"shape": (64, -64)}, "shape"),
        ({"shape": (64.5, 64)}, "shape"),
        ({"shape": 64}, "shape"),
        ({"shape": (64, 10**9)}, "shape"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"seed": None}, "seed"),
    ],
)
def test_wrong_arguments_are_refused_by_name(changes, words):
    arguments = {"name": "core-shell"} | changes
    with pytest.raises(mmf.MMFusionParameterError, match=words):
        mmf.simulate(arguments.pop("name"), **arguments)
