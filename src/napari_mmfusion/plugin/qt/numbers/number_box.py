"""A box for a number that takes what people type, and shows what it does not take."""

from __future__ import annotations

import math
from typing import Final

from qtpy.QtCore import QEvent, Qt, Signal  # type: ignore[attr-defined]  # qtpy makes it
from qtpy.QtGui import QKeyEvent, QKeySequence
from qtpy.QtWidgets import QAbstractSpinBox, QLineEdit

from napari_mmfusion.plugin.qt.numbers.number_text import format_number, parse_number

_REFUSED: Final = " border: 2px solid #e04040;"
_COMPUTED: Final = " color: #8e939a; font-style: italic;"


class NumberBox(QAbstractSpinBox):
    """A number, typed or stepped with the arrow keys; its text does not depend on the locale.

    A text that is no number or lies outside the range stays in the box, marked; the value stays as
    it was, and `refused` (message) says so. The message is empty once the text is gone.

    Parameters
    ----------
    name : str
        What the number is, as the first words of a message.
    minimum, maximum : float
        Range of the number.
    whole : bool
        Whether only whole numbers are taken.
    optional : bool
        Whether the box can be empty; its value is then None.
    width : int
        Width of the text in pixels.
    """

    valueChanged = Signal(object)  # noqa: N815 - as in Qt
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        minimum: float,
        maximum: float,
        *,
        whole: bool = False,
        optional: bool = False,
        width: int = 58,
    ) -> None:
        super().__init__()
        self._name = name
        self._minimum, self._maximum = minimum, maximum
        self._whole, self._optional = whole, optional
        self._width = width
        self._value: float | None = None if optional else (round(minimum) if whole else minimum)
        self._instead: tuple[str, float | None] | None = None
        self._message = ""
        self._text = ""
        self._bold = False
        self.setAccessibleName(name)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.editingFinished.connect(self.commit)
        self._show()

    def value(self) -> float | None:
        """The number in use, whatever was refused; None in an empty box."""
        return self._value

    def setValue(self, value: float | None) -> None:  # noqa: N802 - as in Qt
        """Show a number, limited to the range, in place of what was typed."""
        if value is not None:
            value = min(max(value, self._minimum), self._maximum)
            value = round(value) if self._whole else float(value)
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self.valueChanged.emit(value)

    def show_instead(self, text: str | None, number: float | None = None) -> None:
        """Show `text`, greyed, while another value than that of the box is in use.

        Parameters
        ----------
        text : str or None
            The value in use, or a word for it; None to show the value of the box again.
        number : float, optional
            Where the arrow keys begin in an empty box.
        """
        instead = None if text is None else (text, number)
        if instead != self._instead:
            self._instead = instead
            if not self._message and not self._is_edited():
                self._show()

    def set_bold(self, bold: bool) -> None:
        """Show the number in bold or in usual letters."""
        if bold != self._bold:
            self._bold = bold
            self._restyle()

    @property
    def message(self) -> str:
        """Why the text in the box is not used, or nothing."""
        return self._message

    def commit(self) -> None:
        """Take what has been typed, or mark it if that is not possible."""
        if not self._is_edited():
            return
        text = self._line().text()
        if self._optional and not text.strip():
            self.setValue(None)
            return
        try:
            number = parse_number(text, whole=self._whole)
            if not self._minimum <= number <= self._maximum:
                raise ValueError(f"is outside the range {self._minimum:g} to {self._maximum:g}")
        except (ValueError, OverflowError) as error:
            self._refuse(text, str(error))
        else:
            self.setValue(number)

    def stepBy(self, steps: int) -> None:  # noqa: D102, N802 - Qt's name
        self.commit()
        start = self._value
        if start is None and self._instead is not None:
            start = self._instead[1]
        if start is None or self._message:
            return
        step, digits = self._step(start)
        self.setValue(round(start + steps * step, digits))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:  # noqa: D102, N802 - Qt's name
        flag = QAbstractSpinBox.StepEnabledFlag
        return flag.StepUpEnabled | flag.StepDownEnabled

    def event(self, event: QEvent | None) -> bool:  # noqa: D102
        if (
            event is not None
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
        ):
            if self._gives_up_with(event):
                event.accept()  # else Escape would stop a run
                return True
            if event.matches(QKeySequence.StandardKey.Undo) and not self._is_edited():
                event.ignore()  # there is no typing to undo
                return False
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: D102, N802 - Qt's name
        if event is not None and self._gives_up_with(event):
            self._show()
            return
        super().keyPressEvent(event)

    def _gives_up_with(self, event: QKeyEvent) -> bool:
        """Whether a key gives up what was typed."""
        typed = self._is_edited() or bool(self._message)
        return event.key() == Qt.Key.Key_Escape and typed

    def _line(self) -> QLineEdit:
        line = self.lineEdit()
        assert line is not None
        return line

    def _is_edited(self) -> bool:
        return bool(self._line().text() != self._text)

    def _step(self, start: float) -> tuple[float, int]:
        """A tenth of the number's power of ten, and the digits after the point it needs."""
        size = abs(start) or (self._maximum - self._minimum) / 100
        power = math.floor(math.log10(size)) - 1
        if self._whole:
            power = max(power, 0)
        return 10.0**power, max(-power, 0)

    def _show(self) -> None:
        """Show the value, or what stands for it, in place of any text."""
        if self._instead is not None and (self._value is None or not self._optional):
            self._text = self._instead[0]
        else:
            self._text = "" if self._value is None else format_number(self._value)
        self._line().setText(self._text)
        self._line().setCursorPosition(0)  # of a long number the first digits are seen
        self._say("")

    def _refuse(self, text: str, reason: str) -> None:
        self._text = text
        used = "" if self._value is None else f" {format_number(self._value)}"
        if self._value is None and self._instead is not None:
            used = f" {self._instead[0]}"
        typed = f"\N{LEFT DOUBLE QUOTATION MARK}{text.strip()}\N{RIGHT DOUBLE QUOTATION MARK}"
        self._say(f"{self._name} stays{used}: {typed} {reason}.")

    def _say(self, message: str) -> None:
        changed = message != self._message
        self._message = message
        self._restyle()
        if changed:
            self.refused.emit(message)

    def _restyle(self) -> None:
        # The frame of a refused text takes the place of the padding.
        padding = "0px 2px" if self._message else "2px 4px"
        style = f"min-width: {self._width}px; max-width: {self._width}px; padding: {padding};"
        if self._message:
            style += _REFUSED
        elif self._instead is not None and self._text == self._instead[0]:
            style += _COMPUTED
        if self._bold:
            style += " font-weight: bold;"
        if style != self.styleSheet():
            self.setStyleSheet(style)
