"""The output of a child process: none of our log lines is lost, and no library fills the disk."""

from __future__ import annotations

import tracemalloc

from gesturesynth.runtime.child_output import FOREIGN_BURST, FOREIGN_EVERY_S, LONGEST_LINE_BYTES, ChildOutput


def test_log_lines_come_as_fields_however_they_are_cut_into_chunks() -> None:
    output = ChildOutput(0.0)
    found = [fields for byte in b'{"event": "a", "fps": 30}\nnoise\n' for fields in output.feed(bytes([byte]), 0.0)]
    assert found == [{"event": "a", "fps": 30}, {"event": "noise", "level": "warning"}]


def test_an_unfinished_last_line_counts() -> None:
    output = ChildOutput(0.0)
    assert output.feed(b"last line", 0.0) == []
    assert output.end(0.0) == [{"event": "last line", "level": "warning"}]
    assert output.end(0.0) == []


def test_a_line_without_an_end_is_cut_and_takes_no_memory() -> None:
    output = ChildOutput(0.0)
    found = []
    tracemalloc.start()
    for _ in range(200):
        found += output.feed(b"x" * 65536, 0.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * LONGEST_LINE_BYTES, "of 200 times as much"
    found += output.feed(b"the end of it\nthe next\n", 0.0)
    assert [len(fields["event"]) for fields in found] == [LONGEST_LINE_BYTES, len("the next")]


def test_a_library_that_warns_at_every_frame_is_logged_at_a_limited_rate() -> None:
    output = ChildOutput(0.0)
    found = [fields for frame in range(30 * 3600) for fields in output.feed(b"Corrupt JPEG data\n", frame / 30)]
    assert found[0] == {"event": "Corrupt JPEG data", "level": "warning"}
    assert len(found) < FOREIGN_BURST + 2 * 3600 / FOREIGN_EVERY_S
    assert any(fields["event"] == "(299 lines left out)" for fields in found)


def test_our_own_log_lines_are_never_left_out() -> None:
    output = ChildOutput(0.0)
    assert len(output.feed(b'{"event": "x"}\n' * 5000, 0.0)) == 5000


def test_what_is_no_log_line_is_passed_on_as_text() -> None:
    output = ChildOutput(0.0)
    lines = [b"[" * 20000, b'{"no": "event"}', b"3", b"caf\xe9"]
    found = [fields["event"] for fields in output.feed(b"\n".join([*lines, b""]), 0.0)]
    assert found == ["[" * 20000, '{"no": "event"}', "3", "caf\ufffd"]


def test_log_lines_of_native_libraries_have_their_own_level() -> None:
    output = ChildOutput(0.0)
    levels = {
        b"INFO: [environment.cc:36] Creating LiteRT environment with options": "debug",
        b"I0000 00:00:1795703768.418503   12174 gl_context.cc:357] GL version: 3.2": "debug",
        b"WARNING: [model_load.cc:402] Sparsity tensors may not yet be fully supported.": "warning",
        b"W0000 00:00:1795703768.418503   12174 a.cc:1433] Reallocating memory": "warning",
        b"ERROR: [a.cc:1] no": "error",
        b"F0000 00:00:1795703768.418503   12174 a.cc:1433] Check failed": "error",
        b"INFORMATION: none": "warning",
        b"Segmentation fault": "warning",
    }
    for line, level in levels.items():
        assert output.feed(line + b"\n", 0.0) == [{"event": line.decode(), "level": level}]
