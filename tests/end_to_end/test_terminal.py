"""`gesturesynth run` in a terminal, and what is left when terminal, folder or neighbour go away."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import structlog
from rich.console import Console

from gesturesynth.cli.run import LiveDisplay, RunSettings, single_instance
from gesturesynth.core import paths
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.messages import EngineStatus
from tests.support.terminal import COLUMNS, ROWS, TerminalRun
from tests.support.waiting import wait_for

OWN_TERMINAL = (
    "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "from gesturesynth.cli.app import main; main(['run', '--source', 'demo', '--audio', 'null'])"
)
DEADLINE_S = 30.0


class Terminal:
    """A terminal with `gesturesynth run` in it. `shown` is what has appeared on it so far."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.shown = b""
        self._master = master

    def read_until(self, text: bytes) -> None:
        deadline_s = time.monotonic() + DEADLINE_S
        while text not in self.shown:
            assert time.monotonic() < deadline_s, self.shown[-2000:]
            if select.select([self._master], [], [], 0.1)[0]:
                self.shown += os.read(self._master, 65536)

    def close(self) -> None:
        """As its window is closed."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1


@contextmanager
def terminal() -> Iterator[Terminal]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=os.environ | {"TERM": "xterm"},
        start_new_session=True,
    )
    os.close(slave)
    shown = Terminal(process, master)
    try:
        yield shown
    finally:
        shown.close()
        if process.poll() is None:
            process.terminate()
        process.wait(DEADLINE_S)


def test_closing_the_terminal_ends_everything_in_order() -> None:
    with terminal() as shown:
        shown.read_until(b"Air theremin")
        family = psutil.Process(shown.process.pid).children(recursive=True)
        assert len(family) >= 3
        shown.close()
        assert shown.process.wait(DEADLINE_S) == 0
    assert not any(one.is_running() for one in family)
    assert not paths.runtime_dir().exists()


def test_a_log_line_that_the_view_shows_is_not_printed_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    view = LiveDisplay(RunSettings({}))
    monkeypatch.setattr(view, "wanted", True)
    monkeypatch.setattr(view, "_console", Console(file=io.StringIO(), force_terminal=True))

    def told(process: str, **fields: str) -> bool:
        with structlog.testing.capture_logs() as lines:
            view.print_again(process, {"event": "something", **fields})
        return bool(lines)

    refusal = {"level": "warning", "by": "keyboard"}
    assert told("conductor", **refusal), "before the view is there"
    with view:
        assert not told("conductor", **refusal)
        assert not told("conductor", level="info")
        assert told("conductor", level="warning"), "nobody asked for that"
        assert told("engine", level="info")


def test_a_second_run_in_the_same_folder_names_the_first() -> None:
    with (
        single_instance(),
        pytest.raises(UserError, match=f"runs here already .process {os.getpid()}.") as caught,
        single_instance(),
    ):
        pass
    assert "GESTURESYNTH_RUNTIME_DIR" in str(caught.value)
    assert not paths.runtime_dir().exists()


def test_a_lock_on_a_file_that_was_taken_away_meanwhile_is_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = paths.runtime_dir() / "lock"
    real = fcntl.flock
    taken_away: list[Path] = []

    def flock_after_the_other_has_ended(file: object, operation: int) -> None:
        if not taken_away:
            lock.unlink()
            taken_away.append(lock)
        real(file, operation)  # type: ignore[arg-type]  # what it was given

    monkeypatch.setattr(fcntl, "flock", flock_after_the_other_has_ended)
    with single_instance():
        assert lock.read_text() == str(os.getpid())


def test_a_runtime_folder_that_was_cleaned_away_is_no_reason_for_a_traceback() -> None:
    with single_instance():
        shutil.rmtree(paths.runtime_dir())


# ------------------------------------------------------------------------------------------------------------- its keys
@pytest.fixture
def tmux() -> Iterator[TerminalRun]:
    with TerminalRun("--source", "demo", "--audio", "null", "--osc-port", "0") as running:
        yield running


def settings_of(running: TerminalRun, name: str) -> str:
    """What stty says in its shell."""
    file = running.home / name
    running.type(f"stty -a > {file}.new && mv {file}.new {file}")
    wait_for(file.exists, "stty")
    return file.read_text()


def nothing_is_left(running: TerminalRun) -> None:
    wait_for(lambda: not running.runtime.exists() or not [*running.runtime.iterdir()], "the runtime folder to be empty")
    assert running.process
    shell = psutil.Process(running.process.pid).children()
    assert [child.name() for one in shell for child in one.children()] == []


def test_teaching_in_the_terminal_alone(tmux: TerminalRun) -> None:
    running = tmux
    running.wait_until_playing()
    screen = running.until_shown("Gesture Synth", "confidence", "pitch", "q quit")
    assert len(screen.splitlines()) <= ROWS
    assert max(map(len, screen.splitlines())) <= COLUMNS

    running.press("?")
    screen = running.until_shown("Choose a snapshot", "Esc", "randomise", "q      quit", "Gesture Synth")
    running.press("?")
    running.until_shown("1…9 select")

    running.press("9")
    running.until_shown("There is no snapshot 9; this preset has 1, 2, 3.")
    running.press("2", "3")  # as fast as can be: both count
    screen = running.until_shown("snapshot 3  is heard", "(select 3, keyboard)")
    running.press("1", "Space")
    screen = running.until_shown("snapshot 1 is recorded in")
    assert screen.count("A take for snapshot 1") == 1, "everything is said once"
    running.press("q")
    running.until_shown("End in the middle of a take?")
    running.press("Escape")
    running.until_shown("All is as it was.", "snapshot 1 is recorded in")
    running.press("Escape")
    running.until_shown("Called off: no take was recorded.")
    running.press("q")
    running.until_shell()
    assert settings_of(running, "after") == settings_of(running, "twice"), "stty has nothing to tell"
    assert " echo " in settings_of(running, "echo")
    nothing_is_left(running)


def test_ctrl_c_ends_it_and_leaves_the_terminal_as_it_was(tmux: TerminalRun) -> None:
    running = tmux
    running.wait_until_playing()
    running.press("Space")
    running.until_shown("A take of what?")
    running.press("C-c")
    running.until_shell()
    running.type("echo code $?")
    running.until_shown("code 0")
    assert " echo " in settings_of(running, "after")
    nothing_is_left(running)


VIEW = ("source ", "person ", "mapping ", "teaching ")
"""Words that only the view has, each in front of its line."""


def drawn(screen: str) -> list[str]:
    return [word for word in VIEW if any(line.startswith(word) for line in screen.splitlines())]


def test_in_the_background_it_draws_nothing_and_reads_no_keys_and_in_front_it_does() -> None:
    with TerminalRun("--source", "demo", "--audio", "null", "&") as running:
        running.wait_until_playing()
        running.type("echo a word of my own; stty -a | grep -o ' echo '")
        running.until_shown("\na word of my own\n echo")
        running.type("q")  # a command of the shell: no key of ours
        screen = running.until_shown("q: not found")
        assert drawn(screen) == []
        running.type("fg")
        running.until_shown("Gesture Synth  Air theremin", *VIEW)
        running.press("1")
        running.until_shown("snapshot 1")
        running.press("C-z")
        running.until_shell()
        running.type("clear; bg")
        running.until_shown("gesturesynth run")
        running.type("echo all mine")
        running.until_shown("\nall mine")
        begun = running.until(EngineStatus, lambda _: True, "the engine").samples
        running.until(EngineStatus, lambda status: status.samples > begun + 48000, "a second of sound")
        screen = running.until_shown("\nall mine")
        assert drawn(screen) == []
        running.type("fg")
        running.until_shown("Gesture Synth  Air theremin", *VIEW)
        running.press("C-c")
        running.until_shell()
        assert " echo " in settings_of(running, "after")
        nothing_is_left(running)


def test_a_terminal_that_stops_background_output_does_not_stop_it() -> None:
    with TerminalRun("--source", "demo", "--audio", "null") as running:
        running.wait_until_playing()
        running.press("C-z")
        running.until_shell()
        running.type("stty tostop; bg")
        begun = running.until(EngineStatus, lambda _: True, "the engine").samples
        running.until(EngineStatus, lambda status: status.samples > begun + 48000, "a second of sound")
        running.type("jobs; fg")
        running.until_shown("Gesture Synth  Air theremin")
        running.press("C-c")
        running.until_shell()
