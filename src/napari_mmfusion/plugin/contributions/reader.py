"""Reader of the files that `napari_mmfusion.load` accepts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from napari_mmfusion.io.formats import FORMATS
from napari_mmfusion.plugin.layers.file_layers import file_layers
from napari_mmfusion.plugin.layers.layer_data import LayerData, hand_to_napari

PathOrPaths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def get_reader(path: PathOrPaths) -> Callable[[PathOrPaths], list[LayerData]] | None:
    """Return the function that reads these files, or None if their endings are others.

    Only the endings are checked, so that a file that cannot be read is reported with the reason,
    where another reader could only fail with a less helpful message.

    Parameters
    ----------
    path : str, path or sequence of them
        The files to open; several are read one after the other.

    Returns
    -------
    callable or None
        Takes the path or paths and returns the layers; raises `MMFusionReadError`.
    """
    paths = _as_list(path)
    known = all(Path(each).suffix.lower() in FORMATS for each in paths)
    return read_layers if paths and known else None


def read_layers(path: PathOrPaths) -> list[LayerData]:
    """Read the images of one or more files as layers.

    Raises
    ------
    MMFusionReadError
        If a file cannot be read; no layer is added then.
    """
    return hand_to_napari([layer for each in _as_list(path) for layer in file_layers(each)])


def _as_list(path: PathOrPaths) -> list[str]:
    return [os.fspath(p) for p in ([path] if isinstance(path, str | os.PathLike) else path)]
