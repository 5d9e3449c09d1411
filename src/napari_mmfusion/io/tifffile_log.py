"""What tifffile logs of a file: said if the file can be read, else our error says it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOGGER: Final = logging.getLogger("tifffile")


@contextmanager
def held_back_log() -> Iterator[None]:
    """Hold back what tifffile logs in this thread, and drop it if an error is raised.

    Examples
    --------
    >>> with held_back_log():
    ...     logging.getLogger("tifffile").warning("said when the block ends without an error")
    """
    records: list[logging.LogRecord] = []
    thread = threading.get_ident()

    def passes(record: logging.LogRecord) -> bool:
        if record.thread != thread:
            return True
        records.append(record)
        return False

    _LOGGER.addFilter(passes)
    try:
        yield
    finally:
        _LOGGER.removeFilter(passes)
    for record in records:
        _LOGGER.handle(record)
