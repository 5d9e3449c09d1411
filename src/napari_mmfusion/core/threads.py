"""How many threads the compiled core may use."""

from __future__ import annotations

import os

from napari_mmfusion.core.checks import check_whole_number
from napari_mmfusion.core.wording import Text

VARIABLE = "MMFUSION_THREADS"
_MOST = 256


def thread_count(threads: int | None = None) -> int:
    """`threads`, or the environment variable ``MMFUSION_THREADS``, or a default.

    The default leaves one core to the user interface if there are more than two. Results are the
    same, bit for bit, for any number of threads.

    Raises
    ------
    MMFusionParameterError
        If the number is not a whole number from 1 to 256.
    """
    if threads is not None:
        return check_whole_number("threads", threads, 1, _MOST)
    value = os.environ.get(VARIABLE)
    if value:
        number = int(value) if value.strip().isdecimal() else value
        return check_whole_number(Text("the environment variable {}", VARIABLE), number, 1, _MOST)
    cores = _usable_cores()
    return cores if cores <= 2 else min(cores - 1, _MOST)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
