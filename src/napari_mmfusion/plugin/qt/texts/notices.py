"""Notices about errors; each says what to do."""

from __future__ import annotations

import logging

from napari.utils.notifications import show_error

from napari_mmfusion.core.errors import MMFusionError
from napari_mmfusion.plugin.qt.texts.wording import in_labels

_log = logging.getLogger(__name__)


def report(error: Exception, what: str = "The fusion") -> str:
    """Show an error as a notice of napari, and return its words for the dock.

    napari cuts notices that are long; in the dock the whole reason can be read.

    An MMFusionError is shown by its message; of other errors the type is shown too, and the
    traceback goes to the log.

    Parameters
    ----------
    error : Exception
        What went wrong.
    what : str
        What failed, as the beginning of a sentence.

    Returns
    -------
    str
        What is wrong and what to do, in the words of the window.
    """
    words = _explain(error, what)
    show_error(words)
    return words


def _explain(error: Exception, what: str) -> str:
    text = in_labels(error)
    if isinstance(error, MMFusionError):
        return _sentence(text)
    if isinstance(error, MemoryError):
        return "Not enough memory; crop the images, or close other programs."
    _log.error("%s failed", what, exc_info=error)
    return f"{what} failed: {type(error).__name__}: {text}".rstrip(": ")


def _sentence(text: str) -> str:
    """`text` with a capital letter, unless it begins with a file name."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
