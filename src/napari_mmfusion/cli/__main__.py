"""``python -m napari_mmfusion.cli``, for when ``mmfusion`` is not on the path."""

import sys

from napari_mmfusion.cli.program import main

sys.exit(main())
