"""The program: its subcommands and its exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Final

from napari_mmfusion._version import __version__
from napari_mmfusion.cli.console import complain
from napari_mmfusion.cli.dialect import in_options
from napari_mmfusion.cli.values import Once
from napari_mmfusion.core.errors import MMFusionError

OK, FAILED, INTERRUPTED = 0, 1, 130
"""Exit codes; argparse itself exits with 2 for wrong usage."""

_COMMANDS: Final = {
    "fuse": "fuse the maps of a file and save the results",
    "tune": "suggest the lambdas of a fusion",
    "info": "say what is in a file",
    "demo": "fuse a simulated sample and draw the result",
    "simulate": "simulate a specimen whose composition is known, or list the specimens",
    "view": "open a file in napari",
}
"""The subcommands, each a module of this package with `add_arguments` and `run`."""


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
        # The reader, such as `head`, has closed the pipe. Python flushes stdout again at exit, for
        # which it needs an open file.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (MMFusionError, OSError) as error:
        complain(f"error: {in_options(error)}")
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
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_CommandParser)
    for name, summary in _COMMANDS.items():
        commands.add_parser(
            name,
            command=name,
            help=summary,
            allow_abbrev=False,  # a script that shortens an option would break with the next one
        )
    return parser


class _CommandParser(argparse.ArgumentParser):
    """The parser of a subcommand, whose module is imported only when the subcommand is called."""

    def __init__(self, *, command: str, **options: Any) -> None:
        super().__init__(**options)
        self.register("action", None, Once)
        self._command: str | None = command

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Add the arguments of the subcommand, then parse."""
        if self._command is not None:
            module = _import_command(self._command)
            self._command = None
            self.description = module.__doc__
            module.add_arguments(self)
            self.set_defaults(run=module.run)
        return super().parse_known_args(args, namespace)


def _import_command(name: str) -> ModuleType:
    """The module of a subcommand. Most are slow to import: they need SciPy, h5py or tifffile."""
    match name:
        case "fuse":
            from napari_mmfusion.cli import fuse

            return fuse
        case "tune":
            from napari_mmfusion.cli import tune

            return tune
        case "info":
            from napari_mmfusion.cli import info

            return info
        case "demo":
            from napari_mmfusion.cli import demo

            return demo
        case "simulate":
            from napari_mmfusion.cli import simulate

            return simulate
    from napari_mmfusion.cli import view

    return view
