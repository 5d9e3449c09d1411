"""The script, the commands and the links of the documents work as written."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"))
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(arguments: list[str], folder: Path) -> None:
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_script_runs(tmp_path):
    (script,) = blocks("python")
    run([sys.executable, "-W", "error", "-c", script], tmp_path)
    assert (tmp_path / "fused" / "Fused_Reconstruction.h5").is_file()


def test_the_commands_run(tmp_path):
    lines = [line for block in blocks("console") for line in block.splitlines()]
    commands = [line.partition("#")[0] for line in lines if line.startswith("$ mmfusion")]
    assert len(commands) >= 3
    program = [sys.executable, "-m", "napari_mmfusion"]
    for command in commands:
        arguments = shlex.split(command)[2:]
        if arguments[0] != "view":  # opens a window and waits
            run([*program, *arguments], tmp_path)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_project_have_a_target(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    folder = (ROOT / document).parent
    assert [target for target in targets if not (folder / target).exists()] == []
