"""Notices about errors; each says what to do."""

from __future__ import annotations

import logging

from napari.utils.notifications import show_error

from napari_mmfusion.core.errors import MMFusionError

_log = logging.getLogger(__name__)


def report(error: Exception, what: str = "The fusion") -> None:
    """Show an error.

    An MMFusionError is shown by its message; of other errors the type is shown too, and the
    traceback goes to the log.

    Parameters
    ----------
    error : Exception
        What went wrong.
    what : str
        What failed, as the beginning of a sentence.
    """
    text = str(error)
    if isinstance(error, MMFusionError):
        show_error(_sentence(text))
        return
    if isinstance(error, MemoryError):
        show_error("Not enough memory; crop the images, or close other programs.")
        return
    _log.error("%s failed", what, exc_info=error)
    show_error(f"{what} failed: {type(error).__name__}: {text}".rstrip(": "))


def _sentence(text: str) -> str:
    """`text` with a capital letter, unless it begins with a file name."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
