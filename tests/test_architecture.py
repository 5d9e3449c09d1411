"""The rules of ARCHITECTURE.md: layers, one import of the core, short files."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "napari_mmfusion"
LONGEST_FILE = 350

WITHOUT_NAPARI = """
import importlib, pkgutil, sys

class Absent:
    names = {"magicgui", "napari", "npe2", "PyQt6", "PySide6", "qtpy", "superqt", "vispy"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"{name} was imported", name=name)

sys.meta_path.insert(0, Absent())
import napari_mmfusion
assert "matplotlib" not in sys.modules, "matplotlib is imported only to draw"
for layer in ("core", "io", "simulate", "cli"):
    package = importlib.import_module(f"napari_mmfusion.{layer}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def run_python(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def source_files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def test_the_import_contracts_hold():
    run_python("import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")


def test_the_science_runs_without_napari_and_qt():
    run_python(WITHOUT_NAPARI)


def test_one_module_imports_the_compiled_core():
    importers = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            if any(name.rpartition(".")[2] == "_native" for name in names):
                importers.add(path.relative_to(PACKAGE).as_posix())
    assert importers == {"core/native.py"}


def test_the_cpp_library_knows_no_python():
    library = source_files("cpp/include/**/*.*", "cpp/src/**/*.*")
    assert library
    python = re.compile(r'#\s*include\s*[<"](Python\.h|pybind11/)')
    assert [path for path in library if python.search(path.read_text(encoding="utf-8"))] == []


WRITTEN_ONCE = {
    "HAADF": "core/elements.py",
    **dict.fromkeys(
        [".npz", ".npy", ".h5", ".hdf5", ".tif", ".tiff", ".png"],
        "io/endings.py",
    ),
    **dict.fromkeys(
        [
            "raw_",
            "fused_",
            "_signal.tif",
            "haadf_recon.tif",
            "Fused_Reconstruction.h5",
        ],
        "io/layout.py",
    ),
}


def string_literals(source: str) -> set[str]:
    """The values of all string literals but docstrings and the names in ``__all__``."""
    tree = ast.parse(source)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            skipped |= {id(name) for name in ast.walk(node.value)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
    }


def test_names_and_endings_are_written_once():
    places: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for literal in string_literals(path.read_text(encoding="utf-8")) & WRITTEN_ONCE.keys():
            places.setdefault(literal, set()).add(path.relative_to(PACKAGE).as_posix())
    assert places == {literal: {home} for literal, home in WRITTEN_ONCE.items()}


def test_docstrings_and_exported_names_are_no_literals():
    source = '__all__ = ["f"]\ndef f():\n    "HAADF"\n    return f"{x}raw_", {"a": "b"}'
    assert string_literals(source) == {"raw_", "a", "b"}


@pytest.mark.parametrize(
    "pattern", ["src/**/*.py", "tests/**/*.py", "benchmarks/**/*.py", "cpp/**/*.*"]
)
def test_files_are_short(pattern):
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in source_files(pattern)
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}
