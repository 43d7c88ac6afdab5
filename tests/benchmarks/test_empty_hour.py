"""What is made of readings of /proc: shares, growth, and a table on a page. The hour itself is not tested."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.benchmarks.empty_hour import BEGIN, END, Hour, Reading, block, energy_j, read, renewed, rows
from tests.benchmarks.report import PAGE

FIRST = Reading("tracker", 7, 0.0, 10.0, 300.0, 1000, 5, 200, 10, 20)


def reading(minute: int, **changes: object) -> Reading:
    grown = {"time_s": 60.0 * minute, "processor_s": 10.0 + 6.0 * minute, "minor_faults": 1000 + 30 * minute}
    grown |= {"wakeups": 200 + 600 * minute, "rss_mb": 300.0 + minute / 10}
    return msgspec.structs.replace(FIRST, **(grown | changes))


def test_a_process_is_read_from_proc() -> None:
    before = read("own", os.getpid(), 0.0)
    memory = bytearray(50_000_000)
    memory[::4096] = b"x" * len(memory[::4096])
    after = read("own", os.getpid(), 1.0)
    assert after.rss_mb > before.rss_mb + 30
    assert after.minor_faults > before.minor_faults
    assert after.processor_s >= before.processor_s > 0.0
    assert before.threads >= 1 < before.files
    with pytest.raises(OSError, match="No such file"):
        read("gone", 0, 0.0)


def test_the_table_has_shares_of_a_core_and_what_has_grown() -> None:
    hour = Hour([reading(minute) for minute in range(61)])
    (tracker, everything) = rows(hour)
    assert tracker == ("tracker", "10", "10", "10", "300", "306", "10", "30", "0", "0")
    assert everything[:4] == ("all", "10", "10", "10")
    restarted = Hour([*hour.readings, reading(61, pid=8), reading(62, pid=8)])
    assert rows(restarted)[0][-1] == "1"


def test_energy_is_read_where_there_is_a_meter(tmp_path: Path) -> None:
    assert energy_j(tmp_path) is None
    for name, value in (("intel-rapl:0", "5000000"), ("intel-rapl:1", "2500000"), ("intel-rapl:0:0", "900000")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "energy_uj").write_text(f"{value}\n")
    assert energy_j(tmp_path) == 7.5, "packages; what is in them is counted already"


def test_the_page_has_a_place_for_it() -> None:
    new = block(Hour([reading(minute) for minute in range(3)]), datetime(2026, 11, 27, tzinfo=UTC))
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(renewed(page, new), page[page.index(BEGIN) : page.index(END) + len(END)]) == page
    assert "no person was found" in new
    with pytest.raises(ValueError, match="no block"):
        renewed("nothing", new)
