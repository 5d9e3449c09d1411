"""Files: reading data sets, writing results. Knows neither napari nor Qt.

`formats` opens a file, `npz` and `hdf5` describe it as `items`, and `roles` decides which array is
the HAADF image and which are chemical maps. `dataset_reader` reads data to fuse, `results` writes
and reads what a fusion returned, `layers_file` keeps single images.
"""

from napari_mmfusion.io.dataset_reader import FileContents, ItemSummary, inspect, load
from napari_mmfusion.io.results.folder import load_parameters, load_result, save

__all__ = [
    "FileContents",
    "ItemSummary",
    "inspect",
    "load",
    "load_parameters",
    "load_result",
    "save",
]
