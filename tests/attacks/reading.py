"""Read a file in every way there is; done in a child."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import napari_mmfusion as mmf
from napari_mmfusion.io import load_parameters
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.layers_file import is_layers_file, read_layers


def read_in_every_way(_: Callable[..., None], path: Path, options: Mapping[str, Any]) -> str:
    """The message with which `load` refuses the file, or ""; whatever else is raised escapes."""
    os.chdir(path.parent)
    return messages(path, options)["load"]


def read_layers_of(path: Path) -> object:
    with open_file(path) as file:
        return read_layers(file) if is_layers_file(file) else None


def messages(path: Path, options: Mapping[str, Any]) -> dict[str, str]:
    """The error message of each reader, or "" if it reads the file."""
    readers = {
        "load": partial(mmf.load, **options),
        "inspect": partial(mmf.inspect, group=options.get("group")),
        "statistics": partial(mmf.inspect, group=options.get("group"), statistics=True),
        "parameters": load_parameters,
        "result": mmf.load_result,
        "layers": read_layers_of,
    }
    messages = {}
    for name, read in readers.items():
        try:
            read(path)
            messages[name] = ""
        except mmf.MMFusionReadError as error:
            messages[name] = str(error)
            if not (messages[name].isprintable() and messages[name].startswith(f"{path.name}: ")):
                raise AssertionError("a message on several lines or without the file") from error
    return messages
