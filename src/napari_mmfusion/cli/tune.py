"""Choose lambda_tv and lambda_chem of a fusion from the data alone.

Pixels are held out, and the lambdas that predict them best are suggested, for the solver and the
other parameters given.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from napari_mmfusion.cli.console import complain, say
from napari_mmfusion.cli.data_options import add_repairs, mended
from napari_mmfusion.cli.dialect import in_options, option_of
from napari_mmfusion.cli.input_options import add_choice_of_images, add_input, load_input
from napari_mmfusion.cli.output_options import png_path
from napari_mmfusion.cli.parameter_options import add_parameter_options, parameters_from
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.core.parameters import FusionParameters
from napari_mmfusion.core.suggestion.search import Trial
from napari_mmfusion.core.suggestion.suggest import THOROUGH, suggest
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
    add_parameter_options(parser)


def run(arguments: argparse.Namespace) -> None:
    """Load, search, and print what was chosen."""
    params = parameters_from(arguments)
    picture: Path | None = arguments.output
    if picture is not None and picture.exists() and not arguments.overwrite:
        raise MMFusionWriteError(f"{picture} is there already; add --overwrite to replace it")
    loaded = load_input(arguments)
    data = mended(loaded, arguments, unsaid=("no counts", "filtered"))  # the search warns of these
    choices = THOROUGH if arguments.thorough else {}
    suggestion = _suggest_with_progress(data, params, choices, arguments.threads)
    for warning in suggestion.warnings:
        complain(f"warning: {in_options(warning)}")
    _say_scores(suggestion)
    options = " ".join(
        f"{option_of(name)} {value:.4g}" for name, value in suggestion.chosen.items()
    )
    say(f"Suggested: {options} (for the {params.solver} solver and {params.n_iter} iterations)")
    if picture is not None:
        from napari_mmfusion.cli.score_figure import draw_scores

        with stage_files(picture.parent, [picture.name], overwrite=arguments.overwrite) as staging:
            draw_scores(suggestion).savefig(staging / picture.name, format="png")
        say(f"Saved {picture}")


def _suggest_with_progress(
    data: FusionDataset,
    params: FusionParameters,
    choices: Mapping[str, Sequence[Any]],
    threads: int | None,
) -> Suggestion:
    if not sys.stderr.isatty():
        return suggest(data, params, choices=choices, threads=threads)
    from tqdm import tqdm

    with tqdm(desc="Trying", unit="trial", file=sys.stderr) as bar:

        def advance(trial: Trial) -> None:
            bar.total = trial.total
            bar.update()

        return suggest(data, params, choices=choices, threads=threads, progress=advance)


def _say_scores(suggestion: Suggestion) -> None:
    """Print every curve as a table, with the scores above their lowest."""
    say(f"{'lambda':>12}  {'value':>10}  {'score above the lowest':>22}")
    for curve in suggestion.curves:
        lowest = int(curve.scores.argmin())
        above = curve.scores - curve.scores[lowest]
        for i, (value, score) in enumerate(zip(curve.values, above, strict=True)):
            mark = "  <" if i == lowest else ""
            say(f"{curve.along:>12}  {value:>10.4g}  {score:>22.3e}{mark}")
