"""The program: its subcommands and its exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from napari_mmfusion import __version__
from napari_mmfusion.cli import demo, fuse, info, tune, view
from napari_mmfusion.cli.console import complain
from napari_mmfusion.core.errors import MMFusionError

OK, FAILED, INTERRUPTED = 0, 1, 130
"""Exit codes; argparse itself exits with 2 for wrong usage."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``mmfusion`` with the given arguments, by default those of the process.

    Returns
    -------
    int
        Exit code: 0 if all went well, 1 after an error (one line on stderr), 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        With code 2 for wrong usage, with 0 after ``--help`` and ``--version``.
    """
    arguments = build_parser().parse_args(argv)
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. Python flushes stdout once more at exit,
        # which must find an open file.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (MMFusionError, OSError) as error:
        complain(f"error: {error}")
        return FAILED
    except MemoryError as error:
        complain(f"error: not enough memory ({error}); use smaller or fewer images")
        return FAILED
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    return OK


def build_parser() -> argparse.ArgumentParser:
    """The parser of the command line; ``arguments.run(arguments)`` does the work."""
    parser = argparse.ArgumentParser(
        prog="mmfusion",
        allow_abbrev=False,
        description="Fused multi-modal electron microscopy: chemical maps sharpened by the"
        " HAADF image of the same area.",
    )
    parser.add_argument("--version", action="version", version=f"mmfusion {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    modules = {"fuse": fuse, "tune": tune, "info": info, "demo": demo, "view": view}
    for name, command in modules.items():
        subparser = commands.add_parser(
            name,
            help=command.SUMMARY,
            description=command.__doc__,
            allow_abbrev=False,  # a script that shortens an option would break with the next one
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser
