"""Log lines that journals, programs and people can read."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gesturesynth.core import log
from gesturesynth.core.environment import SUPERVISED


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_one_line_of_keys_and_values() -> None:
    out = io.StringIO()
    log.configure("engine", stream=out)
    log.get().info("audio started", backend="null", buffer_frames=256)
    assert out.getvalue().count("\n") == 1
    assert 'level=info process=engine event="audio started" backend=null buffer_frames=256' in out.getvalue()


def test_json_lines_hold_the_same_fields() -> None:
    out = io.StringIO()
    log.configure("engine", json_lines=True, stream=out)
    log.get().warning("Bläser\nfehlen", count=2)
    line = json.loads(out.getvalue())
    assert out.getvalue().count("\n") == 1
    assert line.pop("time").endswith("Z")
    assert line == {"event": "Bläser\nfehlen", "count": 2, "level": "warning", "process": "engine"}


def test_a_sentence_for_people_is_a_field_for_programs_and_follows_the_event_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pipe, lines, terminal = io.StringIO(), io.StringIO(), Terminal()
    log.configure("conductor", stream=pipe)
    log.get().warning("preset refused", message="p.yaml:3: unknown key", by="keyboard")
    log.configure("conductor", json_lines=True, stream=lines)
    log.get().warning("preset refused", message="p.yaml:3: unknown key", by="keyboard")
    log.configure("conductor", stream=terminal)
    log.get().warning("preset refused", message="p.yaml:3: unknown key", by="keyboard")
    with (tmp_path / "journal").open("w+") as journal:
        about = os.fstat(journal.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{about.st_dev}:{about.st_ino}")
        log.configure("conductor", stream=journal)
        log.get().warning("preset refused", message="p.yaml:3: unknown key", by="keyboard")
        journal.seek(0)
        assert journal.read() == "<4>preset refused: p.yaml:3: unknown key (by=keyboard)\n"
    assert 'event="preset refused" message="p.yaml:3: unknown key" by=keyboard' in pipe.getvalue()
    assert json.loads(lines.getvalue())["message"] == "p.yaml:3: unknown key"
    assert "preset refused: p.yaml:3: unknown key" in terminal.getvalue()


def test_a_supervised_process_always_writes_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SUPERVISED, "1")
    out = Terminal()
    log.configure("tracker", stream=out)
    log.get().info("hello")
    assert json.loads(out.getvalue())["process"] == "tracker"


def test_what_is_below_the_level_is_not_written() -> None:
    out = io.StringIO()
    log.configure("engine", "warning", stream=out)
    log.get().info("not this")
    log.get().error("but this")
    assert "not this" not in out.getvalue()
    assert "but this" in out.getvalue()


def test_a_terminal_gets_colours_and_the_time_of_day() -> None:
    out = Terminal()
    log.configure("engine", stream=out)
    log.get().info("hello")
    assert "\x1b[" in out.getvalue()
    assert "hello" in out.getvalue()


def test_log_lines_go_to_standard_error_by_default() -> None:
    script = "from gesturesynth.core import log; log.configure('x'); log.get().info('a line')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == ""
    assert "a line" in done.stderr


def test_a_full_disk_or_a_closed_pipe_costs_the_line_and_nothing_else() -> None:
    script = "from gesturesynth.core import log; log.configure('x'); log.get().info('a line'); print('and on')"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=full, text=True, check=False, timeout=30
        )
    assert done.stdout == "and on\n"
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed_pipe:
        done = subprocess.run(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            stderr=closed_pipe,
            text=True,
            check=False,
            timeout=30,
        )
    assert done.stdout == "and on\n"


def test_a_program_without_standard_streams_does_not_use_their_numbers_for_other_files() -> None:
    script = (
        "import os, sys; from gesturesynth.core import log; log.open_missing_streams(); log.configure('x');"
        "log.get().info('a line'); sys.exit(os.open('/dev/null', 0))"
    )
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", script]
    done = subprocess.run(command, check=False, timeout=30)
    assert done.returncode == 3


def test_the_journal_gets_events_then_fields_with_a_priority_in_front_of_every_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "a-journal").open("w+") as journal:
        there = os.fstat(journal.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino}")
        log.configure("engine", stream=journal)
        log.get().info("audio started", backend="null", device="a long name")
        log.get().warning("two\nlines")
        try:
            int("broken")
        except ValueError:
            log.get().exception("a mistake")
        journal.flush()
        lines = (tmp_path / "a-journal").read_text().splitlines()
    assert lines[0] == '<6>audio started (backend=null device="a long name")'
    assert lines[1:4] == ["<4>two", "<4>lines", "<3>a mistake"]
    assert lines[-1] == "<3>ValueError: invalid literal for int() with base 10: 'broken'"
    assert all(line.startswith("<3>") for line in lines[4:])


def test_a_pipe_is_no_journal_though_systemd_started_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:4711")
    out = io.StringIO()
    log.configure("engine", stream=out)
    log.get().info("hello")
    assert "event=hello" in out.getvalue()
    assert not out.getvalue().startswith("<")
