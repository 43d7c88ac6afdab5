"""A verb loads only what it needs, and is ended by Ctrl-C from its first moment on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gesturesynth.control.arguments import Argument
from gesturesynth.control.command_table import COMMANDS
from gesturesynth.core import paths

pytestmark = pytest.mark.slow("whole processes")

HEAVY = {
    *("numpy", "scipy", "sklearn", "cv2", "mediapipe", "pyo", "pydantic", "yaml", "structlog", "prometheus_client"),
    *("markdown_it", "rich.markdown", "rich_rst", "docutils", "asyncio", "multiprocessing", "logging"),
}
"""What commands to the running conductor, and help, never need."""
METADATA = {"importlib.metadata", "email"}
SCRIPT = """
import sys
from pathlib import Path
from gesturesynth.__main__ import main
try:
    main()
except SystemExit as left:
    print("LOADED", left.code, *sys.modules)
"""


def loaded(*text: str) -> set[str]:
    """The modules that a command line has loaded when it has done its work (in a folder where nothing runs)."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, *text], capture_output=True, text=True, check=True, timeout=60)
    mark, code, *modules = done.stdout.splitlines()[-1].split()
    assert (mark, code) in {("LOADED", "0"), ("LOADED", "1")}, done.stderr
    return set(modules)


VALUES = {"int": "3", "text": "x", "bool": "on", "document": str(paths.presets_dir() / "theremin.yaml")}


def value_of(argument: Argument) -> str:
    return VALUES.get(argument.kind, f"{max(0.0, argument.low or 0.0):g}")


REMOTE = [(command.name, *map(value_of, command.arguments)) for command in COMMANDS.values()]
"""Every command of the table, as a person would type it."""


@pytest.mark.parametrize("words", [*REMOTE, ("state",), ("state", "--json"), ("train", "--wait")], ids=" ".join)
def test_a_command_loads_only_what_sends_it(words: tuple[str, ...]) -> None:
    assert not loaded(*words) & (HEAVY | METADATA)


@pytest.mark.parametrize("words", [("status",), ("status", "--json"), ("status", "--help")], ids=" ".join)
def test_status_loads_as_little(words: tuple[str, ...]) -> None:
    assert not loaded(*words) & (HEAVY | METADATA)


@pytest.mark.parametrize(
    "verb",
    [
        (),
        *[(name,) for name in ("run", "tracker", "conductor", "engine", "keypad", "render", "record-skeleton")],
        *[(name,) for name in ("pack", "unpack")],
        *[(name,) for name in ("preset", "doctor", "service", "features", "cameras", "fetch-model", "select", "train")],
        *[("preset", "check"), ("preset", "new"), ("service", "install"), ("service", "logs")],
    ],
    ids=" ".join,
)
def test_help_loads_nothing_that_only_the_work_itself_needs(verb: tuple[str, ...]) -> None:
    assert not loaded(*verb, "--help") & (HEAVY | METADATA | {"zmq"})


def test_the_version_needs_its_metadata_and_nothing_more() -> None:
    assert not loaded("--version") & (HEAVY | {"zmq"})


@pytest.mark.parametrize(
    "module",
    [
        "runtime.messages",
        "core.log",
        "runtime.service",
        "core.units",
        "core.errors",
        "core.search_paths",
        "cli.flags",
    ],
)
def test_what_all_share_is_light(module: str) -> None:
    script = f"import sys, gesturesynth.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert not set(done.stdout.split()) & (HEAVY | METADATA | {"zmq", "rich"})


# -------------------------------------------------------------------------------------------------------------- Ctrl-C
WATCHED = """
import os, signal, sys
at = int(sys.argv.pop(1))
class Strike:
    count = 0
    def find_spec(self, name, path=None, target=None):
        Strike.count += 1
        if Strike.count == at:
            os.kill(os.getpid(), signal.SIGINT)
        return None
from gesturesynth.__main__ import main
sys.meta_path.insert(0, Strike())
main()
"""
"""Ctrl-C at the n-th import, wherever that is."""


@pytest.mark.parametrize("at", [1, 5, 60, 180, 320, 400])
@pytest.mark.parametrize("words", ["run --source demo --audio null", "render --source demo --out x.wav", "state"])
def test_ctrl_c_at_any_import_ends_it_without_a_traceback(
    at: int, words: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    command = [sys.executable, "-c", WATCHED, str(at), *words.split()]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        said = process.communicate(timeout=100)[1].decode()
    finally:
        process.kill()
    assert process.returncode in (-signal.SIGINT, 130, 0, 1), said
    assert process.returncode != 1 or words == "state", said  # nothing runs: it has ended before so many imports
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "KeyboardInterrupt" not in said


# ---------------------------------------------------------------------------------------------------------- ASCII only
ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A terminal or a pipe that knows nothing but ASCII."""


@pytest.mark.parametrize("environment", [ASCII, {"PYTHONIOENCODING": "ascii"}], ids=["LANG=C", "PYTHONIOENCODING"])
@pytest.mark.parametrize(
    "words",
    ["features", "instruments", "preset list", "preset check maree.yaml", "preset check é.yaml", "doctor --quick"],
)
def test_output_that_is_ascii_only_never_ends_in_a_traceback(
    words: str, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (paths.presets_dir() / "drone.yaml").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("name:"))
    (tmp_path / "maree.yaml").write_text(text.replace(title, "name: Marée ♪"), encoding="utf-8")
    (tmp_path / "maree.csv").write_bytes((paths.presets_dir() / "drone.csv").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "gesturesynth", *words.split()],
        env=os.environ | environment,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"UnicodeEncodeError" not in done.stderr
    assert done.stdout.isascii()
    if "maree" in words:
        assert (done.returncode, b"Mar?e ?" in done.stdout) == (0, True)


def test_log_lines_of_a_process_come_through_whole_where_all_is_ascii() -> None:
    script = (
        "from gesturesynth.core import log; log.configure('x', json_lines=True); log.get().info('Mar\\xe9e \\udcff')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | ASCII, capture_output=True, check=True, timeout=60
    )
    assert json.loads(done.stderr)["event"] == "Marée \udcff"
