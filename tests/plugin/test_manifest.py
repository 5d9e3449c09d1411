"""The manifest: all that it names exists and agrees with the code."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest
import yaml

import napari_mmfusion as mmf

npe2 = pytest.importorskip("npe2")

from npe2.manifest.contributions import ContributionPoints  # noqa: E402

FILE = files(mmf).joinpath("napari.yaml")
KINDS = {"number": "string", "integer": "integer", "flag": "boolean", "choice": "string"}
OF_ONE_DATA_SET = ("atomic_numbers", "weights")
PERSISTED = [name for name in mmf.FusionParameters.names() if name not in OF_ONE_DATA_SET]


@pytest.fixture(scope="module")
def stated():
    """The contents of the file, as written."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifest():
    return npe2.PluginManifest.from_file(str(FILE))


def entries(value, path=()):
    """Every mapping in the file, with its place."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from entries(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from entries(inner, (*path, "*"))


def test_npe2_finds_nothing_to_complain_about():
    done = subprocess.run(
        [sys.executable, "-m", "npe2", "validate", "napari-mmfusion"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "valid" in done.stdout


def test_every_command_is_a_callable(manifest):
    for command in manifest.contributions.commands:
        assert callable(npe2.manifest.utils.import_python_name(command.python_name)), command.id


def test_every_contribution_points_at_a_command_that_is_declared_and_all_are_used(stated):
    contributions = stated["contributions"]
    declared = [command["id"] for command in contributions["commands"]]
    assert len(set(declared)) == len(declared)
    used = {
        entry["command"]
        for path, entry in entries(contributions)
        if path[:1] != ("commands",) and "command" in entry
    }
    assert used == set(declared)


def test_every_menu_takes_contributions(manifest):
    menus = pytest.importorskip("napari._app_model.constants._menus")
    assert manifest.contributions.menus
    for menu in manifest.contributions.menus:
        assert menu.startswith("napari/")
        assert menus.is_menu_contributable(menu), menu


def test_no_key_is_unknown_to_npe2(stated, manifest):
    known = set(npe2.PluginManifest.model_fields)
    assert set(stated) <= known
    contributions = stated["contributions"]
    assert set(contributions) <= set(ContributionPoints.model_fields)
    for kind in ("commands", "readers", "writers", "widgets", "sample_data"):
        for entry, parsed in zip(
            contributions[kind], getattr(manifest.contributions, kind), strict=True
        ):
            assert set(entry) <= set(type(parsed).model_fields), entry
    for menu, items in contributions["menus"].items():
        for entry, parsed in zip(items, manifest.contributions.menus[menu], strict=True):
            assert set(entry) <= set(type(parsed).model_fields), entry
    for name, section in contributions["configurations"].items():
        parsed = manifest.contributions.configurations[name]
        assert set(section) <= set(type(parsed).model_fields)
        for key, entry in section["properties"].items():
            assert set(entry) <= set(type(parsed.properties[key]).model_fields), entry


def test_names_of_writers_tell_them_apart(stated):
    names = [writer["display_name"] for writer in stated["contributions"]["writers"]]
    assert len(set(names)) == len(names)
    assert all(names)


def test_tiff_files_are_left_to_other_readers(stated):
    patterns = {
        p for reader in stated["contributions"]["readers"] for p in reader["filename_patterns"]
    }
    assert patterns == {"*.npz", "*.h5", "*.hdf5"}


def test_every_parameter_is_persisted(stated):
    properties = stated["contributions"]["configurations"]["parameters"]["properties"]
    assert list(properties) == ["automatic", *PERSISTED]


@pytest.mark.parametrize("name", PERSISTED)
def test_a_persisted_parameter_is_that_of_the_code(stated, name):
    entry = stated["contributions"]["configurations"]["parameters"]["properties"][name]
    info = mmf.FusionParameters.info(name)
    default = getattr(mmf.FusionParameters(), name)
    assert entry["title"] == info.label
    assert entry["description"] == info.help
    assert entry["type"] == KINDS[info.kind]
    if info.kind == "number":
        assert entry["default"] == ("" if default is None else str(default))
    else:
        assert entry["default"] == default
    if info.kind == "integer":
        assert (entry["minimum"], entry["maximum"]) == (info.minimum, info.maximum)
    assert tuple(entry.get("enum", ())) == info.choices
