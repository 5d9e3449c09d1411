"""Reader of the files that `napari_mmfusion.load` accepts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.formats import FORMATS, PathOrPaths, as_list, is_tiff, tiffs_in, together
from napari_mmfusion.io.layout import RECONSTRUCTION
from napari_mmfusion.plugin.layers.layer_data import LayerData, hand_to_napari
from napari_mmfusion.plugin.layers.results.file_layers import file_layers
from napari_mmfusion.plugin.qt.texts.wording import errors_in_labels


def get_reader(path: PathOrPaths) -> Callable[[PathOrPaths], list[LayerData]] | None:
    """Return the function that reads these files, or None if their endings are others.

    Several TIFF files, or a folder of some, are one data set; a single one is left to napari. Only
    the endings are checked, so that a file that cannot be read is reported with the reason, where
    another reader could only fail with a less helpful message.

    Parameters
    ----------
    path : str, path or sequence of them
        The files to open; several are read one after the other.

    Returns
    -------
    callable or None
        Takes the path or paths and returns the layers; raises `MMFusionReadError`.
    """
    try:
        paths = as_list(path)
    except MMFusionReadError:  # no path that a file can have
        return None
    if not paths or any(is_tiff(each) for each in paths):
        return read_layers if len(paths) > 1 and all(is_tiff(each) for each in paths) else None
    known = all(Path(each).suffix.lower() in FORMATS or _holds_tiffs(each) for each in paths)
    return read_layers if known else None


@errors_in_labels()
def read_layers(path: PathOrPaths) -> list[LayerData]:
    """Read the images of one or more files as layers.

    Raises
    ------
    MMFusionReadError
        If a file cannot be read; no layer is added then.
    """
    data_sets = together(as_list(path))
    return hand_to_napari([layer for each in data_sets for layer in file_layers(each)])


def _holds_tiffs(path: str) -> bool:
    folder = Path(path)
    try:
        return folder.is_dir() and (len(tiffs_in(folder)) > 1 or (folder / RECONSTRUCTION).exists())
    except OSError:
        return False
