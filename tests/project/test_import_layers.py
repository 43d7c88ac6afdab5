"""The walls of the house: who may know whom, and what must never be loaded where."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gesturesynth

PACKAGE = Path(gesturesynth.__file__).parent
ROOMS = ("tracking", "mapping", "synthesis", "control")
COMMON = {
    "bus",
    "messages",
    "units",
    "paths",
    "service",
    "lives",
    "log",
    "errors",
    "facts",
    "packing",
    "search_paths",
}


def imported(file: Path) -> set[str]:
    """Modules that a file imports anywhere, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_itself_and_what_all_share(room: str) -> None:
    for file in (PACKAGE / room).rglob("*.py"):
        for name in imported(file):
            if name.startswith("gesturesynth.") and name.split(".")[1] != room:
                assert name.split(".")[1] in COMMON, f"{file} imports {name}"


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("mapping", {"pyo", "cv2", "mediapipe", "zmq", "socket"}),
        ("synthesis", {"sklearn", "scipy", "mediapipe", "cv2"}),
        ("tracking", {"sklearn", "pyo", "pythonosc"}),
        ("control", {"sklearn", "pyo", "mediapipe", "cv2"}),
    ],
)
def test_a_room_keeps_heavy_strangers_out(room: str, forbidden: set[str]) -> None:
    for file in (PACKAGE / room).rglob("*.py"):
        found = {name.split(".")[0] for name in imported(file)} & forbidden
        assert not found, f"{file} imports {found}"


def test_nothing_reads_models_or_examples_in_a_way_that_runs_code() -> None:
    for file in PACKAGE.rglob("*.py"):
        found = {name.split(".")[0] for name in imported(file)} & {"pickle", "joblib", "marshal", "shelve", "dill"}
        assert not found, f"{file} imports {found}"


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("gesturesynth.conductor.process", {"sklearn", "mediapipe", "cv2", "pyo", "scipy"}),
        ("gesturesynth.synthesis.process", {"sklearn", "mediapipe", "cv2", "scipy"}),
        ("gesturesynth.tracking.process", {"sklearn", "pyo", "mediapipe"}),
        ("gesturesynth.cli.app", {"sklearn", "pyo", "mediapipe", "cv2", "scipy"}),
        ("gesturesynth.control.keypad.process", {"sklearn", "pyo", "mediapipe", "cv2", "scipy", "pythonosc"}),
        ("gesturesynth.pipeline.render", {"sklearn", "mediapipe"}),
    ],
)
def test_a_process_starts_without_what_it_must_not_hold(module: str, never: set[str]) -> None:
    script = f"import sys, {module}; print(*sorted({never!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == []


def test_nothing_that_runs_everywhere_is_of_one_system_only() -> None:
    of_linux = {"evdev", "systemd", "pyudev", "dbus", "prctl"}
    for file in PACKAGE.rglob("*.py"):
        assert not {name.split(".")[0] for name in imported(file)} & of_linux, file
