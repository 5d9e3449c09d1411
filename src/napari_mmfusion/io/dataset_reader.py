"""Reads a file as a data set to fuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from napari_mmfusion.core.dataset import FusionDataset
from napari_mmfusion.io.calibration import agreed
from napari_mmfusion.io.formats import PathOrPaths, open_file
from napari_mmfusion.io.items import ImagesOnDemand, OpenFile, require_affordable
from napari_mmfusion.io.results.history import read_provenance
from napari_mmfusion.io.results.measured import read_mask, read_measured
from napari_mmfusion.io.roles import select


def load(
    path: PathOrPaths,
    *,
    elements: Sequence[str] | None = None,
    haadf: str | None = None,
    group: str | None = None,
) -> FusionDataset:
    """Read a HAADF image and chemical maps from a .npz, HDF5 or TIFF file, or several TIFF files.

    The HAADF image is the array called ``HAADF``, or the only one with a similar name (``ADF``,
    ``DF4``, ``HAADF-STEM``). Maps are the arrays whose name contains one element symbol (``Co``,
    ``Co_K``, ``map of Co``); the symbol becomes the name of the map. What all names share
    says nothing, and arrays of other shapes are left out. From results of `save` or of
    the published tutorial, the measured images are read, with the pixels that were left out.

    Parameters
    ----------
    path : str, path or sequence of them
        File ending in ``.npz``, ``.h5``, ``.hdf5``, ``.tif`` or ``.tiff``, folder of TIFF files,
        or several TIFF files; each image of these is called like its file or labelled in it.
    elements : sequence of str, optional
        Maps to take, by symbol or by name in the file, in this order; by default all. A name with
        commas that is not in the file is taken for several names.
    haadf : str, optional
        Name of the HAADF image in the file.
    group : str, optional
        Group of the HDF5 file that holds the images, if several groups hold images.

    Returns
    -------
    FusionDataset
        Named after the file, with the SHA-256 of the file, and with pixel size and unit if the file
        states them (as ``pixel_size`` and ``unit``: attributes in HDF5, single values in .npz; as
        ImageJ, OME or the resolution do in TIFF). Its ``reader_notes`` says which elements were
        guessed and which images were left out: those of the shape of the HAADF image, and others
        that their names say to be one or a map.

    Raises
    ------
    MMFusionReadError
        For every failure; the message names the file and the item, and says what was expected and
        what to do, in one line.

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
    calibration = agreed(
        file.calibration(chosen.haadf),
        {name: file.calibration(item) for name, item in chosen.maps.items()},
    )
    return FusionDataset(
        read_measured(file, chosen.haadf),
        ImagesOnDemand(chosen.maps, partial(read_measured, file)),
        calibration.pixel_size,
        calibration.unit,
        name=file.name,
        source_sha256=file.sha256(),
        reader_notes=replace(chosen.reader_notes, ignored=calibration.ignored),
        mask=read_mask(file) if file.elements else None,
        provenance=read_provenance(file) if file.elements else (),
    )
