"""The command line program ``mmfusion``."""

from napari_mmfusion.cli.program import main

__all__ = ["main"]
