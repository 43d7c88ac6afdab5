"""The newest log lines in the runtime folder: bounded, in the order of time, whatever is in them."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from gesturesynth.core import log
from gesturesynth.core.recent_log import FILE, FORMER, MOST_BYTES, MOST_LINE_BYTES, RecentLog, recent_lines
from tests.support.app_process import AppProcess


def test_lines_of_all_processes_come_in_the_order_of_time(tmp_path: Path) -> None:
    engine, conductor = RecentLog(tmp_path / "engine"), RecentLog(tmp_path / "conductor")
    for number in range(10):
        (engine if number % 3 else conductor).add(f"2026-01-01T00:00:{number:02}Z", {"event": f"event {number}"})
    assert [line["event"] for line in recent_lines(tmp_path)] == [f"event {number}" for number in range(10)]
    assert [line["event"] for line in recent_lines(tmp_path, 3)] == ["event 7", "event 8", "event 9"]
    assert recent_lines(tmp_path, 0) == []
    assert stat.S_IMODE((tmp_path / "engine" / FILE).stat().st_mode) & 0o007 == 0


def test_it_never_grows_beyond_two_files(tmp_path: Path) -> None:
    kept = RecentLog(tmp_path / "engine")
    for number in range(3000):
        kept.add(f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z", {"event": "x" * 80, "number": number})
    sizes = [(tmp_path / "engine" / name).stat().st_size for name in (FILE, FORMER)]
    assert max(sizes) <= MOST_BYTES + MOST_LINE_BYTES
    lines = recent_lines(tmp_path)
    assert [line["number"] for line in lines] == list(range(2800, 3000))


def test_what_is_no_line_is_left_out_and_long_or_strange_texts_are_bounded(tmp_path: Path) -> None:
    kept = RecentLog(tmp_path / "engine")
    kept.add("2026-01-01T00:00:00Z", {"event": "a", "message": "m" * 100_000, "level": "error"})
    kept.add("2026-01-01T00:00:01Z", {"event": "b", "message": "line\nbreak \udcff é", "path": Path("/x")})
    kept.add("2026-01-01T00:00:02Z", {"event": "c"} | {f"field {number}": "y" * 1000 for number in range(99)})
    with (tmp_path / "engine" / FILE).open("ab") as file:
        file.write(b'[1]\n{"time": 3}\nhalf a li')
    first, second, third = recent_lines(tmp_path)
    assert len(str(first["message"])) == 2000
    assert second["message"] == "line\nbreak \udcff é"
    assert third == {"time": "2026-01-01T00:00:02Z", "event": "c", "message": "(a long line)"}


def test_a_folder_that_cannot_be_written_costs_the_line_only(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("a file where the folder should be", encoding="utf-8")
    RecentLog(tmp_path / "engine").add("2026-01-01T00:00:00Z", {"event": "a"})
    assert recent_lines(tmp_path) == []


def test_a_pipe_in_the_place_of_a_log_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "tracker").mkdir()
    os.mkfifo(tmp_path / "tracker" / FILE)
    RecentLog(tmp_path / "engine").add("2026-01-01T00:00:00Z", {"event": "a"})
    assert [line["event"] for line in recent_lines(tmp_path)] == ["a"]


def test_a_logger_keeps_its_lines_and_writes_them_as_before(tmp_path: Path) -> None:
    out = io.StringIO()
    log.configure("engine", stream=out, recent=RecentLog(tmp_path / "engine"))
    log.get().info("audio started", device="card")
    log.get().debug("not shown")
    (line,) = recent_lines(tmp_path)
    assert (line["event"], line["process"], line["level"], line["device"]) == (
        "audio started",
        "engine",
        "info",
        "card",
    )
    assert "audio started" in out.getvalue()


def test_the_lines_of_a_running_program_are_kept_once_each() -> None:
    with AppProcess("--source", "demo", "--audio", "null") as running:
        running.wait_until_playing()
        lines = recent_lines(running.runtime)
        assert {"tracker", "conductor", "engine"} <= {str(line["process"]) for line in lines}
        assert [line["event"] for line in lines].count("conductor started") == 1
