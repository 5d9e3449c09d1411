"""Output on the terminal."""

from __future__ import annotations

import sys
from typing import TextIO


def say(line: str = "") -> None:
    """Print one line on stdout."""
    print(_printable(line, sys.stdout))


def complain(message: str) -> None:
    """Print one line on stderr, whatever `message` holds."""
    print(_printable(f"mmfusion: {' '.join(message.split())}", sys.stderr), file=sys.stderr)


def _printable(line: str, stream: TextIO) -> str:
    """`line` as the terminal can show it.

    Names come from files: control characters must not reach the terminal, and letters its
    encoding lacks (on Windows, most of them) must not end the program.
    """
    visible = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    encoding = stream.encoding or "utf-8"
    return visible.encode(encoding, "backslashreplace").decode(encoding)
