"""The installed package is complete: manifest, program, version, type information."""

import ast
import subprocess
import sys
from importlib.metadata import entry_points, version
from importlib.resources import files

import pytest

import napari_mmfusion as mmf
from napari_mmfusion import _native

npe2 = pytest.importorskip("npe2")


def test_napari_finds_the_manifest():
    manifest = npe2.PluginManifest.from_distribution("napari-mmfusion")
    assert manifest.name == "napari-mmfusion"
    assert manifest.display_name == "Multi-modal fusion"


def test_napari_discovers_the_plugin_among_all():
    names = [found.manifest.name for found in npe2.PluginManifest.discover() if found.manifest]
    assert names.count("napari-mmfusion") == 1


def test_everything_the_manifest_names_can_be_imported():
    manifest = npe2.PluginManifest.from_distribution("napari-mmfusion")
    manifest.validate_imports()


def test_the_program_is_installed_and_prints_its_version():
    (script,) = entry_points(group="console_scripts", name="mmfusion")
    code = f"import sys; from {script.module} import {script.attr} as run; sys.exit(run())"
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True
    )
    assert mmf.__version__ in done.stdout


def test_the_version_is_one():
    assert mmf.__version__ == version("napari-mmfusion")


@pytest.mark.parametrize("name", ["napari.yaml", "py.typed", "_native.pyi"])
def test_files_beside_the_code_are_installed(name):
    assert files(mmf).joinpath(name).is_file()


def test_the_stub_names_what_the_compiled_module_has():
    stub = ast.parse(files(mmf).joinpath("_native.pyi").read_text(encoding="utf-8"))
    described = {
        node.name
        for node in stub.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
    }
    assert described == {name for name in dir(_native) if not name.startswith("_")}
