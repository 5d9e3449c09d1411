"""The widgets derived from the parameters, presets, settings and the script."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.dock import settings
from napari_mmfusion.plugin.dock.parameters.parameter_panel import ParameterPanel
from napari_mmfusion.plugin.dock.parameters.parameter_tools import PRESETS
from napari_mmfusion.plugin.dock.parameters.script import script
from napari_mmfusion.plugin.dock.results.curves import CostCurves
from napari_mmfusion.plugin.layers.notes.source import Source
from napari_mmfusion.plugin.qt.numbers.number_field import SliderScale

NUMBERS = [
    name
    for name in mmf.FusionParameters.names()
    if mmf.FusionParameters.info(name).kind in ("number", "integer")
]


@pytest.fixture
def panel(qtbot):
    widget = ParameterPanel()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.gui
@pytest.mark.parametrize("params", [mmf.FusionParameters(), *PRESETS.values()])
def test_the_panel_shows_parameters_exactly(panel, params):
    panel.value = params
    assert panel.value == params


@pytest.mark.gui
def test_every_parameter_has_a_field_with_its_help(panel):
    for name in mmf.FusionParameters.names():
        if name not in ("atomic_numbers", "weights"):  # they are in the table of elements
            assert panel.field(name) is not None
    tips = {child.toolTip() for child in panel.children() if hasattr(child, "toolTip")}
    assert any("removes more noise" in tip for tip in tips)


@pytest.mark.gui
def test_slider_and_box_move_together(panel):
    changes = []
    panel.changed.connect(lambda: changes.append(panel.value.lambda_tv))
    field = panel.field("lambda_tv")
    field.slider.setValue(700)
    assert panel.value.lambda_tv == field.box.value() == changes[-1]
    field.box.setValue(0.02)
    assert panel.value.lambda_tv == 0.02
    assert SliderScale(mmf.FusionParameters.info("lambda_tv")).position(0.02) == (
        field.slider.value()
    )


@pytest.mark.gui
def test_a_number_that_is_left_out_shows_what_is_in_use_and_is_kept(panel):
    field = panel.field("lambda_haadf")
    box = field.number.box
    panel.show_left_out("lambda_haadf", "0.25")
    assert (box.text(), panel.value.lambda_haadf) == ("0.25", None)
    assert not box.isEnabled()
    field.check.setChecked(True)
    assert box.text() == repr(panel.value.lambda_haadf) == repr(1 / 3)
    box.setValue(0.05)
    panel.value = panel.value.replace(lambda_haadf=None)
    assert (box.text(), panel.value.lambda_haadf) == ("0.25", None)
    assert panel.field("threshold").number.box.text() == "off"
    field.check.setChecked(True)
    assert (box.text(), panel.value.lambda_haadf) == ("0.05", 0.05)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_slider_covers_the_whole_range(name):
    info = mmf.FusionParameters.info(name)
    scale = SliderScale(info)
    values = [scale.value(position) for position in range(1001)]
    assert values[0] == info.minimum
    assert values[-1] == info.maximum
    assert values == sorted(values)
    for value in values:
        mmf.FusionParameters(**{name: int(value) if info.kind == "integer" else value})
        assert scale.value(scale.position(value)) == pytest.approx(value, rel=0.02, abs=1e-3)


@pytest.mark.parametrize("params", PRESETS.values(), ids=list(PRESETS))
@pytest.mark.parametrize("napari_keeps_them", [True, False])
def test_parameters_persist(params, napari_keeps_them, monkeypatch):
    if not napari_keeps_them:
        monkeypatch.setattr(settings, "_napari_page", lambda: None)
    settings.save_parameters(params)
    assert settings.load_parameters() == params


def test_damaged_settings_fall_back_to_defaults(monkeypatch):
    monkeypatch.setattr(settings, "_napari_page", lambda: None)
    file = settings.settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"gamma": "99", "lambda_tv": "0.3", "n_iter": "many", "tv": 3}')
    assert settings.load_parameters() == mmf.FusionParameters(lambda_tv=0.3)
    file.write_text("[")
    assert settings.load_parameters() == mmf.FusionParameters()


def test_the_script_reproduces_the_result(tmp_path, monkeypatch, capsys):
    data = mmf.simulate("core-shell", shape=(32, 48), seed=3)
    np.savez(tmp_path / "sample.npz", HAADF=data.haadf, **data.maps)
    params = mmf.FusionParameters(lambda_tv=0.1, n_iter=5, atomic_numbers={"O": 9})
    maps = {element: data.maps[element] for element in ("O", "S")}
    code = script(params, Source(data.haadf, maps, name=str(tmp_path / "sample.npz")))
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(compile(code, "script", "exec"), names)
    expected = mmf.fuse(mmf.load(tmp_path / "sample.npz", elements=["O", "S"]), params)
    np.testing.assert_array_equal(names["result"].maps["S"], expected.maps["S"])
    assert (tmp_path / "sample_fused").is_dir()
    assert str(expected.verdict) in capsys.readouterr().out


@pytest.mark.gui
def test_curves_keep_the_previous_run_and_export(qtbot, tmp_path):
    curves = CostCurves()
    qtbot.addWidget(curves)
    first = np.arange(1.0, 10.0).reshape(3, 3)
    curves.begin(3)
    curves.append(first[:1])
    curves.append(first[1:])
    curves.begin(3)
    curves.append(first[:2] * 2)
    np.testing.assert_array_equal(curves.previous, first)
    curves.export(tmp_path / "costs.csv")
    table = np.loadtxt(tmp_path / "costs.csv", delimiter=",", skiprows=1)
    np.testing.assert_array_equal(table, [[1, 2, 4, 6], [2, 8, 10, 12]])
    for log in (False, True):
        curves.set_log(log)
        curves.resize(340, 112)
        picture = curves.grab().toImage()
        colours = {picture.pixel(x, y) for x in range(340) for y in range(32, 96)}
        assert len(colours) > 5
