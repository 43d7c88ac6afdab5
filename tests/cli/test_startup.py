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
import json, sys
path = sys.path[:]
from gesturesynth.__main__ import main
for words in json.loads(sys.argv[1]):
    before, sys.argv = set(sys.modules), ["gesturesynth", *words]
    try:
        main()
        code = 0
    except SystemExit as left:
        code = left.code or 0
    sys.path[:] = path
    print("LOADED", json.dumps([words, code, sorted(set(sys.modules) - before)]), flush=True)
print("ALL", *sys.modules)
"""
"""Carries out command lines, one after the other; what one has loaded is there for the next, so nothing hides."""


def loaded(*lines: tuple[str, ...]) -> dict[str, set[str]]:
    """The modules that command lines load when they do their work, in a folder where nothing runs.

    Each has those that no line before it has loaded; the whole process, with the key `all`, has all of them.
    """
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(lines)], capture_output=True, text=True, check=True, timeout=100
    )
    told = [json.loads(line.removeprefix("LOADED ")) for line in done.stdout.splitlines() if line.startswith("LOADED ")]
    assert [tuple(words) for words, _, _ in told] == list(lines)
    assert {code for _, code, _ in told} <= {0, 1}, done.stderr
    return {" ".join(words): set(modules) for words, _, modules in told} | {
        "all": set(done.stdout.splitlines()[-1].removeprefix("ALL ").split())
    }


def heavy(loaded: dict[str, set[str]], what: set[str]) -> dict[str, set[str]]:
    """Which of these modules were loaded, and by which line."""
    return {line: modules & what for line, modules in loaded.items() if modules & what}


VALUES = {"int": "3", "text": "x", "bool": "on", "document": str(paths.presets_dir() / "theremin.yaml")}


def value_of(argument: Argument) -> str:
    return VALUES.get(argument.kind, f"{max(0.0, argument.low or 0.0):g}")


REMOTE = [(command.name, *map(value_of, command.arguments)) for command in COMMANDS.values()]
"""Every command of the table, as a person would type it."""


def test_a_command_loads_only_what_sends_it() -> None:
    assert heavy(loaded(*REMOTE, ("state",), ("state", "--json"), ("train", "--wait")), HEAVY | METADATA) == {}


def test_status_loads_as_little() -> None:
    assert heavy(loaded(("status",), ("status", "--json"), ("status", "--help")), HEAVY | METADATA) == {}


HELPED: list[tuple[str, ...]] = [
    (),
    *[(name,) for name in ("run", "tracker", "conductor", "engine", "keypad", "render", "record-skeleton")],
    *[(name,) for name in ("pack", "unpack")],
    *[(name,) for name in ("preset", "doctor", "service", "features", "cameras", "fetch-model", "select", "train")],
    *[("preset", "check"), ("preset", "new"), ("service", "install"), ("service", "logs")],
]


def test_help_loads_nothing_that_only_the_work_itself_needs() -> None:
    found = loaded(*((*verb, "--help") for verb in HELPED))
    assert heavy(found, HEAVY | METADATA | {"zmq"}) == {}
    assert "cyclopts" in found["all"]


def test_the_version_needs_its_metadata_and_nothing_more() -> None:
    assert heavy(loaded(("--version",)), HEAVY | {"zmq"}) == {}


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
