"""`make test-fast` runs no test that needs a slow part (see `tests/support/selection.py`), and leaves out no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import selection
from tests.support.selection import ROOT, SLOW_FOLDERS, STARTERS, slow_reason

IMPORT_ALL = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(name for name in sys.modules if name.startswith("tests.")))
"""


def all_test_modules() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_the_modules_of_the_fast_selection_import_no_starter_of_a_slow_part() -> None:
    fast = [module_name(path) for path in all_test_modules() if not slow_reason(path)]
    assert len(fast) > 50
    command = [sys.executable, "-c", IMPORT_ALL, *fast]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=110)
    loaded = set(done.stdout.split())
    assert set(fast) <= loaded
    assert loaded & STARTERS.keys() == set()
    folders = tuple(folder.replace("/", ".") for folder in SLOW_FOLDERS)
    assert [name for name in loaded if name.startswith(folders)] == []


def test_every_starter_and_every_slow_folder_exists_and_makes_a_module_slow() -> None:
    reasons = {slow_reason(path) for path in all_test_modules()} - {""}
    for name, part in STARTERS.items():
        assert (ROOT / f"{name.replace('.', '/')}.py").is_file(), name
        assert any(part in reason for reason in reasons), part
    for folder in SLOW_FOLDERS:
        assert (ROOT / folder).is_dir(), folder


def test_every_package_has_tests_in_the_fast_selection() -> None:
    packages = {path.name for path in (ROOT / "gesturesynth").iterdir() if (path / "__init__.py").is_file()}
    fast = {path.relative_to(ROOT / "tests").parts[0] for path in all_test_modules() if not slow_reason(path)}
    assert packages - fast == set()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import os\n", ""),
        ("from tests.support.jack_server import JackServer\n", "JACK"),
        ("def test_it() -> None:\n    from tests.support import footage\n", "footage"),
        ("from tests.support.terminal import TerminalRun\n", "whole processes"),
        ('import pytest\npytestmark = [pytest.mark.quiet, pytest.mark.slow("the reason")]\n', "the reason"),
    ],
)
def test_a_module_is_slow_by_its_imports_or_its_own_marker(tmp_path: Path, text: str, reason: str) -> None:
    module = tmp_path / "test_something.py"
    module.write_text(text)
    assert slow_reason(module) == reason


def test_functions_are_counted(tmp_path: Path) -> None:
    module = tmp_path / "test_something.py"
    module.write_text("def helper(): ...\ndef test_one(): ...\nclass TestMore:\n    def test_two(self): ...\n")
    assert selection.count_test_functions(module) == 2
