"""No code of the package unpickles, runs texts or programs, or opens network connections."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "napari_mmfusion"

MODULES = frozenset(
    "_pickle cloudpickle dill joblib marshal pickle shelve"
    " asyncio ftplib http httpx imaplib poplib requests smtplib socket socketserver ssl urllib"
    " urllib3 webbrowser xmlrpc"
    " code codeop multiprocessing pty runpy subprocess"
    " builtins cffi ctypes imp importlib".split()
)
# Of these packages only what is named may be imported.
PARTS = {"importlib": {"importlib.resources", "importlib.metadata"}}
QT_MODULES = frozenset("QtNetwork QtWebChannel QtWebEngine QtWebEngineWidgets QtWebSockets".split())
FUNCTIONS = frozenset("__import__ compile eval exec".split())
METHODS = frozenset(
    "import_module read_pickle to_pickle startfile system popen fork forkpty posix_spawn"
    " posix_spawnp execl execle execlp execv execve execvp spawnl spawnle spawnlp spawnv spawnve"
    " QDesktopServices QProcess".split()
)


def findings(source: str) -> Iterator[str]:
    """What a source file must not contain."""
    for node in ast.walk(ast.parse(source)):
        for name in names_in(node):
            yield f"line {getattr(node, 'lineno', '?')}: {name}"


def names_in(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from filter(is_forbidden, (alias.name for alias in node.names))
    elif isinstance(node, ast.ImportFrom):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from filter(is_forbidden, names)
    elif isinstance(node, ast.Name) and node.id in FUNCTIONS:
        yield node.id
    elif isinstance(node, ast.Attribute) and node.attr in METHODS:
        yield node.attr
    elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
        if not (isinstance(node.value, ast.Constant) and node.value.value is False):
            yield "allow_pickle"
    elif isinstance(node, ast.keyword) and node.arg == "shell":
        yield "shell"


def is_forbidden(name: str) -> bool:
    parts = name.split(".")
    if any(name == part or name.startswith(f"{part}.") for part in PARTS.get(parts[0], ())):
        return False
    return parts[0] in MODULES or not QT_MODULES.isdisjoint(parts) or parts[-1] in METHODS


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_source(path: Path) -> None:
    assert list(findings(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import os, pickle as p",
        "from pickle import loads",
        "def f():\n    import urllib.request",
        "from urllib import request",
        "import importlib",
        "from importlib import import_module",
        "import numpy as np; np.load('x', allow_pickle=True)",
        "import numpy as np; np.load('x', allow_pickle=flag)",
        "eval('1')",
        "run = exec",
        "__import__('pickle')",
        "import os; os.system('x')",
        "from os import system",
        "from qtpy.QtNetwork import QTcpSocket",
        "from qtpy import QtNetwork",
        "from qtpy.QtCore import QProcess",
    ],
)
def test_the_check_finds(source: str) -> None:
    assert list(findings(source))


@pytest.mark.parametrize(
    "source",
    [
        "import re; re.compile('x')",
        "loop.exec()",
        "from importlib.resources import files",
        "import numpy as np; np.load('x', allow_pickle=False)",
        "import ast; ast.literal_eval('1')",
    ],
)
def test_the_check_lets_pass(source: str) -> None:
    assert not list(findings(source))
