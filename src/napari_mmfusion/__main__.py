"""``python -m napari_mmfusion`` is the program ``mmfusion``."""

import sys

from napari_mmfusion.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
