"""Reading a file: as a data set to fuse, or as a list of what is in it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.core.errors import MMFusionReadError
from napari_mmfusion.io.calibration import Calibration
from napari_mmfusion.io.formats import open_file
from napari_mmfusion.io.items import ImagesOnDemand, Item, OpenFile, require_affordable
from napari_mmfusion.io.roles import role_of, select


def load(
    path: str | os.PathLike[str],
    *,
    elements: Sequence[str] | None = None,
    haadf: str | None = None,
    group: str | None = None,
) -> FusionDataset:
    """Read a HAADF image and chemical maps from a .npz or HDF5 file.

    The HAADF image is the array called ``HAADF``, or the only one with such a name (``ADF``,
    ``DF4``, ``HAADF-STEM``); maps are those whose name holds one element symbol (``Co``,
    ``Co_K``, ``map of Co``), and get the symbol as their name. Results written by `save` or by
    the published tutorial give back their measured images.

    Parameters
    ----------
    path : str or path
        File ending in ``.npz``, ``.h5`` or ``.hdf5``.
    elements : sequence of str, optional
        Maps to take, by symbol or by name in the file, in this order; by default all.
    haadf : str, optional
        Name of the HAADF image in the file.
    group : str, optional
        Group of the HDF5 file to take the images from, where several hold images.

    Returns
    -------
    FusionDataset
        Named after the file, with its SHA-256, and pixel size and unit if the file has them
        (as ``pixel_size`` and ``unit``: attributes in HDF5, single values in .npz).

    Raises
    ------
    MMFusionReadError
        For every failure, in one line: the file, the item, what was expected and what to do.

    Examples
    --------
    >>> import napari_mmfusion as mmf
    >>> data = mmf.load("dataset.npz", elements=["Sc", "Dy"])  # doctest: +SKIP
    """
    with open_file(path, group) as file:
        return read_dataset(file, elements=elements, haadf=haadf)


def read_dataset(
    file: OpenFile, *, elements: Sequence[str] | None = None, haadf: str | None = None
) -> FusionDataset:
    """Read a data set from a file that `open_file` has opened; see `load`."""
    names = [elements] if isinstance(elements, str) else elements
    chosen = select(file.items, elements=names, haadf=haadf, group=file.group)
    require_affordable(chosen.items, file.size)
    return FusionDataset(
        chosen.haadf.read(),
        ImagesOnDemand(chosen.maps),
        *file.calibration(chosen.haadf.group),
        name=file.path.stem,
        source_sha256=file.sha256(),
    )


@dataclass(frozen=True)
class ItemSummary:
    """One array of a file.

    Attributes
    ----------
    name : str
        Its name, with the path of its group.
    shape : tuple of int, or None
        None if it cannot be known.
    dtype : str
        Kind of its values.
    role : str or None
        ``"HAADF"``, an element symbol, or None for what is ignored.
    note : str
        Why it cannot be used, or an empty string.
    """

    name: str
    shape: tuple[int, ...] | None
    dtype: str
    role: str | None
    note: str


@dataclass(frozen=True)
class FileContents:
    """What is in a file.

    Attributes
    ----------
    name : str
        The file's name.
    items : tuple of ItemSummary
        Its arrays, in the order of the file.
    pixel_size : float or None
        Width of a pixel, if the file tells it.
    unit : str
        Unit of `pixel_size`.
    """

    name: str
    items: tuple[ItemSummary, ...]
    pixel_size: float | None
    unit: str


def inspect(path: str | os.PathLike[str], group: str | None = None) -> FileContents:
    """Say what is in a file, also where `load` would refuse it; no pixel is read.

    Parameters
    ----------
    path : str or path
        File ending in ``.npz``, ``.h5`` or ``.hdf5``.
    group : str, optional
        Group of the HDF5 file to look in, with those inside it.

    Raises
    ------
    MMFusionReadError
        If the file itself cannot be opened or is no sound file of its format.
    """
    with open_file(path, group) as file:
        calibration = _calibration_or_none(file)
        items = tuple(
            ItemSummary(item.path, item.shape, item.dtype, role_of(item), _note(item))
            for item in file.items
        )
        return FileContents(Path(path).name, items, *calibration)


def _note(item: Item) -> str:
    if item.problem or item.is_image:
        return item.problem
    return "not a two-dimensional image"


def _calibration_or_none(file: OpenFile) -> Calibration:
    groups = {item.group for item in file.items if role_of(item) is not None}
    try:
        return file.calibration(groups.pop() if len(groups) == 1 else "")
    except MMFusionReadError:
        return Calibration(None, "pixel")
