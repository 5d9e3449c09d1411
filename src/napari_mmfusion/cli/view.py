"""Open a file in napari, with the dock that fuses its maps beside the images."""

from __future__ import annotations

import argparse

from napari_mmfusion.cli.console import say
from napari_mmfusion.cli.input_options import add_choice_of_images, add_input, load_arguments
from napari_mmfusion.cli.values import png_path
from napari_mmfusion.core.errors import MMFusionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the arguments of ``mmfusion view``."""
    add_input(parser)
    add_choice_of_images(parser)
    parser.add_argument("--run", dest="at_once", action="store_true", help="fuse the maps at once")
    parser.add_argument(
        "--screenshot",
        metavar="FILE.png",
        type=png_path,
        help="save a picture of the window and close it again",
    )


def run(arguments: argparse.Namespace) -> None:
    """Open the window and wait until it is closed."""
    try:
        # The only import of the plugin, made late: all other commands work without napari.
        from napari_mmfusion.plugin.dock.window import open_window

        open_window(
            arguments.input,
            run=arguments.at_once,
            screenshot=arguments.screenshot,
            **load_arguments(arguments),
        )
    except ImportError as error:
        raise MMFusionError(
            f"napari or Qt is missing ({error}); install them with:"
            ' pip install "napari-mmfusion[all]"'
        ) from error
    if arguments.screenshot:
        say(f"Saved {arguments.screenshot}")
