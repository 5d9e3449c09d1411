"""The options that say what to read, shared by the subcommands that read a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_input(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the input file and where in it to look."""
    parser.add_argument("input", metavar="INPUT", type=Path, help="a .npz, .h5 or .hdf5 file")
    parser.add_argument("--group", metavar="G", help="the HDF5 group that holds the images")


def add_choice_of_images(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the options that name the images to use."""
    parser.add_argument(
        "--elements",
        metavar="A,B,...",
        type=_names,
        help="the maps to use, in this order (default: all whose name holds an element symbol)",
    )
    parser.add_argument(
        "--haadf", metavar="NAME", help="the HAADF image (default: found by its name)"
    )


def load_arguments(arguments: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `napari_mmfusion.load` besides the path."""
    return {name: getattr(arguments, name) for name in ("elements", "haadf", "group")}


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} should be names, such as Sc,Dy,O")
    return names
