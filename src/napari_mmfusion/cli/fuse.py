"""Fuse the chemical maps of a file with its HAADF image.

The folder then holds the fused maps (<El>_signal.tif), the modelled HAADF image
(haadf_recon.tif) and both with the raw data and the costs (Fused_Reconstruction.h5).
"""

from __future__ import annotations

import argparse
import time

from napari_mmfusion.cli.console import complain, say
from napari_mmfusion.cli.data_options import add_repairs, mended
from napari_mmfusion.cli.dialect import in_options
from napari_mmfusion.cli.input_options import (
    add_choice_of_images,
    add_input,
    load_arguments,
    load_input,
)
from napari_mmfusion.cli.output_options import (
    add_output,
    require_other_files,
    require_room,
)
from napari_mmfusion.cli.parameter_options import (
    add_parameter_options,
    given_parameters,
    parameters_from,
    say_unused,
)
from napari_mmfusion.cli.progress import fuse_with_progress, suggest_with_progress
from napari_mmfusion.cli.report import say_choice, say_costs, say_noise
from napari_mmfusion.core.errors import MMFusionParameterError
from napari_mmfusion.core.fusion import FusionResult
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.resumption import iterations_to_go_on_to
from napari_mmfusion.core.suggestion.methods.table import CHOSEN
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.core.wording import Argument, Text
from napari_mmfusion.io import load_result, save


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion fuse``."""
    add_input(parser)
    add_choice_of_images(parser)
    add_repairs(parser)
    add_output(parser)
    parser.add_argument(
        "--continue",
        dest="resume",
        action="store_true",
        help="go on from INPUT, a folder or .h5 file that fuse has saved, with its images and"
        " parameters; --n-iter is the number of iterations in all (default: an estimate of what"
        " the costs need)",
    )
    parser.add_argument(
        "--auto",
        action="store_true",
        help="choose the method and its settings from the data first, as mmfusion tune --solver"
        " auto does; takes some seconds",
    )
    parser.add_argument(
        "--threads", metavar="N", type=int, help="threads to use; the result is the same"
    )
    add_parameter_options(parser)


def run(arguments: argparse.Namespace) -> None:
    """Load, fuse, save, and print the outcome."""
    given = parameters_from(arguments)
    params = given
    found: FusionParameters | Suggestion
    _require_one_way(arguments)
    require_room(arguments)
    first = _first_part(arguments) if arguments.resume else None
    if first is None:
        data = mended(load_input(arguments), arguments)
    else:
        data = mended(first.data, arguments)
        params = _parameters_of(first, arguments)
    require_other_files(arguments, data.elements)
    if arguments.auto:
        suggestion = suggest_with_progress(data, given, {}, arguments.threads, auto=True)
        for warning in suggestion.warnings:
            complain(f"warning: {in_options(warning)}")
        found = suggestion
    else:
        found = params
        say_unused(params, arguments)
    start = time.perf_counter()
    result = fuse_with_progress(data, found, arguments.threads, resume=first)
    seconds = time.perf_counter() - start
    folder = save(result, arguments.output, overwrite=arguments.overwrite)
    say_noise(data)
    if result.choice is not None:
        say_choice(result.choice)
    ny, nx = data.shape
    say(f"Fused {', '.join(data.elements)} ({ny} x {nx} pixels) in {seconds:.2f} s.")
    if first is not None:
        done = len(first.costs)
        say(f"Continued after {done} iterations; {len(result.costs)} in all.")
    say_costs(result)
    say(f"Saved in {folder}")


def _require_one_way(arguments: argparse.Namespace) -> None:
    """Refuse to choose what is given."""
    if not arguments.auto:
        return
    chosen = [name for name in given_parameters(arguments) if name in CHOSEN]
    if arguments.resume or chosen:
        raise MMFusionParameterError(
            Text(
                "{} chooses the method and its settings; leave out {}",
                Argument("auto"),
                Argument("resume" if arguments.resume else chosen[0]),
            )
        )


def _first_part(arguments: argparse.Namespace) -> FusionResult:
    """The result to go on from."""
    for name, value in load_arguments(arguments).items():
        if value is not None:
            raise MMFusionParameterError(
                Text(
                    "{} takes the images of the result; leave out {}",
                    Argument("resume"),
                    Argument(name),
                )
            )
    if len(arguments.input) > 1:
        raise MMFusionParameterError(
            Text("{} takes one saved result, not {}", Argument("resume"), len(arguments.input))
        )
    return load_result(arguments.input[0])


def _parameters_of(first: FusionResult, arguments: argparse.Namespace) -> FusionParameters:
    """The parameters of the result with those that were given, which `fuse` compares with them."""
    return first.params.replace(
        **{"n_iter": iterations_to_go_on_to(first), **given_parameters(arguments)}
    )
