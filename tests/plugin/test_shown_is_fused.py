"""After any actions: the result is `fuse` of what the table shows, and what is saved is shown.

Hypothesis chooses sequences of actions in a window that holds two data sets of one shape, one of
them of layers as other readers make them. `MMFUSION_SEQUENCES` sequences run, from `MMFUSION_SEED`
on.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

import napari_mmfusion as mmf
from attacks.figures import FIGURES, attempts

pytest.importorskip("napari")

from pytestqt.exceptions import capture_exceptions, format_captured_exceptions
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QWheelEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSlider,
)

from napari_mmfusion.plugin.dock.widget import FusionWidget
from napari_mmfusion.plugin.layers.layer_data import add_layers
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role
from napari_mmfusion.plugin.run.streaming import Pace

pytestmark = [pytest.mark.gui, pytest.mark.slow]

SEQUENCES = attempts("SEQUENCES", 300, 2)
SEED = int(os.environ.get("MMFUSION_SEED", 1))
STEPS = 12
HANG = 600_000  # ms
SHAPE = (24, 32)
ON, SYMBOL, LAYER, NUMBER, WEIGHT = range(5)
PLACES = st.integers(0, 7)
TYPED = st.sampled_from(("0.05", "0,3", "5e-2", "2", "much", ""))


def shown_by(target):
    """The value that an input shows."""
    if isinstance(target, QComboBox):
        return target.currentText()
    return target.text() if isinstance(target, QAbstractSpinBox) else target.value()


def simulated(number):
    return mmf.simulate("lattice", shape=SHAPE, counts=20, seed=number)


class ShownIsFused(RuleBasedStateMachine):
    """A person at the dock, with two data sets of one shape."""

    viewer: object
    qtbot: object
    folder: object
    fused = 0

    def __init__(self):
        super().__init__()
        self.capture = capture_exceptions()
        self.exceptions = self.capture.__enter__()
        self.viewer.layers.clear()
        add_layers(self.viewer, simulated(1), "first.npz")
        other = simulated(2)
        for name, image in {"HAADF": other.haadf, **other.maps}.items():
            self.viewer.add_image(image, name=name)  # gray, and not noted, as from a .tif
        self.dock = FusionWidget(self.viewer)
        self.docked = self.viewer.window.add_dock_widget(self.dock, name="Multi-modal fusion")
        self.dock.parameters.value = mmf.FusionParameters(n_iter=4, lambda_tv=0.15)
        self.dock.run_panel.pace_box.value = Pace.FAST

    def layer(self, place):
        layers = self.viewer.layers
        return layers[place % len(layers)] if len(layers) else None

    def row(self, place):
        """The widgets of a row of the table, or None."""
        grid = self.dock.table._grid
        items = (grid.itemAtPosition(number, ON) for number in range(1, grid.rowCount()))
        boxes = [item.widget() for item in items if item is not None]
        rows = [box for box in boxes if isinstance(box, QCheckBox)]
        if not rows:
            return None
        number = grid.getItemPosition(grid.indexOf(rows[place % len(rows)]))[0]
        return [grid.itemAtPosition(number, column).widget() for column in range(5)]

    def type_into(self, field, text):
        if isinstance(field, QAbstractSpinBox):
            field = field.findChild(QLineEdit)
        field.selectAll()
        QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def pick(self, box, place):
        if box.count():
            box.setCurrentIndex(place % box.count())
            box.activated.emit(box.currentIndex())

    @rule(place=PLACES)
    def choose_a_haadf(self, place):
        names = ("HAADF", "HAADF [1]")
        box = self.dock.table._grid.itemAtPosition(1, 2).widget()
        index = box.findText(names[place % 2])
        if index >= 0:
            self.pick(box, index)

    @rule(place=PLACES, other=PLACES)
    def take_another_layer(self, place, other):
        row = self.row(place)
        if row is not None:
            self.pick(row[LAYER], other)

    @rule(place=PLACES)
    def tick_or_untick(self, place):
        row = self.row(place)
        if row is not None:
            row[ON].click()

    @rule(place=PLACES, number=st.sampled_from(("26", "40", "8")))
    def type_an_atomic_number(self, place, number):
        row = self.row(place)
        if row is not None:
            self.type_into(row[NUMBER], number)

    @rule(place=PLACES, weight=st.sampled_from(("0.7", "0,25", "")))
    def type_a_weight(self, place, weight):
        row = self.row(place)
        if row is not None and row[WEIGHT].isEnabled():
            self.type_into(row[WEIGHT], weight)

    @rule(name=st.sampled_from(("lambda_tv", "lambda_chem", "background")), text=TYPED)
    def type_a_parameter(self, name, text):
        field = self.dock.parameters.field(name)
        fields = [each for each in field.findChildren(QLineEdit) if each.isEnabled()]
        if fields:
            self.type_into(fields[-1], text)

    @rule(place=st.integers(0, 60), down=st.booleans())
    def turn_the_wheel(self, place, down):
        kinds = (QComboBox, QAbstractSpinBox, QSlider)
        targets = [each for kind in kinds for each in self.dock.native.findChildren(kind)]
        target = targets[place % len(targets)]
        middle = QPointF(target.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(target.mapToGlobal(target.rect().center())),
            QPoint(),
            QPoint(0, -120 if down else 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.processEvents()  # a person sees a widget before turning the wheel over it
        if not target.isVisible():
            return
        before = shown_by(target)
        QApplication.sendEvent(target, event)
        assert shown_by(target) == before  # nobody has clicked it

    @rule()
    def press_run(self):
        self.dock.run_panel.run_button.native.click()

    @rule(live=st.booleans())
    def follow_changes(self, live):
        self.dock.run_panel.live_box.value = live

    @rule()
    def keep_the_result(self):
        if self.dock.save.keep_button.enabled:
            self.dock.save.keep_button.native.click()

    @rule(place=PLACES)
    def rename_an_output(self, place):
        fused = list(self.dock.layers.fused_layers().values())
        if fused:
            fused[place % len(fused)].name = "mine"

    @rule(place=PLACES)
    def load_parameters(self, place):
        made = [each for each in self.viewer.layers if LayerNote.of(each).is_result]
        if made:
            self.viewer.layers.selection.active = made[place % len(made)]
            self.dock.tools.load_button.click()

    @rule(place=PLACES)
    def press_a_line(self, place):
        buttons = self.dock.lines.findChildren(QPushButton)
        if buttons:
            buttons[place % len(buttons)].click()

    @rule(place=st.integers(0, 11))
    def delete_a_layer(self, place):
        if self.layer(place) is not None:
            self.viewer.layers.remove(self.layer(place))

    @rule(place=PLACES)
    def move_a_layer(self, place):
        layer = self.layer(place)
        if layer is not None and not LayerNote.of(layer).is_output:
            layer.translate = (place, 0) if place % 2 else (0, 0)

    @rule(mode=st.sampled_from(("None", "Grid", "Overlay", "Blink")))
    def compare(self, mode):
        self.dock.compare.mode.value = mode

    @rule(pause=st.sampled_from((0, 10, 60)))
    def wait(self, pause):
        self.qtbot.wait(pause)

    def settle(self):
        self.qtbot.waitUntil(lambda: self.dock.live.settled, timeout=HANG)
        self.qtbot.wait(1)
        assert not self.exceptions, format_captured_exceptions(self.exceptions)

    def shown(self):
        """What the table shows: images, atomic numbers and weights that were typed."""
        grid = self.dock.table._grid
        haadf = grid.itemAtPosition(1, 2).widget().currentText()
        maps, numbers, weights = {}, {}, {}
        for place in range(len(self.dock.choice.rows)):
            row = self.row(place)
            if not row[ON].isChecked():
                continue
            symbol = row[SYMBOL].text()
            maps[symbol] = self.viewer.layers[row[LAYER].currentText()].data
            numbers[symbol] = int(row[NUMBER].text())
            if row[WEIGHT].font().bold():
                weights[symbol] = float(row[WEIGHT].text().replace(",", "."))
        data = mmf.FusionDataset(self.viewer.layers[haadf].data, maps)
        params = self.dock.parameters.value.replace(atomic_numbers=numbers, weights=weights or None)
        return data, params

    def require_shown_is_fused(self):
        self.dock.run_panel.live_box.value = False
        self.dock.compare.mode.value = "None"
        self.settle()
        try:
            self.dock.choice.source().dataset()
        except mmf.MMFusionError:
            return  # a run would be refused
        type(self).fused += 1
        self.dock.run_panel.run_button.native.click()
        self.settle()
        result = self.dock.session.result
        data, params = self.shown()
        expected = mmf.fuse(data, params)
        assert set(result.maps) == set(expected.maps)
        for element, image in expected.maps.items():
            np.testing.assert_array_equal(result.maps[element], image)
            layer = self.dock.layers.fused(element)
            np.testing.assert_array_equal(layer.data, image)
            assert layer.visible
        assert self.dock.run_panel.stale.text() == ""
        self.require_one_data_set_is_shown()
        self.require_saved_is_shown(expected)

    def require_one_data_set_is_shown(self):
        for layer in self.viewer.layers:
            note = LayerNote.of(layer)
            if layer.visible and note.role in (Role.FUSED, Role.KEPT, Role.TRUST):
                assert note.reading == self.dock.choice.reading
        fused = set(self.dock.layers.fused_layers())
        assert fused == {None, *self.dock.session.result.maps}

    def require_saved_is_shown(self, expected):
        saved = mmf.load_result(self.dock.save.save_to(self.folder / "out", overwrite=True))
        for element, image in expected.maps.items():
            np.testing.assert_array_equal(saved.maps[element], image)
            np.testing.assert_array_equal(saved.data.maps[element], expected.data.maps[element])
        np.testing.assert_array_equal(saved.data.haadf, expected.data.haadf)
        name = self.dock.choice.mixture() or self.dock.choice.source().name
        assert self.dock.session.result.data.name == name

    def teardown(self):
        try:
            self.settle()
            self.require_shown_is_fused()
        finally:
            self.dock.close_session()
            self.docked.destroyOnClose()
            self.capture.__exit__(None, None, None)


def test_what_is_shown_is_fused_and_saved(make_napari_viewer, qtbot, tmp_path):
    parts = {"viewer": make_napari_viewer(show=True), "qtbot": qtbot, "folder": tmp_path}
    machine = type("Machine", (ShownIsFused,), parts)
    run_state_machine_as_test(
        seed(SEED)(machine),
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # threads do not repeat their pace
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.fused > SEQUENCES // 2
    FIGURES["the result is that of the table"] = (
        f"{SEQUENCES} sequences, {machine.fused} of them fused at the end; all alike"
    )
