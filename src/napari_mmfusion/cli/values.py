"""How argparse reads the values of options: nothing empty, and nothing given twice."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def path(text: str) -> Path:
    """A path; an empty one would be the present folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(text)


def png_path(text: str) -> Path:
    """A path that ends in .png."""
    from napari_mmfusion.io.endings import PNG  # the readers are slow to import

    file = path(text)
    if file.suffix.lower() != PNG:
        raise argparse.ArgumentTypeError(f"{text!r} should end in .png")
    return file


def name(text: str) -> str:
    """A name of something in a file."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty")
    return text


def names(text: str) -> str:
    """Names between commas."""
    if not all(each.strip() for each in text.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r} should be names, such as Sc,Dy,O")
    return text


class Once(argparse.Action):
    """Stores the value of an option, which may be given once only."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  argparse passes it
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Store the value, or refuse a second one."""
        given = vars(namespace).setdefault("given_options", set())
        if option_string is not None and self.dest in given:
            raise argparse.ArgumentError(self, "given twice; leave one out")
        given.add(self.dest)
        setattr(namespace, self.dest, values)
