"""A bad value for every argument of a fusion, and what each place calls the argument."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

import napari_mmfusion as mmf

IDENTIFIERS = (
    r"n_iter|lambda_|data\.\w|numpy\.|mmf\.|atomic_numbers|haadf=|elements=|group=|overwrite=|weighting="
    r"|resume="
)
"""What only Python says."""


@dataclasses.dataclass(frozen=True)
class Bad:
    """A call that is refused, and the words of Python, command line and window."""

    call: Callable[[], object]
    python: str
    command_line: str
    window: str


def _data(**changes: Any) -> mmf.FusionDataset:
    ramp = np.arange(12.0).reshape(3, 4)
    return mmf.FusionDataset(**({"haadf": ramp, "maps": {"Sc": ramp + 1, "O": ramp}} | changes))


def _parameter(name: str, value: object) -> Callable[[], object]:
    return lambda: mmf.FusionParameters(**{name: value})


def _field(name: str) -> Bad:
    info = mmf.FusionParameters.info(name)
    option, window, python = f"--{name.replace('_', '-')}", info.label, name
    bad: object = {"choice": "x", "flag": 7}.get(info.kind, 1e9)
    if info.kind in ("numbers", "integers"):
        bad = {"Sc": 1e9}
        python, option = f"{name}['Sc']", f"{option} Sc"
        window = {"atomic_numbers": "Z of Sc", "weights": "Weight of Sc"}[name]
    return Bad(_parameter(name, bad), python, option, window)


PARAMETERS = {name: _field(name) for name in mmf.FusionParameters.names()}
"""A bad value of every parameter."""

_ONES = np.ones((3, 4))
_HOLED = np.where(np.arange(12).reshape(3, 4) < 4, np.nan, np.arange(12.0).reshape(3, 4))
ARGUMENTS = {
    "atomic_numbers of no map": Bad(
        lambda: mmf.fuse(_data(), atomic_numbers={"Fe": 26}),
        "atomic_numbers names",
        "--atomic-numbers names",
        "column Z of the table names",
    ),
    "weights of no map": Bad(
        lambda: mmf.fuse(_data(), weights={"Fe": 1}),
        "weights names",
        "--weights names",
        "column Weight of the table names",
    ),
    "a name without element": Bad(
        lambda: mmf.fuse(_data(maps={"sum": np.arange(12.0).reshape(3, 4)})),
        "atomic_numbers={'sum': Z}, or weighting='unit'",
        "--atomic-numbers sum=Z, or --weighting unit",
        "Z of sum, or Weighting unit",
    ),
    "n_iter of another type": Bad(
        _parameter("n_iter", 2.5), "n_iter must", "--n-iter must", "Iterations must"
    ),
    "a parameter left out": Bad(
        _parameter("lambda_tv", None), "lambda_tv must", "--lambda-tv must", "TV weight must"
    ),
    "values that are not finite": Bad(
        lambda: mmf.fuse(_data(haadf=_HOLED)),
        "data.cropped() cuts off a rim, data.masked() leaves",
        "; --crop cuts off a rim, --mask-nan leaves",
        "; the option --crop of mmfusion fuse cuts off a rim",
    ),
    "threads": Bad(
        lambda: mmf.fuse(_data(), threads=0), "threads must", "--threads must", "threads must"
    ),
    "start": Bad(
        lambda: mmf.fuse(_data(), start={"Sc": _ONES, "O": _ONES[1:]}),
        "start['O'] has",
        "--start O has",
        "the start of O has",
    ),
    "regularize": Bad(
        lambda: mmf.suggest(_data(), regularize=False),
        "regularize is off",
        "--regularize is off",
        "Regularise is off",
    ),
}
"""Arguments of data, and messages with more than the name of one."""

EVERY = {**PARAMETERS, **ARGUMENTS}


def refusal(bad: Bad) -> mmf.MMFusionError:
    """The error of a bad value."""
    try:
        bad.call()
    except mmf.MMFusionError as error:
        return error
    raise AssertionError("the value was taken")
