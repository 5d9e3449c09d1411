"""Print the tests of changed files: the test file of a module, or those of its folder."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

PACKAGE = PurePosixPath("src/napari_mmfusion")


def related_tests(changed: Iterable[str], root: Path) -> list[str]:
    """Test files of `changed`, which are paths below `root`; deleted files are left out."""
    found: set[str] = set()
    for name in changed:
        path = PurePosixPath(name)
        if path.suffix == ".md":
            found.add("tests/test_readme.py")
        elif path.parts[:1] == ("examples",):
            found.add("tests/test_examples.py")
        elif path.parts[:1] == ("tests",) and path.name.startswith("test_"):
            found.add(name)
        elif path.suffix == ".py" and path.is_relative_to(PACKAGE):
            found |= _tests_of_module(path.relative_to(PACKAGE), root)
        elif path.parts[:2] == ("cpp", "bindings"):
            found |= {"tests/core/test_fusion.py", "tests/core/test_tv.py"}
    return sorted(test for test in found if (root / test).exists())


def _tests_of_module(module: PurePosixPath, root: Path) -> set[str]:
    doctest = str(PACKAGE / module)
    folder = PurePosixPath("tests", *module.parent.parts)
    while len(folder.parts) > 1:
        own = sorted((root / folder).glob(f"test_{module.stem}*.py"))
        if own:
            return {doctest, *(str(path.relative_to(root)) for path in own)}
        tests = sorted((root / folder).glob("test_*.py"))
        if tests:
            return {doctest, *(str(path.relative_to(root)) for path in tests)}
        folder = folder.parent
    return {doctest, "tests/test_architecture.py"}


if __name__ == "__main__":
    print(*related_tests(sys.stdin.read().split("\n"), Path.cwd()), sep="\n")
