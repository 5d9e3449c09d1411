"""What an earlier run left: kept where a person wants it, never among the new results."""

from __future__ import annotations

import numpy as np
import pytest

import napari_mmfusion as mmf

pytest.importorskip("napari")

from napari_mmfusion.plugin.layers.looks.contrast_limits import limits_of_sample
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def quick(dock):
    dock.parameters.field("n_iter").value = 5


def tv(dock, value):
    dock.parameters.field("lambda_tv").value = value


def switch(dock, symbol, on):
    (row,) = [row for row in dock.choice.rows if row.symbol == symbol]
    row.enabled, row.typed_enabled = on, True
    dock.choice.changed.emit()


def test_a_renamed_layer_is_never_written_again(dock, run_and_wait):
    run_and_wait(dock)
    kept = dock.layers.fused("Sc")
    kept.name = "Sc fused (good)"
    image = kept.data.copy()
    tv(dock, 0.5)
    run_and_wait(dock)
    np.testing.assert_array_equal(kept.data, image)
    assert kept.name == "Sc fused (good)"
    assert not kept.visible
    new = dock.layers.fused("Sc")
    assert new is not kept
    assert new.name == "Sc fused"
    assert new.visible
    np.testing.assert_array_equal(new.data, dock.session.result.maps["Sc"])
    assert LayerNote.of(kept).parameters["lambda_tv"] != 0.5
    assert "Sc fused (good)" in dock.compare.against.choices


def test_live_writes_no_renamed_layer(dock, run_and_wait, qtbot):
    run_and_wait(dock)
    kept = dock.layers.fused("O")
    kept.name = "mine"
    image = kept.data.copy()
    dock.run_panel.live_box.value = True
    tv(dock, 0.5)
    qtbot.waitUntil(lambda: dock.live.settled)
    np.testing.assert_array_equal(kept.data, image)
    np.testing.assert_array_equal(dock.layers.fused("O").data, dock.session.result.maps["O"])


def test_a_copy_that_a_person_made_is_not_written(dock, run_and_wait):
    run_and_wait(dock)
    data, attributes, kind = dock.layers.fused("Sc").as_layer_data_tuple()
    assert kind == "image"
    attributes["name"] = "Sc fused copy"
    copy = dock._viewer.add_image(data.copy(), **attributes)
    dock._viewer.layers.remove("Sc fused")
    image = copy.data.copy()
    tv(dock, 0.5)
    run_and_wait(dock)
    np.testing.assert_array_equal(copy.data, image)


def test_keep_result_puts_two_runs_side_by_side(dock, run_and_wait, qtbot):
    assert not dock.save.keep_button.enabled
    tv(dock, 0.1)
    run_and_wait(dock)
    first = {element: dock.layers.fused(element) for element in (None, "Sc", "Dy", "O")}
    images = {element: layer.data.copy() for element, layer in first.items()}
    dock.save.keep_button.native.click()
    assert not dock.save.keep_button.enabled
    assert {layer.name for layer in first.values()} == {
        f"{name} (TV 0.1, chem. 0.08, iter. 5)"
        for name in ("HAADF model", "Sc fused", "Dy fused", "O fused")
    }
    assert all(LayerNote.of(layer).role is Role.KEPT for layer in first.values())
    tv(dock, 0.5)
    run_and_wait(dock)
    for element, layer in first.items():
        np.testing.assert_array_equal(layer.data, images[element])
        assert not layer.visible
    qtbot.waitUntil(lambda: len(dock.compare.against.choices) == 2)
    dock.compare.against.value = "TV 0.1, chem. 0.08, iter. 5"
    dock.compare.mode.value = "Difference"
    dock.compare.channel.value = "Sc"
    (layer,) = [layer for layer in dock._viewer.layers if layer.visible]
    assert layer.name == "Sc: fused \N{MINUS SIGN} TV 0.1, chem. 0.08, iter. 5"
    np.testing.assert_allclose(layer.data, dock.layers.fused("Sc").data - images["Sc"], atol=1e-6)
    dock.compare.mode.value = "Grid"
    shown = {layer for layer in dock._viewer.layers if layer.visible}
    current = {dock.layers.fused(element) for element in first}
    assert shown == set(first.values()) | current
    dock.compare.against.value = "Raw"
    assert dock._viewer.layers["Sc"].visible
    dock.compare.mode.value = "None"


def test_two_results_of_the_same_settings_are_kept_apart(dock, run_and_wait):
    for _ in range(2):
        run_and_wait(dock)
        dock.keep_result()
    assert len(dock.layers.kept()) == 2


def test_kept_layers_are_neither_fused_nor_saved(dock, run_and_wait, tmp_path):
    run_and_wait(dock)
    dock.keep_result()
    tv(dock, 0.5)
    run_and_wait(dock)
    assert [row.symbol for row in dock.choice.rows] == ["Sc", "Dy", "O"]
    folder = dock.save.save_to(tmp_path / "out")
    assert mmf.load_result(folder).params.lambda_tv == 0.5


