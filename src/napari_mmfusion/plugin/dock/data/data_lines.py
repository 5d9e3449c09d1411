"""Lines under the data table: what is fused, what is left out, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from qtpy.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_mmfusion.core.data_check.finding import Finding
from napari_mmfusion.core.names.reading import NO_ROLE, Reading
from napari_mmfusion.io.naming import listed
from napari_mmfusion.plugin.dock.data.data_findings import DataFindings
from napari_mmfusion.plugin.dock.open_docks import other_docks
from napari_mmfusion.plugin.layers.choice.colouring import Colouring
from napari_mmfusion.plugin.layers.choice.left_out import (
    add_gray,
    add_slice,
    is_converted,
    is_picture,
    why_left_out,
)
from napari_mmfusion.plugin.layers.choice.placement import has_other_shape, lacks_pixel_size
from napari_mmfusion.plugin.layers.choice.repairs import REPAIRS
from napari_mmfusion.plugin.layers.data_choice import DataChoice
from napari_mmfusion.plugin.layers.names import HAADF
from napari_mmfusion.plugin.layers.notes.note import LayerNote
from napari_mmfusion.plugin.qt.texts.message import Message
from napari_mmfusion.plugin.qt.texts.wording import in_labels

if TYPE_CHECKING:
    from napari.components import ViewerModel

_MOST: Final = 4
"""Lines of one kind; more are counted."""


class Line(NamedTuple):
    """A sentence, and a button that does what it offers."""

    words: str
    button: str = ""
    press: Callable[[], object] | None = None


class DataLines(QWidget):
    """What a person should know of the data before a run, one thing a line."""

    def __init__(
        self,
        viewer: ViewerModel,
        choice: DataChoice,
        findings: DataFindings,
        lower_spikes: Callable[[], object],
        are_lowered: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._viewer = viewer
        self._choice = choice
        self._findings = findings
        self._lower_spikes = lower_spikes
        self._are_lowered = are_lowered
        self._colouring = Colouring(choice)
        self._shown: list[tuple[str, str]] = []
        self.buttons: list[QPushButton] = []
        self.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        choice.changed.connect(self.follow)
        findings.changed.connect(self.follow)
        self.follow()

    def close_session(self) -> None:
        """Follow the choice no longer."""
        self._choice.changed.disconnect(self.follow)
        self._findings.changed.disconnect(self.follow)

    @property
    def words(self) -> list[str]:
        """The sentences shown."""
        return [words for words, _ in self._shown]

    def press(self, button: str) -> None:
        """Press the first button of this text, as a person does."""
        for each in self.buttons:
            if each.text() == button:
                each.click()
                return
        raise ValueError(f"there is no button {button!r}")

    def follow(self) -> None:
        """Show the lines for the present choice."""
        lines = self._lines()
        now = [(line.words, line.button) for line in lines]
        if now == self._shown:
            return
        self._shown = now
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = []
        for line in lines:
            self._column.addWidget(self._show(line))
        self.setVisible(bool(lines))

    def _show(self, line: Line) -> QWidget:
        part = QWidget()
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(Message(line.words, expanding=True), 1)
        if line.press is not None:
            press = line.press
            button = QPushButton(line.button)
            button.clicked.connect(lambda _: self._do(press))
            row.addWidget(button)
            self.buttons.append(button)
        return part

    def _do(self, press: Callable[[], object]) -> None:
        press()
        self._choice.changed.emit()

    def _lines(self) -> list[Line]:
        kinds = (
            self._data_lines(),
            self._haadf_lines(),
            self._place_lines(),
            self._finding_lines(),
            self._colour_lines(),
            self._left_out_lines(),
        )
        return [line for kind in kinds for line in kind]

    def _data_lines(self) -> list[Line]:
        """Which data set is fused, where there are several; and whether another dock is open."""
        choice = self._choice
        lines = []
        mixture = choice.mixture()
        others = [each for each in choice.data_sets if each.reading != choice.reading]
        others = [each for each in others if each.haadfs and each.maps]
        if mixture:
            lines.append(Line(f"This fuses {mixture}."))
        elif others and choice.name:
            lines.append(Line(f"This fuses {choice.name}."))
        for each in others[:_MOST]:
            name, reading = choice.data_sets.name(each.reading), each.reading
            lines.append(Line(f"{name} is open too.", "Fuse it", partial(choice.choose, reading)))
        if other_docks(self._viewer, self._choice):
            lines.append(
                Line("Another dock is open in this window; each writes its own output layers.")
            )
        return lines

    def _haadf_lines(self) -> list[Line]:
        if self._choice.haadf is not None:
            return []
        rows = {id(row.layer) for row in self._choice.rows}
        names = [each.name for each in self._choice.candidates() if id(each) not in rows]
        if not names:
            return []
        return [
            Line(
                f"No image is called HAADF or ADF. Choose it in the {HAADF} row:"
                f" {listed(names, _MOST)}."
            )
        ]

    def _place_lines(self) -> list[Line]:
        """Images whose pixel size is taken from another one, or that hold no counts."""
        haadf = self._choice.haadf
        lines = []
        rows = [(row.symbol, row.layer) for row in self._choice.chosen() if row.layer is not None]
        if haadf is not None:
            bare = [symbol for symbol, layer in rows if lacks_pixel_size(haadf, layer)]
            if bare:
                verb = "lies" if len(bare) == 1 else "lie"
                lines.append(
                    Line(
                        f"Only one of HAADF and {', '.join(bare)} has a pixel size:"
                        f" {', '.join(bare)} {verb} pixel by pixel on the HAADF."
                    )
                )
        used = [*rows, *([] if haadf is None else [(HAADF, haadf)])]
        gray = [symbol for symbol, layer in used if is_converted(layer)]
        if gray:
            lines.append(
                Line(
                    f"{', '.join(gray)}: brightness of a picture, no counts; amounts mean nothing."
                )
            )
        return lines

    def _finding_lines(self) -> list[Line]:
        """What is mended in the images and what is still wrong with them, the worst first."""
        found, choice = self._findings.found, self._choice
        lines = _left_out_in_file(choice)
        lines += [
            Line(REPAIRS[repair], "Take back", partial(choice.repair, repair, on=False))
            for repair in choice.repairs.of(choice.reading)
        ]
        lines += [self._finding_line(each) for each in found[:_MOST]]
        if len(found) > _MOST:
            lines.append(Line(f"And {len(found) - _MOST} more findings; see mmfusion info."))
        return lines

    def _finding_line(self, found: Finding) -> Line:
        repair = self._choice.repair
        fact = _sentence(f"{found.fact}.")
        if found.kind in ("missing rim", "missing pixels", "fill value"):
            return Line(fact, "Leave out", partial(repair, "masked"))
        if found.kind == "zero rim":
            return Line(fact, "Leave out", partial(repair, "without_rims"))
        if found.remedy == "replace spikes" and self._are_lowered():
            words = _sentence(f"{found.fact}; the normalisation lowers them.")
            return Line(words, "Replace", partial(repair, "without_spikes"))
        if found.remedy == "replace spikes":
            return Line(fact, "Lower", self._lower_spikes)
        return Line(_sentence(in_labels(found)))

    def _colour_lines(self) -> list[Line]:
        gray = list(self._colouring.gray_maps())
        if gray:
            are = "is" if len(gray) == 1 else "are"
            words = f"{', '.join(gray)} {are} shown in gray."
            return [Line(words, "Colour", self._colouring.apply)]
        if self._colouring.can_undo():
            return [Line("The maps have the colours of their elements.", "Undo", self._undo)]
        return []

    def _undo(self) -> None:
        self._colouring.undo()

    def _left_out_lines(self) -> list[Line]:
        viewer, choice = self._viewer, self._choice
        lines = []
        for layer in viewer.layers:
            why = why_left_out(layer)
            if not why:
                continue
            add, text = (add_gray, "To gray") if is_picture(layer) else (add_slice, "Use slice")
            lines.append(Line(why, text, partial(add, viewer, layer, choice.reading)))
        more = len(lines) - _MOST
        lines = lines[:_MOST] + ([Line(f"And {more} more such layers.")] if more > 0 else [])
        return lines + self._unnamed_lines()

    def _unnamed_lines(self) -> list[Line]:
        """Images of the right shape that are in no row, and elements that were guessed."""
        haadf = self._choice.haadf
        data_set = self._choice.data_sets.get(self._choice.reading)
        if haadf is None or data_set is None:
            return []
        readings = data_set.readings
        rows = {id(row.layer): row for row in self._choice.rows}
        free = [each for each in data_set.layers if id(each) not in rows and each is not haadf]
        why: dict[str, list[str]] = {}
        for layer in free:
            if not has_other_shape(haadf, layer):
                why.setdefault(_why(readings[id(layer)]), []).append(layer.name)
        lines = [
            Line(f"Not fused, as {reason}: {listed(names, _MOST)}.")
            for reason, names in list(why.items())[:_MOST]
        ]
        guessed = [
            f"{row.symbol} ({readings[key].guess})"
            for key, row in rows.items()
            if row.enabled and not row.typed_symbol and key in readings and readings[key].guess
        ]
        if guessed:
            lines.append(Line(f"Guessed from the name: {', '.join(guessed[:_MOST])}."))
        return lines


def _left_out_in_file(choice: DataChoice) -> list[Line]:
    """The pixels that the file of the HAADF image leaves out."""
    runs = None if choice.haadf is None else LayerNote.of(choice.haadf).left_out
    if not runs:
        return []
    return [Line(f"{sum(runs[1::2])} of {sum(runs)} pixels are left out, as in the file.")]


def _why(reading: Reading) -> str:
    """Why an image is in no row, in a few words."""
    if reading.role == HAADF:
        return "another image is the HAADF"
    return "no element is in the name" if reading.reason == NO_ROLE else reading.reason


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
