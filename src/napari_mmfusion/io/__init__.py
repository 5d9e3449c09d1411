"""Files: reading data sets, writing results. Knows neither napari nor Qt.

`formats` opens a file; `npz`, `hdf5` and `tiff_reader` list its `items`. `images` and `groups`
find the images, `item_roles` reads their names, and `roles` decides which array is the HAADF image
and which are chemical maps. `dataset_reader` reads data to fuse, `inspection` says what is in a
file, `results` writes and reads the results of a fusion, `layers_file` single images.
"""

from napari_mmfusion.io.dataset_reader import load
from napari_mmfusion.io.file_contents import FileContents, ItemStatistics, ItemSummary
from napari_mmfusion.io.inspection import inspect
from napari_mmfusion.io.results.folder import load_parameters, load_result, save

__all__ = [
    "FileContents",
    "ItemStatistics",
    "ItemSummary",
    "inspect",
    "load",
    "load_parameters",
    "load_result",
    "save",
]
