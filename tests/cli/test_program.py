"""Exit codes and error messages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import napari_mmfusion as mmf
from napari_mmfusion.cli import fuse

PROGRAM = [sys.executable, "-m", "napari_mmfusion"]


def assert_one_line_error(err, *words):
    assert err.startswith("mmfusion: error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_version(mmfusion):
    assert mmfusion("--version") == (0, f"mmfusion {mmf.__version__}\n", "")


def test_help_names_every_command(mmfusion):
    code, out, _ = mmfusion("--help")
    assert code == 0
    for command in ("fuse", "tune", "info", "demo", "simulate", "view"):
        assert f"\n    {command} " in out


@pytest.mark.parametrize("command", ["fuse", "tune", "info", "demo", "simulate", "view"])
def test_every_command_has_help(mmfusion, command):
    code, out, _ = mmfusion(command, "--help")
    assert code == 0
    assert out.startswith(f"usage: mmfusion {command} ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["melt"],
        ["fuse"],
        ["fuse", "a.npz"],
        ["fuse", "a.npz", "-o", "b", "--gamma", "high"],
        ["fuse", "a.npz", "-o", "b", "--n-iter", "2.5"],
        ["fuse", "a.npz", "-o", "b", "--weighting", "z/max"],
        ["fuse", "a.npz", "-o", "b", "--atomic-numbers", "Sc"],
        ["fuse", "a.npz", "-o", "b", "--elements", "Sc,,O"],
        ["fuse", "a.npz", "-o", "b", "--no-such-option"],
        ["fuse", "a.npz", "-o", "b", "--lambda-c", "0.1"],
        ["info"],
        ["view", "a.npz", "--screenshot", "a.jpg"],
    ],
)
def test_wrong_usage_is_2(mmfusion, arguments):
    code, out, err = mmfusion(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("usage: mmfusion")


@pytest.mark.parametrize("command", [["info"], ["fuse", "-o", "out"], ["view"]])
def test_a_missing_file_is_1(mmfusion, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, out, err = mmfusion(command[0], "nothing.npz", *command[1:])
    assert (code, out) == (1, "")
    assert_one_line_error(err, "nothing.npz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--gamma", 5], ["gamma", "1 to 2"]),
        (["--lambda-tv", -1], ["--lambda-tv"]),
        (["--lambda-chem", "nan"], ["--lambda-chem"]),
        (["--n-iter", 0], ["--n-iter"]),
        (["--threads", 0], ["--threads"]),
        (["--elements", "Co,Xx"], ["Xx"]),
        (["--haadf", "ADF7"], ["ADF7"]),
        (["--group", "map7"], ["group"]),
        (["--atomic-numbers", "Fe=26"], ["Fe"]),
        (["--atomic-numbers", "Co=1000"], ["Co", "118"]),
    ],
)
def test_an_impossible_option_is_1(mmfusion, sample, tmp_path, options, words):
    code, out, err = mmfusion("fuse", sample, "-o", tmp_path / "out", *options)
    assert (code, out) == (1, "")
    assert_one_line_error(err, *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (mmf.MMFusionError("first\nsecond \x1b[31m line"), ["first second \\x1b[31m line"]),
        (mmf.MMFusionComputeError("core"), ["core"]),
        (OSError(28, "No space left on device", "x.h5"), ["No space left", "x.h5"]),
        (MemoryError("3 GiB"), ["memory", "3 GiB"]),
    ],
)
def test_every_expected_error_is_one_line(mmfusion, sample, tmp_path, monkeypatch, error, words):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(fuse, "load_input", fail)
    code, out, err = mmfusion("fuse", sample, "-o", tmp_path / "out")
    assert (code, out) == (1, "")
    assert_one_line_error(err, *words)


def test_a_programming_error_is_not_hidden(mmfusion, sample, tmp_path, monkeypatch):
    monkeypatch.setattr(fuse, "load_input", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mmfusion("fuse", sample, "-o", tmp_path / "out")


def test_an_interrupt_is_130(mmfusion, sample, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(fuse, "save", interrupt)
    # Processes in the background of a script start with interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code, _, err = mmfusion("fuse", sample, "-o", tmp_path / "out")
    finally:
        signal.signal(signal.SIGINT, before)
    assert code == 130
    assert err == "mmfusion: interrupted\n"


def test_the_process_exits_with_the_code(sample, tmp_path):
    def run(*arguments):
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
        )

    good = run("fuse", sample, "-o", tmp_path / "out", "--n-iter", 3)
    assert (good.returncode, good.stderr) == (0, "")
    again = run("fuse", sample, "-o", tmp_path / "out")
    assert again.returncode == 1
    assert_one_line_error(again.stderr, "--overwrite")
    assert run("fuse").returncode == 2


def test_a_broken_file_gives_no_traceback(tmp_path):
    path = tmp_path / "broken.npz"
    path.write_bytes(b"PK\x03\x04 and no more")
    done = subprocess.run([*PROGRAM, "info", path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert_one_line_error(done.stderr, "broken.npz")


@pytest.mark.skipif(sys.platform == "win32", reason="there pipes break in another way")
def test_a_reader_that_ends_early_does_not_crash_it(sample):
    with subprocess.Popen(
        [*PROGRAM, "info", sample], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_a_terminal_without_the_characters_does_not_crash(tmp_path):
    # Windows consoles often know 256 letters only; the file may be named with any other.
    path = tmp_path / "\u03b1-\u2192.npz"
    np.savez(path, HAADF=np.eye(4), Co=np.eye(4))
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", *PROGRAM[1:], "info", path],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert rb"\u03b1-\u2192.npz" in done.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", ""], "argument -o/--output: the path is empty"),
        (["-o", "out", "--haadf", ""], "argument --haadf: the name is empty"),
        (["-o", "out", "--group", " "], "argument --group: the name is empty"),
        (["-o", "out", "--elements", "Co,"], "argument --elements: 'Co,' should be names"),
        (["-o", "out", "-o", "other"], "argument -o/--output: given twice"),
        (["-o", "out", "--n-iter", 3, "--n-iter", 4], "argument --n-iter: given twice"),
        (["-o", "out", "--weights", "Co=1,Co=2"], "argument --weights: Co is given twice"),
    ],
)
def test_what_is_empty_or_given_twice_is_refused(
    mmfusion, sample, tmp_path, monkeypatch, options, words
):
    monkeypatch.chdir(tmp_path)
    code, out, err = mmfusion("fuse", sample, *options)
    assert (code, out) == (2, "")
    assert words in err
    assert mmfusion("fuse", "", "-o", "out")[0] == 2
    assert [each.name for each in tmp_path.iterdir()] == [sample.name]


def test_options_of_names_may_be_repeated(mmfusion, sample, tmp_path):
    options = ["--elements", "Co", "--elements", "O"]
    assert mmfusion("fuse", sample, "-o", tmp_path / "out", *options, "--n-iter", 1)[0] == 0
