"""Files: reading data sets, writing results. Knows neither napari nor Qt.

`contents` says what a format hands over, one module reads each format, `selection` decides which
array is the HAADF image and which are chemical maps, whatever the format.
"""

from napari_mmfusion.io.loading import FileContents, ItemSummary, inspect, load
from napari_mmfusion.io.reconstruction import load_parameters
from napari_mmfusion.io.results import save

__all__ = ["FileContents", "ItemSummary", "inspect", "load", "load_parameters", "save"]
