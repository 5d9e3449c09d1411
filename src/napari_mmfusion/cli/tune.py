"""Choose the settings of a fusion, or also its method, from the data alone.

Pixels are held out, or a part of the counts, and the settings that predict them best are suggested:
the lambdas for the solver and the other parameters given; with --solver guided its own settings;
with --solver auto the best of all methods, with a table of their scores for each map.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from napari_mmfusion.cli.console import complain, say
from napari_mmfusion.cli.data_options import add_repairs, mended
from napari_mmfusion.cli.dialect import in_options, option_of
from napari_mmfusion.cli.input_options import add_choice_of_images, add_input, load_input
from napari_mmfusion.cli.parameter_options import (
    add_parameter_options,
    given_parameters,
    parameters_from,
    say_unused,
    take_auto,
)
from napari_mmfusion.cli.progress import suggest_with_progress
from napari_mmfusion.cli.report import say_choice
from napari_mmfusion.cli.values import png_path
from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.core.fusion import AUTO
from napari_mmfusion.core.parameter_use import chosen_anyway
from napari_mmfusion.core.suggestion.choices import LAMBDAS
from napari_mmfusion.core.suggestion.methods.table import CHOSEN, settings_of
from napari_mmfusion.core.suggestion.suggest import THOROUGH
from napari_mmfusion.core.suggestion.suggestion import Suggestion
from napari_mmfusion.io.atomic_write import stage_files


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion tune``."""
    add_input(parser)
    add_choice_of_images(parser)
    add_repairs(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE.png", type=png_path, help="draw the score curves"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace FILE.png")
    parser.add_argument(
        "--thorough",
        action="store_true",
        help=f"choose {' and '.join(THOROUGH)} as well; takes some eight times as long",
    )
    parser.add_argument(
        "--threads", metavar="N", type=int, help="threads to use; the result is the same"
    )
    add_parameter_options(parser, more_solvers=(AUTO,))


def run(arguments: argparse.Namespace) -> None:
    """Load, search, and print what was chosen."""
    auto = take_auto(arguments)
    params = parameters_from(arguments)
    picture: Path | None = arguments.output
    if picture is not None and picture.exists() and not arguments.overwrite:
        raise MMFusionWriteError(f"{picture} is there already; add --overwrite to replace it")
    loaded = load_input(arguments)
    data = mended(loaded, arguments, unsaid=("no counts", "filtered"))  # the search warns of these
    if auto:
        note = chosen_anyway(CHOSEN, given_parameters(arguments))
    else:
        say_unused(params, arguments)
        note = chosen_anyway(settings_of(params.solver) or LAMBDAS, given_parameters(arguments))
    if note is not None:
        complain(f"note: {in_options(note)}")
    choices = THOROUGH if arguments.thorough else {}
    suggestion = suggest_with_progress(data, params, choices, arguments.threads, auto=auto)
    for warning in suggestion.warnings:
        complain(f"warning: {in_options(warning)}")
    _say_scores(suggestion)
    if suggestion.choice is not None:
        say_choice(suggestion.choice)
        say(in_options(suggestion.choice))
    options = " ".join(f"{option_of(name)} {_said(v)}" for name, v in suggestion.chosen.items())
    solver = suggestion.params.solver
    say(f"Suggested: {options} (for the {solver} solver and {params.n_iter} iterations)")
    if picture is not None:
        from napari_mmfusion.cli.score_figure import draw_scores

        with stage_files(picture.parent, [picture.name], overwrite=arguments.overwrite) as staging:
            draw_scores(suggestion).savefig(staging / picture.name, format="png")
        say(f"Saved {picture}")


def _said(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _say_scores(suggestion: Suggestion) -> None:
    """Print every curve as a table, with the scores above their lowest."""
    say(f"{'setting':>12}  {'value':>10}  {'score above the lowest':>22}")
    for curve in suggestion.curves:
        lowest = int(curve.scores.argmin())
        above = curve.scores - curve.scores[lowest]
        for i, (value, score) in enumerate(zip(curve.values, above, strict=True)):
            mark = "  <" if i == lowest else ""
            say(f"{curve.along:>12}  {value:>10.4g}  {score:>22.3e}{mark}")
