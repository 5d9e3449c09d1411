"""What a person is told when something goes wrong: one notice, that says what to do."""

from __future__ import annotations

import logging

from napari.utils.notifications import show_error

from napari_mmfusion.core.errors import MMFusionError

_log = logging.getLogger(__name__)


def report(error: Exception) -> None:
    """Show an error: ours by its message, others with their kind; the trace goes to the log."""
    text = str(error)
    if isinstance(error, MMFusionError):
        show_error(text[:1].upper() + text[1:])
        return
    if isinstance(error, MemoryError):
        show_error("Not enough memory; crop the images, or close other programs.")
        return
    _log.error("the fusion failed", exc_info=error)
    show_error(f"The fusion failed: {type(error).__name__}: {text}".rstrip(": "))
