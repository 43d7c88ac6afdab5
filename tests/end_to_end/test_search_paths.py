"""Files in the current folder never run: neither as a module nor as a program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gesturesynth.core import search_paths
from gesturesynth.runtime.messages import ConductorStatus, EngineStatus, TrackerStatus
from tests.support import footage
from tests.support.app_process import AppProcess

MODULES = (
    *("http", "json", "signal", "typing", "enum", "inspect", "email", "csv", "random", "socket", "tempfile", "logging"),
    *("numpy", "msgspec", "zmq", "cyclopts", "rich", "structlog", "yaml", "pydantic", "platformdirs", "attrs"),
    *("sklearn", "scipy", "joblib", "pyo", "cv2", "mediapipe", "matplotlib", "sounddevice", "wx", "pip", "venv"),
    *("sitecustomize", "usercustomize", "orjson", "uvloop", "simplejson", "cupy", "torch", "IPython", "gobject"),
)
"""The standard library's, our libraries', and some that libraries look for without needing them."""
BEFORE_US = {"sitecustomize", "usercustomize"}
"""What Python itself imports before the first line of ours, if the person's own PYTHONPATH leads there."""
PROGRAMS = (
    *("gcc", "cc", "clang", "ld", "ldconfig", "objdump", "as", "collect2", "uname", "file", "lscpu", "fc-list", "sh"),
    *("systemctl", "journalctl", "udevadm", "systemd-sysusers", "pip", "pip3", "python", "python3", "id", "git"),
    *("jackd", "gesturesynth", "xdg-user-dir", "locale", "ps", "which", "env", "sysctl"),
)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder full of modules and programs that write down that they ran."""
    folder = tmp_path / "trap"
    folder.mkdir()
    caught = tmp_path / "caught"
    for name in MODULES:
        file = folder / f"{name}.py"
        end = "" if name in BEFORE_US else f"raise ImportError('a trap: {name}')\n"
        file.write_text(f"open({str(caught)!r}, 'a').write('module {name}\\n')\n{end}")
    for name in PROGRAMS:
        file = folder / name
        file.write_text(f"#!/bin/sh\necho program {name} >>'{caught}'\nexit 1\n")
        file.chmod(0o755)
    return folder


def caught(trap: Path) -> set[str]:
    file = trap.parent / "caught"
    return set(file.read_text().splitlines()) if file.exists() else set()


CONSOLE_SCRIPT = "import sys; from gesturesynth.__main__ import main; sys.exit(main())"
"""What the installed command is."""
CARELESS = {"PATH": f":{os.environ['PATH']}:.", "LD_LIBRARY_PATH": "/nowhere:", "PYTHONPATH": "/nowhere:"}
"""An empty entry is the current folder, and comes of a colon too many."""


@pytest.fixture
def stands(request: pytest.FixtureRequest, trap: Path) -> tuple[list[str], dict[str, str]]:
    """How the program is started in the trap: the installed command, `python -m`, or with a careless search path."""
    script = trap.parent / "bin" / "gesturesynth"
    script.parent.mkdir()
    script.write_text(CONSOLE_SCRIPT)
    command = [sys.executable, "-m", "gesturesynth"] if request.param == "module" else [sys.executable, str(script)]
    environment = dict(os.environ)
    if request.param == "careless paths":
        environment |= CARELESS
    return command, environment


def run_in(trap: Path, command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=trap,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def spared(trap: Path, environment: Mapping[str, str]) -> None:
    """Nothing of the trap has run."""
    excused = {f"module {name}" for name in BEFORE_US} if "PYTHONPATH" in environment else set()
    assert caught(trap) - excused == set()


def ways(*first: str) -> pytest.MarkDecorator:
    """In which ways a test starts the program; a careless path is the installed command, and more than it."""
    return pytest.mark.parametrize("stands", first, indirect=True)


VERBS = (
    ("--version",),
    ("--help",),
    ("run", "--help"),
    ("state",),
    ("select", "3"),
    ("status",),
    ("preset", "list"),
    ("preset", "check", "theremin"),
    ("preset", "schema"),
    ("features",),
    ("instruments",),
    ("models",),
    ("cameras",),
    ("keypad", "--list"),
    ("examples", "list", "--preset", "theremin"),
    ("service", "status"),
    ("service", "logs"),
    ("render", "--source", "demo", "--seconds", "1", "--out", "x.wav"),
    ("record-skeleton", "x.skeleton", "--source", "demo", "--seconds", "1"),
)
FEW = (("--version",), ("preset", "check", "theremin"), VERBS[-2])
"""Verbs that load little, some and most of the program: by every way. How it was started ends before a verb begins."""


@pytest.mark.parametrize(
    ("stands", "words"),
    [("careless paths", words) for words in VERBS] + [(way, words) for way in ("command", "module") for words in FEW],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
    indirect=["stands"],
)
def test_no_verb_runs_what_lies_in_the_current_folder(
    trap: Path, stands: tuple[list[str], dict[str, str]], words: tuple[str, ...]
) -> None:
    command, environment = stands
    done = run_in(trap, [*command, *words], environment)
    assert "Traceback" not in done.stderr
    spared(trap, environment)


@ways("careless paths")
def test_neither_does_the_doctor_nor_any_of_its_probes(trap: Path, stands: tuple[list[str], dict[str, str]]) -> None:
    command, environment = stands
    done = run_in(trap, [*command, "doctor", "--json"], environment)
    assert '"tried": 21' in done.stdout or '"grade"' in done.stdout
    assert "a trap" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    spared(trap, environment)


@ways("careless paths")
def test_neither_does_a_rendering_of_a_video(trap: Path, stands: tuple[list[str], dict[str, str]]) -> None:
    command, environment = stands
    clip = footage.clip("dancer")
    done = run_in(trap, [*command, "render", "--source", str(clip), "--seconds", "0.5", "--out", "x.wav"], environment)
    assert (done.returncode, (trap / "x.wav").exists()) == (0, True), done.stderr
    spared(trap, environment)


def test_neither_does_any_process_of_run(trap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trap)
    environment = dict(os.environ) | CARELESS
    with AppProcess("--source", footage.clip("dancer"), "--audio", "auto", environment=environment) as running:
        running.until(TrackerStatus, lambda status: status.state == "live" and status.fps > 0, "frames")
        running.until(ConductorStatus, lambda status: bool(status.model), "a model, from the trainer")
        running.until(EngineStatus, lambda status: bool(status.preset), "a sound")
        assert running.stop() == 0
    spared(trap, environment)


def test_a_gesturesynth_in_the_current_folder_is_not_taken_for_the_program(trap: Path) -> None:
    package = trap / "gesturesynth"
    (trap / "gesturesynth").unlink()
    package.mkdir()
    for name in ("__init__", "trainer", "__main__"):
        (package / f"{name}.py").write_text(f"open({str(trap.parent / 'caught')!r}, 'a').write('ours')\n")
    command = [*search_paths.python_command("-m", "gesturesynth.ops.doctor.probes.network")]
    done = run_in(trap, command, search_paths.child_environment({"PYTHONPATH": ""}))
    assert "network" in done.stdout
    assert caught(trap) == set()


# ------------------------------------------------------------------------------------------------------------ the parts
def secured(folder: Path, script: str, **environment: str) -> str:
    first = "import sys; from gesturesynth.core import search_paths; search_paths.secure_this_process(); import os; "
    done = subprocess.run(
        [sys.executable, "-c", first + script],
        cwd=folder,
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("careless", ["", ".", "lib", "../x"])
def test_only_absolute_entries_stay_in_the_search_paths(tmp_path: Path, careless: str) -> None:
    paths = dict.fromkeys(search_paths.CLEANED, f"/first:{careless}:/second")
    script = f"print(*(os.environ[name] for name in {search_paths.CLEANED!r}))"
    assert secured(tmp_path, script, **paths) == "/first:/second /first:/second /first:/second"


def test_a_path_of_nothing_but_relative_entries_becomes_that_of_the_system(tmp_path: Path) -> None:
    assert secured(tmp_path, "print(os.environ['PATH'])", PATH=":.") == search_paths.SYSTEM_PATH


def test_what_a_process_starts_by_itself_is_safe_too(tmp_path: Path) -> None:
    script = "import subprocess; print(subprocess.check_output([sys.executable, '-c', 'import sys; print(sys.path)']))"
    assert "''" not in secured(tmp_path, script)


def test_in_a_path_without_programs_there_is_not_even_the_current_folder(trap: Path) -> None:
    script = (
        "import shutil, subprocess; search_paths.forbid_programs()\n"
        "try:\n    subprocess.run(['gcc'])\nexcept FileNotFoundError:\n    print(shutil.which('gcc'))"
    )
    assert secured(trap, script) == "None"
    assert caught(trap) == set()


@pytest.fixture
def a_path(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PATH", "/somewhere")
    return "/somewhere"


def test_programs_are_forbidden_for_a_while_and_then_found_again(a_path: str) -> None:
    with search_paths.ProgramsForbidden():
        assert os.environ["PATH"] == search_paths.NO_PROGRAMS
    assert os.environ["PATH"] == a_path


def test_programs_of_the_system_are_absolute(a_path: str) -> None:
    assert search_paths.system_program("sh") in {f"{folder}/sh" for folder in search_paths.SYSTEM_FOLDERS}
    assert search_paths.system_program("no-such-program") is None
