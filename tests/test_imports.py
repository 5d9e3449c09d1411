"""What importing the package and asking for the version do not import, because it is slow."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import napari_mmfusion as mmf

ROOT = Path(__file__).parents[1]
SLOW = ("scipy", "h5py", "tifffile", "matplotlib", "concurrent", "multiprocessing", "tqdm")
REPORT = f"""
import sys
print(sorted(set({SLOW}) & {{name.partition(".")[0] for name in sys.modules}}))
"""


def slow_modules_after(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code + REPORT], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "code",
    [
        "import napari_mmfusion",
        "from napari_mmfusion import FusionDataset, FusionParameters, fuse, simulate, tv_prox",
        """
from napari_mmfusion.cli import main
try:
    main(["--version"])
except SystemExit as end:
    assert end.code == 0
""",
    ],
    ids=["import", "names", "mmfusion --version"],
)
def test_slow_modules_are_imported_on_use(code: str) -> None:
    assert slow_modules_after(code) == "[]"


def test_a_fusion_needs_no_scipy() -> None:
    code = """
import numpy as np
import napari_mmfusion as mmf
image = np.random.default_rng(0).random((16, 16))
mmf.fuse(mmf.FusionDataset(image, {"Fe": image}), n_iter=1)
"""
    assert slow_modules_after(code) == "[]"


def test_every_public_name_is_there_and_listed() -> None:
    for name in mmf.__all__:
        assert getattr(mmf, name) is not None
    assert set(mmf.__all__) <= set(dir(mmf))
    assert len(mmf.__all__) == len(set(mmf.__all__))


def test_unknown_names_are_errors() -> None:
    with pytest.raises(AttributeError, match="'napari_mmfusion' has no attribute 'fuze'"):
        mmf.fuze  # noqa: B018  # asking is the test
    with pytest.raises(ImportError):
        from napari_mmfusion import fuze  # noqa: F401


def test_type_checkers_see_what_is_imported_on_use() -> None:
    """The imports for type checkers are those that `__getattr__` makes."""
    tree = ast.parse(Path(mmf.__file__).read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    imported = {
        alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    lazy = (mmf._CHOICE, mmf._DATA_CHECK, mmf._IO, mmf._NOISE, mmf._SUGGESTION, mmf._TRUST)
    assert imported == {name for names in lazy for name in names}


def test_the_page_of_the_interface_lists_the_public_names() -> None:
    """docs/api.md has one section for each group, and each name once."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `(?:mmf\.)?(\w+)", page, re.MULTILINE)
    assert sorted(documented) == sorted(mmf.__all__)


def test_python_m_is_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "napari_mmfusion", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"mmfusion {mmf.__version__}\n"), done.stderr
