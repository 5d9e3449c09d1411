"""How many threads the compiled core may use."""

from __future__ import annotations

import os

from napari_mmfusion.core.errors import MMFusionParameterError

VARIABLE = "MMFUSION_THREADS"
_MOST = 256


def thread_count(threads: int | None = None) -> int:
    """`threads`, else the environment variable ``MMFUSION_THREADS``, else a polite default.

    The default leaves one core to the user interface where there are more than two. Results
    are the same bits for any number of threads.

    Raises
    ------
    MMFusionParameterError
        If the number is not a whole number from 1 to 256.
    """
    if threads is not None:
        return _checked("threads", threads)
    value = os.environ.get(VARIABLE)
    if value:
        return _checked(f"the environment variable {VARIABLE}", value)
    cores = _usable_cores()
    return cores if cores <= 2 else min(cores - 1, _MOST)


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _checked(name: str, value: int | str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= _MOST or isinstance(value, float | bool):
        raise MMFusionParameterError(
            f"{name} must be a whole number from 1 to {_MOST}, not {value!r}"
        )
    return number
