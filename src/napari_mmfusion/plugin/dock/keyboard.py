"""The keys of the dock: Ctrl+Enter runs, Escape stops, Ctrl+Z takes back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]  # qtpy makes it
from qtpy.QtWidgets import QApplication, QWidget

RUN_KEYS: Final = ("Ctrl+Return", "Ctrl+Enter")
STOP_KEY: Final = "Escape"


def add_keys(
    dock: QWidget,
    run: Callable[[], object],
    stop: Callable[[], object],
    undo: Callable[[], object],
) -> None:
    """Let keys do these things while a part of the dock has the keyboard.

    Escape first gives up what is being typed into a number box, and Ctrl+Z first undoes typing.
    """
    for key in RUN_KEYS:
        _add(dock, QKeySequence(key), lambda: _after_typing(run))
    _add(dock, QKeySequence(STOP_KEY), stop)
    _add(dock, QKeySequence(QKeySequence.StandardKey.Undo), undo)


def _add(dock: QWidget, keys: QKeySequence, do: Callable[[], object]) -> None:
    shortcut = QShortcut(keys, dock)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(lambda: do())


def _after_typing(do: Callable[[], object]) -> None:
    """Do something with what is being typed, as a click on a button would."""
    typing = QApplication.focusWidget()
    if typing is not None:
        typing.clearFocus()
    do()
    with suppress(RuntimeError):  # its row of the table was made anew
        if typing is not None:
            typing.setFocus()
