"""Opening files in napari: those of `napari_mmfusion.load`, as the layers the dock starts from."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from napari_mmfusion.io.opening import FORMATS
from napari_mmfusion.plugin.layers.file_layers import file_layers
from napari_mmfusion.plugin.layers.layer_data import LayerData, hand_to_napari

PathOrPaths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def get_reader(path: PathOrPaths) -> Callable[[PathOrPaths], list[LayerData]] | None:
    """Give napari the function that reads these files, or None where they are not ours.

    Only the endings are looked at: a file of ours that cannot be read gets a message that says
    what is wrong with it, where another reader could only fail in other words.

    Parameters
    ----------
    path : str, path or sequence of them
        What the user opens; several files are read one after the other.

    Returns
    -------
    callable or None
        Takes the path or paths and returns the layers; raises `MMFusionReadError`.
    """
    paths = _as_list(path)
    ours = all(Path(each).suffix.lower() in FORMATS for each in paths)
    return read_layers if paths and ours else None


def read_layers(path: PathOrPaths) -> list[LayerData]:
    """Read the images of one or more files as layers.

    Raises
    ------
    MMFusionReadError
        If a file cannot be read; no layer is made then.
    """
    return hand_to_napari([layer for each in _as_list(path) for layer in file_layers(each)])


def _as_list(path: PathOrPaths) -> list[str]:
    return [os.fspath(p) for p in ([path] if isinstance(path, str | os.PathLike) else path)]
