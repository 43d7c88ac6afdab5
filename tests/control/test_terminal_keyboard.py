"""Keys of a terminal: what counts as one, and that the terminal is always given back."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesturesynth.control.terminal_keyboard import ESCAPE, MOST_KEYS, PASTE_S, Keyboard, KeyParser, keys

COOKED = termios.ICANON | termios.ECHO | termios.ISIG


# ----------------------------------------------------------------------------------------------------------- the parser
@pytest.mark.parametrize("key", [*"123456789 tuUxcsr[]-+m!a?q", "é", "漢", "😀"])
def test_a_character_is_a_key(key: str) -> None:
    assert keys(key.encode()) == [key]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("arrow up", b"\x1b[A"),
        ("arrow up, keypad mode", b"\x1bOA"),
        ("control and arrow", b"\x1b[1;5D"),
        ("delete", b"\x1b[3~"),
        ("F1", b"\x1bOP"),
        ("F1 on the Linux console", b"\x1b[[A"),
        ("F12", b"\x1b[24~"),
        ("shift and tab", b"\x1b[Z"),
        ("Alt and t", b"\x1bt"),
        ("Alt and é", "\x1bé".encode()),
        ("the cursor's place", b"\x1b[12;40R"),
        ("the terminal's colour", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
        ("the same, ended with a bell", b"\x1b]11;rgb:0000/0000/0000\x07"),
        ("what the terminal is", b"\x1bP>|xterm(379)\x1b\\"),
        ("a click", b"\x1b[Mtqc"),
        ("a click, newer", b"\x1b[<0;10;20M"),
        ("focus", b"\x1b[I"),
        ("enter, tab, backspace, Ctrl-A", b"\r\n\t\x7f\x01"),
        ("no UTF-8", b"\xff\xc3"),
        ("a marked paste", b"\x1b[200~clear all takes! qqq\x1b[A\x1b[201~"),
    ],
)
def test_what_is_no_key_is_passed_over_and_the_next_key_counts(name: str, sent: bytes) -> None:
    assert keys(sent) == [], name
    assert keys(b"r" + sent + b"t") == ["r", "t"], name


def test_escape_is_a_key_only_after_a_silence() -> None:
    parser = KeyParser()
    assert parser.feed(b"\x1b") == []
    assert parser.waiting
    assert parser.pause(0.01) == []
    assert parser.feed(b"[A") == [], "the rest of an arrow key came late"
    parser.feed(b"\x1b")
    assert parser.pause(0.2) == [ESCAPE]
    assert parser.feed(b"[") == ["["], "after it, keys are keys again"


@pytest.mark.parametrize("begun", [b"\x1b[", b"\x1b]", b"\x1bP12", b"\x1b[200~tuc", b"\x1b[M", b"\xc3"])
def test_what_was_begun_and_never_ended_does_not_swallow_keys_for_ever(begun: bytes) -> None:
    parser = KeyParser()
    assert parser.feed(begun) == []
    assert parser.pause(PASTE_S) == []
    assert parser.feed(b"t") == ["t"]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_keys_are_the_same_wherever_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    parser = KeyParser()
    places = [0, *sorted(cuts), len(data)]
    found = [key for begin, end in pairwise(places) for key in parser.feed(data[begin:end])]
    assert found + parser.pause(PASTE_S) == keys(data)
    assert all(len(key) == 1 and (key.isprintable() or key == ESCAPE) for key in found)


# --------------------------------------------------------------------------------------------------------- the terminal
@dataclass
class Terminal:
    """Both ends of a real one: `person` types, `program` is what a program has as its standard input."""

    person: int
    program: int

    def type(self, data: bytes) -> None:
        os.write(self.person, data)

    def modes(self) -> int:
        return int(termios.tcgetattr(self.program)[3]) & COOKED

    def settings(self) -> list[Any]:
        return termios.tcgetattr(self.program)

    def shown(self) -> bytes:
        found = b""
        while select.select([self.person], [], [], 0)[0]:
            found += os.read(self.person, 4096)
        return found


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(*pty.openpty())
    yield made
    for end in (made.person, made.program):
        with suppress(OSError):  # a test may have closed it
            os.close(end)


def until(condition: Callable[[], bool], what: str, limit_s: float = 20.0) -> None:
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, f"waited for: {what}"
        time.sleep(0.005)


def typed(keyboard: Keyboard, count: int) -> list[str]:
    """The next keys, as many as there should be."""
    found: list[str] = []

    def enough() -> bool:
        found.extend(keyboard.read())
        return len(found) >= count

    until(enough, f"{count} keys, got {found}")
    return found


def test_keys_come_as_they_are_pressed_without_enter_and_without_echo(terminal: Terminal) -> None:
    with Keyboard(terminal.program) as keyboard:
        assert keyboard.active
        assert keyboard.fileno() == terminal.program
        assert keyboard.read() == [], "it does not wait"
        terminal.shown()
        terminal.type("1 té".encode())
        assert typed(keyboard, 4) == ["1", " ", "t", "é"]
        terminal.type(b"\x1b[At\x1b")
        assert typed(keyboard, 2) == ["t", ESCAPE]
        assert terminal.shown() == b""


def test_interrupting_and_output_stay_as_they_were(terminal: Terminal) -> None:
    before = terminal.settings()
    with Keyboard(terminal.program):
        now = terminal.settings()
        assert terminal.modes() == termios.ISIG, "Ctrl-C still interrupts"
        assert now[0:2] == before[0:2], "lines end as before"


def test_the_terminal_is_put_back_in_the_end_and_after_an_exception(terminal: Terminal) -> None:
    before = terminal.settings()
    with Keyboard(terminal.program):
        assert terminal.settings() != before
        terminal.type(b"rm")
    assert terminal.settings() == before
    assert not select.select([terminal.program], [], [], 0)[0], "what was not read is not left for the shell"
    with pytest.raises(ZeroDivisionError), Keyboard(terminal.program):
        raise ZeroDivisionError
    assert terminal.settings() == before
    shown = terminal.shown()
    assert shown.count(b"\x1b[?2004h") == shown.count(b"\x1b[?2004l") == 2


def test_terminal_settings_that_were_restored_meanwhile_are_set_again(terminal: Terminal) -> None:
    before = terminal.settings()
    with Keyboard(terminal.program) as keyboard:
        termios.tcsetattr(terminal.program, termios.TCSANOW, before)  # as a shell does after Ctrl-Z and fg
        keyboard.read()
        terminal.type(b"t")
        assert typed(keyboard, 1) == ["t"]
    assert terminal.settings() == before


def test_a_flood_is_no_typing(terminal: Terminal) -> None:
    with Keyboard(terminal.program) as keyboard:
        terminal.type(b"c" * (MOST_KEYS + 1))
        until(lambda: keyboard.read() == [] and keyboard._flooded, "the flood")
        terminal.type(b"cc")
        assert keyboard.read() == [], "the rest of it"
        until(lambda: keyboard.read() == [] and not keyboard._flooded, "a pause")
        terminal.type(b"t")
        assert typed(keyboard, 1) == ["t"]


def test_without_a_terminal_there_are_no_keys_and_no_error() -> None:
    read, write = os.pipe()
    os.write(write, b"qqq")
    with Keyboard(read) as keyboard:
        assert not keyboard.active
        assert keyboard.read() == []
        assert keyboard.fileno() == -1
    assert os.read(read, 3) == b"qqq", "a pipe is left alone"
    os.close(read)
    os.close(write)
    with Keyboard(-1) as keyboard:
        assert keyboard.read() == []


def test_a_terminal_that_is_closed_is_said(terminal: Terminal) -> None:
    with Keyboard(terminal.program) as keyboard:
        os.close(terminal.person)
        until(lambda: keyboard.read() == [] and keyboard.closed, "the end of the terminal")
        assert not keyboard.active
        assert keyboard.read() == []


# ------------------------------------------------------------------------------------------- a program on that terminal
PROGRAM = """
import sys, time
from gesturesynth.control.terminal_keyboard import Keyboard
with Keyboard() as keyboard:
    print("ready", flush=True)
    while True:
        for key in keyboard.read():
            print("key", ascii(key), flush=True)
            if key == "e": raise ValueError("on purpose")
        time.sleep(0.01)
