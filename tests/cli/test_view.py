"""``mmfusion view`` without napari, Qt or a screen."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ABSENT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from napari_mmfusion.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "absent", [{"napari"}, {"PyQt5", "PyQt6", "PySide2", "PySide6"}], ids=["napari", "qt"]
)
def test_missing_packages_are_named_with_the_command_to_install_them(sample, absent):
    environment = {name: value for name, value in os.environ.items() if name != "QT_API"}
    done = subprocess.run(
        [sys.executable, "-c", ABSENT.format(absent=absent), "view", sample],
        capture_output=True,
        text=True,
        env=environment | {"DISPLAY": ":99"},
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert 'pip install "napari-mmfusion[all]"' in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a screen")
def test_without_a_screen_there_is_one_clear_line(mmfusion, sample, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    code, out, err = mmfusion("view", sample)
    assert (code, out) == (1, "")
    assert err.startswith("mmfusion: error: there is no screen")
