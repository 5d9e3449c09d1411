"""Say what is in a file: its images, the elements recognised, and statistics of each."""

from __future__ import annotations

import argparse

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.dialect import in_options
from napari_mmfusion.cli.input_options import add_input
from napari_mmfusion.io import inspect


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion info``."""
    add_input(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print a table of the images, what is wrong with them, and whether they can be fused."""
    contents = inspect(arguments.input, arguments.group, statistics=True)
    for line in in_options(contents).splitlines():
        say(line)
