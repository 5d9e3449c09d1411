"""The options that set the fusion's parameters, derived from the parameters themselves."""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from napari_mmfusion.cli.console import complain
from napari_mmfusion.cli.dialect import in_options, option_of
from napari_mmfusion.core.fusion import AUTO
from napari_mmfusion.core.parameter_info import ParameterInfo
from napari_mmfusion.core.parameter_use import unused
from napari_mmfusion.core.parameters import FusionParameters

_METAVARS = {"number": "X", "integer": "N", "numbers": "NAME=X,...", "integers": "NAME=Z,..."}


def add_parameter_options(
    parser: argparse.ArgumentParser, *, more_solvers: Sequence[str] = ()
) -> None:
    """Give `parser` an option for every parameter of the fusion.

    `more_solvers` are words that ``--solver`` takes as well, though they are no solver.
    """
    group = parser.add_argument_group("parameters of the fusion")
    for each in dataclasses.fields(FusionParameters):
        info = FusionParameters.info(each.name)
        if each.name == "solver":
            info = dataclasses.replace(info, choices=(*info.choices, *more_solvers))
        group.add_argument(
            option_of(each.name),
            # Absent unless given, so that the defaults stay where they are written.
            default=argparse.SUPPRESS,
            help=_help(info, each.default),
            **_reading(info),
        )


def parameters_from(arguments: argparse.Namespace) -> FusionParameters:
    """The parameters given on the command line, the rest at their defaults.

    Raises
    ------
    MMFusionParameterError
        If a value is outside its range.
    """
    return FusionParameters(**given_parameters(arguments))


def say_unused(params: FusionParameters, arguments: argparse.Namespace) -> None:
    """Print which of the options given change nothing beside the others."""
    note = unused(params, given_parameters(arguments))
    if note is not None:
        complain(f"note: {in_options(note)}")


def take_auto(arguments: argparse.Namespace) -> bool:
    """Whether ``--solver auto`` was given, which is taken out of the arguments."""
    if getattr(arguments, "solver", None) != AUTO:
        return False
    del arguments.solver
    return True


def given_parameters(arguments: argparse.Namespace) -> dict[str, Any]:
    """The parameters given on the command line."""
    return {name: value for name, value in vars(arguments).items() if name in _NAMES}


_NAMES = frozenset(FusionParameters.names())


def _reading(info: ParameterInfo) -> Mapping[str, Any]:
    """How argparse reads a value of this kind."""
    match info.kind:
        case "flag":
            return {"action": argparse.BooleanOptionalAction}
        case "choice":
            return {"choices": info.choices}
        case "numbers" | "integers":
            number = int if info.kind == "integers" else float
            return {"type": partial(_named_numbers, number), "metavar": _METAVARS[info.kind]}
    return {"type": int if info.kind == "integer" else float, "metavar": _METAVARS[info.kind]}


def _help(info: ParameterInfo, default: object) -> str:
    facts = []
    if math.isfinite(info.minimum) and math.isfinite(info.maximum):
        unit = f" {info.unit}" if info.unit else ""
        facts.append(f"{info.minimum:g} to {info.maximum:g}{unit}")
    if info.kind == "flag":
        facts.append(f"default: {'on' if default else 'off'}")
    elif default is not None:
        facts.append(f"default: {default}")
    text = f"{info.help} ({'; '.join(facts)})" if facts else info.help
    return text.replace("%", "%%")  # argparse formats help texts with the % operator


def _named_numbers(kind: type[int] | type[float], text: str) -> dict[str, float]:
    """``"Sc=21,Dy=66"`` as a mapping."""
    noun = "a whole number" if kind is int else "a number"
    numbers: dict[str, float] = {}
    for item in text.split(","):
        name, _, number = item.partition("=")
        try:
            value = kind(number)
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{item!r} should be a name and {noun}, such as Sc=21"
            ) from None
        if name.strip() in numbers:
            raise argparse.ArgumentTypeError(f"{name.strip()} is given twice")
        numbers[name.strip()] = value
    return numbers
