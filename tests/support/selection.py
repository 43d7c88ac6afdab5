"""Which tests `make test-fast` leaves out: those that need JACK, systemd, footage, or a process that runs for long.

A test module is slow by its folder, or by what it imports, directly or by way of other modules of the tests: a module
that starts such a part says so by its import. `tests/conftest.py` marks the tests of slow modules with `slow`. A test
that takes seconds for another reason carries the marker itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

SLOW_FOLDERS: Final = {
    "tests/benchmarks": "benchmarks",
    "tests/end_to_end": "whole processes",
    "tests/endurance": "minutes of sound",
    "tests/fault_injection": "systemd",
    "tests/flood": "whole processes",
    "tests/soak": "whole processes",
    "tests/system": "systemd",
}
STARTERS: Final = {
    "tests.support.app_process": "whole processes",
    "tests.support.conductor_harness": "a trainer process",
    "tests.support.footage": "footage",
    "tests.support.jack_capture": "JACK",
    "tests.support.browser": "a browser",
    "tests.support.firefox": "a browser",
    "tests.support.jack_server": "JACK",
    "tests.support.page_process": "whole processes",
    "tests.support.osc_tools": "programs of liblo",
    "tests.support.terminal": "whole processes",
    "tests.support.tracker_process": "whole processes",
    "tests.support.virtual_camera": "a C compiler",
    "tests.support.virtual_keypad": "a C compiler",
}
"""Modules that start a slow part, and the part."""


@cache
def slow_reason(path: Path) -> str:
    """What a test module needs that a fast test does without; empty when it needs nothing of it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "pytestmark"
            and (own := _marker(node.value))
        ):
            return own
    for folder, part in SLOW_FOLDERS.items():
        if (ROOT / folder) in path.parents:
            return part
    return ", ".join(sorted({STARTERS[name] for name in _all_imports(path) & STARTERS.keys()}))


def _marker(value: ast.expr) -> str:
    """The reason of the marker `slow` in the value of `pytestmark`."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.slow":
            return str(ast.literal_eval(node.args[0]))
    return ""


@cache
def _all_imports(path: Path) -> frozenset[str]:
    """The modules of the tests that a file imports, directly or not."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        for name in set(imports(waiting.pop())) - found:
            if name.startswith("tests.") and (file := ROOT / f"{name.replace('.', '/')}.py").is_file():
                found.add(name)
                waiting.append(file)
    return frozenset(found)


def count_test_functions(path: Path) -> int:
    """How many test functions a file has; parameters may make more tests of each."""
    functions = (
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    )
    return sum(function.name.startswith("test_") for function in functions)


def imports(path: Path) -> Iterator[str]:
    """The names of all modules that a file may import, also within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
