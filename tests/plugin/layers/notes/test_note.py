"""The note of a layer: whatever is in the metadata, reading it never fails."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.plugin import layers as wing
from napari_mmfusion.plugin.layers.notes.note import LayerNote, Role

PLUGIN = Path(wing.__file__).parents[1]

NO_NOTES = [
    None,
    5,
    "mmfusion",
    [],
    {},
    {"mmfusion": None},
    {"mmfusion": "text"},
    {"mmfusion": ["element"]},
    {"mmfusion": {}},
    {"mmfusion": {"element": 5}},
    {"mmfusion": {"element": ["Sc"], "role": "fused"}},
    {"metadata": None},
    {"metadata": {"mmfusion": 1}},
    {"other": {"element": "Sc"}},
]

WRONG = [None, 5, -1.5, True, "text", b"bytes", [], ["a"], {}, {1: 2}, {"a": "b"}, [[1]], 10**400]


@pytest.fixture(scope="module")
def result():
    return mmf.fuse(mmf.simulate("lattice", shape=(24, 32), counts=20), n_iter=3)


@pytest.mark.parametrize("source", NO_NOTES, ids=str)
def test_anything_but_a_note_reads_as_an_empty_note(source):
    for given in (source, {"metadata": source}, SimpleNamespace(metadata=source)):
        note = LayerNote.of(given)
        assert note == LayerNote()
        assert not any((note.is_measured, note.is_fused, note.is_output))
        assert note.to_metadata() == {}


@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.parametrize("name", LayerNote.__dataclass_fields__)
def test_values_of_the_wrong_type_are_left_out(result, name, wrong):
    stored = LayerNote.of_run(result, "scan.h5").for_element("Sc").as_dict()
    note = LayerNote.of({"mmfusion": stored | {name: wrong}})
    assert LayerNote.of(note.to_metadata()) == note
    json.dumps(note.to_metadata())
    if name not in ("element", "role"):
        assert note.is_fused
        assert note.element == "Sc"


def test_layer_attributes_and_metadata_read_alike(result):
    written = LayerNote.of_run(result, "scan.h5").for_element("Dy")
    metadata = written.to_metadata()
    for source in (metadata, {"metadata": metadata}, SimpleNamespace(metadata=metadata)):
        assert LayerNote.of(source) == written
    through_a_file = json.loads(json.dumps(metadata))
    assert LayerNote.of(through_a_file) == written


def test_foreign_metadata_is_not_searched():
    nested = {"metadata": {"mmfusion": {"element": "Sc", "role": "fused"}}}
    assert LayerNote.of(SimpleNamespace(metadata=nested)) == LayerNote()


@pytest.mark.parametrize(
    ("stored", "role"),
    [
        ({"element": None}, Role.MEASURED),
        ({"element": "Sc", "file": "a.h5"}, Role.MEASURED),
        ({"element": "Sc", "role": "fused"}, Role.FUSED),
        ({"role": "fused"}, Role.UNKNOWN),
        ({"element": "Sc", "role": "trust", "tool": "residuals"}, Role.TRUST),
        ({"role": "comparison"}, Role.COMPARISON),
        ({"element": "Sc", "role": "history"}, Role.HISTORY),
        ({"element": "Sc", "role": "of a later version"}, Role.UNKNOWN),
        ({"element": "Sc", "role": ["fused"]}, Role.UNKNOWN),
        ({"parameters": {}}, Role.UNKNOWN),
    ],
    ids=str,
)
def test_notes_of_earlier_versions_keep_their_meaning(stored, role):
    note = LayerNote.of({"mmfusion": stored})
    assert note.role is role
    assert note.is_output == (role is not Role.MEASURED)


def test_measured_layers_are_written_without_a_role(result):
    stored = LayerNote.of_dataset(result.data, "scan.h5").for_element("Sc").as_dict()
    assert stored == {"file": "scan.h5", "sha256": None, "element": "Sc"}


def test_a_run_records_all_that_made_its_result(result):
    stored = LayerNote.of_run(result, "scan.h5").for_element("Sc").as_dict()
    assert (stored["role"], stored["element"], stored["file"]) == ("fused", "Sc", "scan.h5")
    assert stored["parameters"] == result.params.as_dict()
    assert stored["costs"] == result.costs.tolist()
    assert stored["weights"] == dict(result.weights)
    assert stored["offsets"] == dict(result.offsets)
    assert stored["iterations"] == 3
    assert stored["stopped"] is stored["partial"] is False
    assert stored["verdict"] == str(result.verdict)
    assert "costs" not in LayerNote.of({"mmfusion": stored}).without_costs().as_dict()


def test_numpy_values_are_read_as_plain_ones():
    stored = {
        "element": None,
        "role": "fused",
        "lambda_haadf": np.float32(0.5),
        "stopped": np.True_,
        "iterations": np.int64(4),
        "weights": {"Sc": np.float64(1), "O": 0},
    }
    note = LayerNote.of({"mmfusion": stored})
    assert (note.lambda_haadf, note.stopped, note.iterations) == (0.5, True, 4)
    assert note.weights == {"Sc": 1.0, "O": 0.0}


def test_parameters_come_back(result):
    note = LayerNote.of_result(result)
    assert note.fusion_parameters() == result.params


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"element": "Sc"}, "carries no parameters"),
        ({"element": "Sc", "parameters": {"n_iter": -1}}, "damaged"),
        ({"element": "Sc", "parameters": {"no_such": 1}}, "damaged"),
    ],
)
def test_missing_and_damaged_parameters_are_named(stored, message):
    with pytest.raises(mmf.MMFusionError, match=message):
        LayerNote.of({"mmfusion": stored}).fusion_parameters()


def test_one_module_spells_the_key():
    spelling = {
        path.relative_to(PLUGIN).as_posix()
        for path in PLUGIN.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Constant) and node.value == "mmfusion")
        or (isinstance(node, ast.Name) and node.id == "METADATA_KEY")
        or (isinstance(node, ast.alias) and node.name == "METADATA_KEY")
    }
    assert spelling == {"layers/notes/note.py"}
