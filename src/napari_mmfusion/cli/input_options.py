"""The options that say what to read, shared by the subcommands that read a file."""

from __future__ import annotations

import argparse
from typing import Any

from napari_mmfusion.cli.console import complain
from napari_mmfusion.cli.values import name, names, path
from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.io import load


def add_input(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the input file, folder or files, and where in it to look."""
    parser.add_argument(
        "input",
        metavar="INPUT",
        nargs="+",
        type=path,
        help="a .npz, .h5, .hdf5 or .tif file, a folder of .tif files, or several of them",
    )
    parser.add_argument(
        "--group", metavar="G", type=name, help="the HDF5 group that holds the images"
    )


def add_choice_of_images(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options that name the images to use."""
    parser.add_argument(
        "--elements",
        metavar="A,B,...",
        type=names,
        action="append",
        help="the maps to use, by symbol or name, in this order; may be repeated, and names may"
        " hold commas (default: all whose name holds an element symbol)",
    )
    parser.add_argument(
        "--haadf", metavar="NAME", type=name, help="the HAADF image (default: found by its name)"
    )


def load_arguments(arguments: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `napari_mmfusion.load` besides the path."""
    return {key: getattr(arguments, key) for key in ("elements", "haadf", "group")}


def load_input(arguments: argparse.Namespace) -> FusionDataset:
    """Load the data, and say on stderr what was guessed, left out or ignored."""
    data = load(arguments.input, **load_arguments(arguments))
    for sentence in data.reader_notes.sentences:
        complain(sentence)
    return data