"""
AS_A_SERVICE = """
import time
from gesturesynth.control.terminal_keyboard import Keyboard
from gesturesynth.runtime.service import Service
with Service() as service, Keyboard() as keyboard:
    print("ready", flush=True)
    while not service.stopping: time.sleep(0.01)
"""


class Session:
    """A program in a session of its own, with the terminal as its controlling one."""

    def __init__(self, script: str, terminal: Terminal) -> None:
        self._terminal = terminal
        self._shown = b""
        self.before = terminal.settings()
        begin = (
            f"import os, sys\n"
            f"os.setsid(); os.close(os.open({os.ttyname(terminal.program)!r}, os.O_RDWR))\n"
            f"exec({script!r})"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", begin],
            stdin=terminal.program,
            stdout=terminal.program,
            stderr=terminal.program,
        )

    def until_shown(self, text: bytes) -> None:
        def seen() -> bool:
            self._shown += self._terminal.shown()
            return text in self._shown

        until(seen, f"{text!r} in {self._shown!r}")

    def end(self) -> int:
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()


def test_a_program_reads_the_keys_of_its_terminal(terminal: Terminal) -> None:
    session = Session(PROGRAM, terminal)
    session.until_shown(b"ready")
    terminal.type(b"3\x1b[C \x1b[200~clear\x1b[201~t")
    session.until_shown(b"key 't'")
    assert [line for line in session._shown.split() if line.startswith(b"'")] == [b"'3'", b"'", b"'", b"'t'"]
    terminal.type(b"\x03")
    assert session.end() != 0
    assert terminal.settings() == session.before


@pytest.mark.parametrize("script", [PROGRAM, AS_A_SERVICE], ids=["alone", "as a service"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_terminal_is_put_back_after_a_signal(terminal: Terminal, script: str, number: signal.Signals) -> None:
    session = Session(script, terminal)
    session.until_shown(b"ready")
    assert terminal.modes() == termios.ISIG
    session.process.send_signal(number)
    code = session.end()
    assert terminal.settings() == session.before
    if script is AS_A_SERVICE:
        assert code == 0
    elif number == signal.SIGTERM:
        assert code == 128 + signal.SIGTERM


def test_the_terminal_is_put_back_after_an_error(terminal: Terminal) -> None:
    session = Session(PROGRAM, terminal)
    session.until_shown(b"ready")
    terminal.type(b"e")
    session.until_shown(b"on purpose")
    assert session.end() == 1
    assert terminal.settings() == session.before


IN_THE_BACKGROUND = """
import os, signal, subprocess, sys
program = 'import time\\n' \\
    'from gesturesynth.control.terminal_keyboard import Keyboard\\n' \\
    'with Keyboard() as keyboard:\\n' \\
    '    for _ in range(20): assert keyboard.read() == []; time.sleep(0.005)\\n' \\
    'print("played on", flush=True)'
child = subprocess.Popen([sys.executable, "-c", program], process_group=0)
_, status = os.waitpid(child.pid, os.WUNTRACED)
print("stopped" if os.WIFSTOPPED(status) else "ended", flush=True)
child.kill()
"""


def test_started_in_the_background_it_plays_on_and_leaves_the_terminal_alone(terminal: Terminal) -> None:
    session = Session(IN_THE_BACKGROUND, terminal)
    session.until_shown(b"ended")
    assert b"played on" in session._shown
    assert session.end() == 0
    assert terminal.settings() == session.before
