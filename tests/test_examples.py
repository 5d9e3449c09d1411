"""The examples run as they are, and do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))


def run(*arguments: object, folder: Path) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_scripts_are_known():
    assert SCRIPTS == ["compare_settings.py", "fuse_a_file.py", "trust.py", "tune.py"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_runs_without_arguments(script, tmp_path):
    words = run(sys.executable, "-W", "error", EXAMPLES / script, folder=tmp_path)
    assert words.strip()
    assert list(tmp_path.iterdir()) == []  # nothing is written without request


def test_a_file_is_fused_and_saved(tmp_path, tutorial_file):
    file = tutorial_file("PTO_Trilayer_dataset.npz")
    words = run(sys.executable, EXAMPLES / "fuse_a_file.py", file, "out", folder=tmp_path)
    assert re.search(r"^Dy: relative mean 0\.085", words, re.MULTILINE)
    assert (tmp_path / "out" / "Fused_Reconstruction.h5").is_file()


def test_settings_differ_in_their_error(tmp_path):
    lines = run(sys.executable, EXAMPLES / "compare_settings.py", folder=tmp_path).splitlines()
    rows = ((line[:30].strip(), line[30:].split()) for line in lines[1:])
    errors = {name: [float(value) for value in values] for name, values in rows}
    measured = errors.pop("measured")
    assert len(errors) == 4
    fitted = errors["fitted weights, two TV steps"]
    assert all(value < raw / 4 for value, raw in zip(fitted, measured, strict=True))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the build needs a developer prompt there")
def test_the_core_is_used_from_cpp(tmp_path):
    tools = Path(sys.executable).parent
    cmake, ninja = (
        shutil.which(name, path=tools) or shutil.which(name) for name in ("cmake", "ninja")
    )
    assert cmake, "cmake comes with the build tools of tools/setup.sh"
    source = EXAMPLES / "core_from_cpp"
    options = [f"-DCMAKE_MAKE_PROGRAM={ninja}", "-DCMAKE_BUILD_TYPE=Release"]
    run(cmake, "-S", source, "-B", tmp_path, "-G", "Ninja", *options, folder=tmp_path)
    run(cmake, "--build", tmp_path, "--parallel", 2, folder=tmp_path)
    words = run(tmp_path / "fuse", folder=tmp_path)
    errors = re.findall(r"([\d.]+) measured, ([\d.]+) fused", words)
    assert len(errors) == 2
    for measured, fused in errors:
        assert float(fused) < 0.5 * float(measured)