def test_an_element_that_is_switched_off_leaves_nothing_among_the_results(dock, run_and_wait):
    run_and_wait(dock)
    old = dock.layers.fused("O")
    switch(dock, "O", on=False)
    run_and_wait(dock)
    assert not old.visible
    assert dock.layers.fused("O") is None
    for mode in ("Overlay", "Grid"):
        dock.compare.mode.value = mode
        assert not old.visible
    dock.compare.mode.value = "None"
    switch(dock, "O", on=True)
    run_and_wait(dock)
    assert dock.layers.fused("O") is old  # used again
    assert old.visible
    np.testing.assert_array_equal(old.data, dock.session.result.maps["O"])


def test_a_result_of_layers_is_that_of_the_last_run(dock, run_and_wait):
    from napari_mmfusion.plugin.layers.results.result_from_layers import result_among

    run_and_wait(dock)
    switch(dock, "Sc", on=False)
    run_and_wait(dock)
    found = result_among(dock._viewer.layers)
    assert set(found.maps) == {"Dy", "O"}
    for element, image in dock.session.result.maps.items():
        np.testing.assert_array_equal(found.maps[element], image)


def press(dock, key, qtbot):
    dock.trust.buttons[key].click()
    qtbot.waitUntil(lambda: not dock.trust.busy)


def visible(dock, role):
    layers = dock._viewer.layers
    return [each for each in layers if each.visible and LayerNote.of(each).role is role]


@pytest.mark.parametrize("how", ["run", "live", "auto"])
def test_pictures_of_the_trust_tools_do_not_cover_what_comes_next(dock, run_and_wait, qtbot, how):
    run_and_wait(dock)
    press(dock, "residuals", qtbot)
    assert visible(dock, Role.TRUST)
    if how == "run":
        run_and_wait(dock)
    elif how == "live":
        dock.run_panel.live_box.value = True
        qtbot.waitUntil(lambda: dock.live.settled)
    else:
        with qtbot.waitSignal(dock.auto.ended, timeout=60_000):
            dock.auto.press()
    assert not visible(dock, Role.TRUST)


def test_stacks_of_iterations_give_way_to_the_next_run(dock, run_and_wait):
    dock.run_panel.history_box.value = True
    run_and_wait(dock)
    assert visible(dock, Role.HISTORY)
    dock.run_panel.history_box.value = False
    run_and_wait(dock)
    assert not visible(dock, Role.HISTORY)
    assert {LayerNote.of(layer).element for layer in visible(dock, Role.FUSED)} == {
        "Sc", "Dy", "O",
    }  # fmt: skip


def limits(layer):
    return tuple(layer.contrast_limits)


def test_contrast_limits_follow_each_result(dock, run_and_wait):
    run_and_wait(dock)
    first = limits(dock.layers.fused("Sc"))
    tv(dock, 3.0)
    run_and_wait(dock)
    for element, image in (
        ("Sc", dock.session.result.maps["Sc"]),
        (None, dock.session.result.haadf),
    ):
        assert limits(dock.layers.fused(element)) == pytest.approx(limits_of_sample(image))
    assert limits(dock.layers.fused("Sc")) != first


def test_contrast_limits_that_a_person_set_stay(dock, run_and_wait):
    run_and_wait(dock)
    dock.layers.fused("Sc").contrast_limits = (0.1, 0.4)
    for value in (3.0, 0.05):
        tv(dock, value)
        run_and_wait(dock)
        assert limits(dock.layers.fused("Sc")) == (0.1, 0.4)
        image = dock.session.result.maps["O"]
        assert limits(dock.layers.fused("O")) == pytest.approx(limits_of_sample(image))


def test_contrast_limits_follow_in_live_too(dock, run_and_wait, qtbot):
    run_and_wait(dock)
    dock.layers.fused("O").contrast_limits = (0.1, 0.4)
    dock.run_panel.live_box.value = True
    tv(dock, 3.0)
    qtbot.waitUntil(lambda: dock.live.settled)
    image = dock.session.result.maps["Sc"]
    assert limits(dock.layers.fused("Sc")) == pytest.approx(limits_of_sample(image))
    assert limits(dock.layers.fused("O")) == (0.1, 0.4)


def test_gray_maps_give_coloured_outputs(dock, run_and_wait):
    for layer in dock._viewer.layers:
        layer.colormap = "gray"
    run_and_wait(dock)
    colours = {
        tuple(dock.layers.fused(element).colormap.map(1.0).ravel()[:3].round(3))
        for element in ("Sc", "Dy", "O")
    }
    assert len(colours) == 3
    assert (1, 1, 1) not in colours
