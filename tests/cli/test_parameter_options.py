"""Every parameter has an option that is derived from the dataclass."""

from __future__ import annotations

import dataclasses
import re

import pytest

from napari_mmfusion import FusionParameters
from napari_mmfusion.cli.parameter_options import parameters_from
from napari_mmfusion.cli.program import build_parser

OTHER = FusionParameters(
    gamma=1.75,
    weighting="z^gamma/sum",
    lambda_haadf=0.4,
    lambda_chem=0.01,
    lambda_tv=0.02,
    n_iter=7,
    n_iter_tv=5,
    background=0.1,
    threshold=0.2,
    tv="anisotropic",
    regularize=False,
    atomic_numbers={"Co": 28, "my map": 8},
    weights={"Co": 0.5},
    solver="converged",
    tolerance=1e-4,
    normalisation="robust",
    guided_tv=7.0,
    guided_haadf=3.0,
    eta=0.02,
    gap=1e-2,
    matched_strength=1.5,
)


def parsed(*options):
    return parameters_from(build_parser().parse_args(["fuse", "in.npz", "-o", "out", *options]))


def options_for(params):
    options = []
    for name, value in params.as_dict().items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            options.append(option if value else f"--no-{option[2:]}")
        elif isinstance(value, dict):
            options += [option, ",".join(f"{key}={number}" for key, number in value.items())]
        elif value is not None:
            options += [option, str(value)]
    return options


def test_nothing_given_is_the_default():
    assert parsed() == FusionParameters()


def test_every_parameter_can_be_given():
    changed = [
        each.name
        for each in dataclasses.fields(FusionParameters)
        if getattr(OTHER, each.name) != each.default
    ]
    assert changed == list(FusionParameters.names())  # else this test misses one
    assert parsed(*options_for(OTHER)).as_dict() == OTHER.as_dict()


def help_of(option, text):
    """The help text of one option, in one line."""
    entries = [" ".join(entry.split()) for entry in re.split(r"\n(?=  -)", text)]
    (entry,) = [entry for entry in entries if re.match(rf"{option}[ ,]", entry)]
    return entry


@pytest.mark.parametrize("name", FusionParameters.names())
def test_help_says_what_the_dataclass_says(mmfusion, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "2000")
    _, out, _ = mmfusion("fuse", "--help")
    info = FusionParameters.info(name)
    default = FusionParameters.__dataclass_fields__[name].default
    line = help_of(f"--{name.replace('_', '-')}", out)
    assert info.help in line
    if info.kind in ("number", "integer"):
        assert f"{info.minimum:g} to {info.maximum:g}" in line
        assert info.unit in line
    if info.kind == "choice":
        assert all(choice in line for choice in info.choices)
    if default is not None:
        assert f"default: {'on' if default is True else default}" in line


def test_flags_work_both_ways():
    assert parsed("--no-regularize").regularize is False
    assert parsed("--no-regularize", "--regularize").regularize is True


def test_options_that_change_nothing_are_said(mmfusion, sample, tmp_path):
    options = ["--solver", "guided", "--n-iter", 2, "--lambda-tv", 1, "--threshold", 0.2]
    code, _, err = mmfusion("fuse", sample, "-o", tmp_path / "out", *options)
    assert code == 0
    said = "note: --lambda-tv, --threshold change nothing with --solver guided"
    assert said in err
    _, _, err = mmfusion("fuse", sample, "-o", tmp_path / "more", "--n-iter", 2, "--lambda-tv", 1)
    assert "change" not in err


@pytest.mark.parametrize(
    ("options", "note"),
    [
        (["--solver", "matched", "--eta", 0.1], "--eta changes nothing with --solver matched"),
        (["--solver", "matched", "--matched-strength", 1], "--matched-strength is chosen"),
        (["--lambda-tv", 0.2, "--n-iter", 3], "--lambda-tv is chosen from the data"),
        (["--solver", "auto", "--eta", 0.2, "--lambda-tv", 1], "--lambda-tv, --eta are chosen"),
    ],
)
def test_tune_says_which_options_change_nothing(mmfusion, sample, options, note):
    code, _, err = mmfusion("tune", sample, *options)
    assert code == 0
    assert f"note: {note}" in err
