"""Fuse the chemical maps of a file with its HAADF image.

The folder then holds the fused maps (<El>_signal.tif), the modelled HAADF image
(haadf_recon.tif) and both with the raw data and the costs (Fused_Reconstruction.h5).
"""

from __future__ import annotations

import argparse
import time

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.data_options import add_repairs, mended
from napari_mmfusion.cli.input_options import add_choice_of_images, add_input, load_input
from napari_mmfusion.cli.output_options import add_output, require_room
from napari_mmfusion.cli.parameter_options import add_parameter_options, parameters_from
from napari_mmfusion.cli.progress import fuse_with_progress
from napari_mmfusion.cli.report import say_costs
from napari_mmfusion.io import save


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion fuse``."""
    add_input(parser)
    add_choice_of_images(parser)
    add_repairs(parser)
    add_output(parser)
    parser.add_argument(
        "--threads", metavar="N", type=int, help="threads to use; the result is the same"
    )
    add_parameter_options(parser)


def run(arguments: argparse.Namespace) -> None:
    """Load, fuse, save, and print the outcome."""
    params = parameters_from(arguments)
    require_room(arguments)
    data = mended(load_input(arguments), arguments)
    start = time.perf_counter()
    result = fuse_with_progress(data, params, arguments.threads)
    seconds = time.perf_counter() - start
    folder = save(result, arguments.output, overwrite=arguments.overwrite)
    ny, nx = data.shape
    say(f"Fused {', '.join(data.elements)} ({ny} x {nx} pixels) in {seconds:.2f} s.")
    say_costs(result)
    say(f"Saved in {folder}")
