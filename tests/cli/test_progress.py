"""The line that tells how far a rendering is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from gesturesynth.cli.playing import PERIOD_S, ProgressLine
from tests.cli.test_app import gs

pytestmark = pytest.mark.slow("whole processes")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_writes_over_itself_some_times_a_second() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)
    for hundredth in range(101):
        line.show(f"{hundredth} %", 50.0 + hundredth / 100)
    line.clear()
    line.clear()
    shown = terminal.getvalue().split("\r\x1b[K")
    assert len(shown) - 2 == 1 + int(1 / PERIOD_S)
    assert (shown[0], shown[1], shown[-1]) == ("", "0 %", "")


def test_in_a_pipe_nothing_is_shown(tmp_path: Path) -> None:
    done = gs("render", "--source", "demo", "--seconds", "1", "--out", tmp_path / "a.wav")
    assert done.returncode == 0
    assert done.stderr == ""
