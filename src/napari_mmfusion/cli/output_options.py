"""The options that say where to save, shared by the subcommands that write a folder."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from napari_mmfusion.cli.values import path
from napari_mmfusion.core.errors import MMFusionWriteError
from napari_mmfusion.io.formats import tiffs_in
from napari_mmfusion.io.layout import HAADF_IMAGE, RECONSTRUCTION, result_files
from napari_mmfusion.io.replacing import require_replaceable


def add_output(parser: argparse.ArgumentParser, default: Path | None = None) -> None:
    """Give `parser` the folder to write, required if there is no default."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        type=path,
        required=default is None,
        default=default,
        help="the folder to save in" + (f" (default: {default})" if default else ""),
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace results already in the folder"
    )


def require_room(arguments: argparse.Namespace, others: Iterable[str] = ()) -> None:
    """Refuse a folder with results before anything is computed, and name the option that helps.

    Raises
    ------
    MMFusionWriteError
        If the folder holds results, or files called as in `others`, that may not be overwritten
        or are read-only.
    """
    there = [
        name
        for name in (HAADF_IMAGE, RECONSTRUCTION, *others)
        if os.path.lexists(arguments.output / name)
    ]
    if there and not arguments.overwrite:
        raise MMFusionWriteError(
            f"{arguments.output} holds {', '.join(there)} already;"
            " choose another folder or add --overwrite"
        )
    require_replaceable(arguments.output, there)


def require_other_files(arguments: argparse.Namespace, elements: Iterable[str]) -> None:
    """Refuse to save over the images that are read.

    Raises
    ------
    MMFusionWriteError
        If a file of the results is one of the images, or is a result of which only some images
        are used.
    """
    folder: Path = arguments.output
    read = [
        file for path in arguments.input for file in (tiffs_in(path) if path.is_dir() else [path])
    ]
    is_part = arguments.elements is not None or arguments.haadf is not None or arguments.crop
    for name in result_files(elements):
        if name == RECONSTRUCTION and not is_part:
            continue  # the new result holds the measured images of the old one
        target = folder / name
        if target.exists() and any(target.samefile(each) for each in read):
            raise MMFusionWriteError(
                f"{target} is one of the files to read, and saving would replace it; choose"
                " another folder"
            )
