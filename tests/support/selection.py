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
    "tests.support.footage": "footage",
    "tests.support.jack_capture": "JACK",
    "tests.support.jack_server": "JACK",
    "tests.support.osc_tools": "programs of liblo",
    "tests.support.terminal": "whole processes",
    "tests.support.tracker_process": "whole processes",
    "tests.support.virtual_camera": "a C compiler",
    "tests.support.virtual_keypad": "a C compiler",
}
"""Modules that start a slow part, and the part."""


def slow_reason(path: Path) -> str:
    """What a test module needs that a fast test does without; empty when it needs nothing of it."""
    for folder, part in SLOW_FOLDERS.items():
        if (ROOT / folder) in path.parents:
            return part
    return ", ".join(sorted({STARTERS[name] for name in _all_imports(path) & STARTERS.keys()}))


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


def imports(path: Path) -> Iterator[str]:
    """The names of all modules that a file may import, also within functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
