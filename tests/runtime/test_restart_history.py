"""How a process has lived, told to the next one: restarts, the last fault, what it takes."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gesturesynth.core import paths
from gesturesynth.core.errors import GestureSynthError, UserError
from gesturesynth.runtime import restart_history
from gesturesynth.runtime.restart_history import LAST_END, RESTARTS, UNTOLD, RestartHistory
from gesturesynth.runtime.service import Service

NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


def born(folder: Path, **environment: str) -> RestartHistory:
    made = RestartHistory(folder, lambda: NOON, environment)
    made.begin()
    return made


def history(one: RestartHistory) -> tuple[int, str, str]:
    life = one.stats()
    return life.restarts, life.last_fault, life.last_fault_time


def test_the_first_life_has_no_past(own_folders: Path) -> None:
    assert history(born(own_folders / "engine")) == (0, "", "")


def test_one_that_was_killed_is_missed_by_the_next(own_folders: Path) -> None:
    born(own_folders / "engine")
    assert history(born(own_folders / "engine")) == (1, UNTOLD, "2026-11-23T12:00:00Z")


def test_a_fault_is_told_to_all_that_follow_until_there_is_a_newer_one(own_folders: Path) -> None:
    first = born(own_folders / "engine")
    first.record_fault("the audio server has gone")
    first.record_fault("and then something else broke")
    first.end()
    told = "the audio server has gone", "2026-11-23T12:00:00Z"
    second = born(own_folders / "engine")
    assert history(second) == (1, *told)
    second.record_fault("the audio clock has stood still")
    assert history(born(own_folders / "engine"))[:2] == (2, "the audio clock has stood still")


def test_after_an_end_in_order_all_begins_anew(own_folders: Path) -> None:
    born(own_folders / "engine").record_fault("it broke")
    born(own_folders / "engine").end()
    assert list((own_folders / "engine").iterdir()) == []
    assert history(born(own_folders / "engine")) == (0, "", "")


def test_a_supervisor_knows_of_starts_that_came_to_nothing_and_how_the_last_one_ended(own_folders: Path) -> None:
    born(own_folders / "engine", **{RESTARTS: "0", LAST_END: ""})
    seen = born(own_folders / "engine", **{RESTARTS: "3", LAST_END: "has hung"})
    assert history(seen)[:2] == (3, "has hung")
    seen.record_fault("what it said itself")
    assert history(born(own_folders / "engine", **{RESTARTS: "4", LAST_END: "exit code 1"}))[:2] == (
        4,
        "what it said itself",
    )


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"restarts": "many"}', b"\xff\xfe", b"[]"])
def test_a_damaged_note_costs_the_count_and_nothing_else(own_folders: Path, damaged: bytes) -> None:
    (own_folders / "engine").mkdir()
    (own_folders / "engine" / restart_history.FILE).write_bytes(damaged)
    assert history(born(own_folders / "engine")) == (0, "", "")


def test_a_folder_that_cannot_be_used_costs_the_count_and_nothing_else(own_folders: Path) -> None:
    (own_folders / "file").touch()
    one = born(own_folders / "file" / "engine")
    one.record_fault("something")
    one.end()
    assert history(one) == (0, "", "")


def test_memory_threads_and_files_are_those_of_this_process(own_folders: Path) -> None:
    one = born(own_folders / "engine")
    life = one.stats()
    assert 10.0 < life.rss_mb < 10_000.0
    assert life.threads >= threading.active_count()
    assert 3 <= life.fds < 1000
    with (own_folders / "file").open("w") as _:
        assert one.stats() is life, "it is not looked up at every call"
        assert born(own_folders / "other").stats().fds == life.fds + 1


# ------------------------------------------------------------------------------------------------------------ a service
def kept() -> list[str]:
    folder = paths.runtime_dir() / "engine"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_service_that_was_asked_to_stop_leaves_nothing_behind() -> None:
    with Service(name="engine") as service:
        assert service.stats().restarts == 0
        assert kept() == [restart_history.FILE]
    assert kept() == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (GestureSynthError("the audio server has gone"), "the audio server has gone"),
        (UserError("gesturesynth.yaml:3:1: unknown key"), "gesturesynth.yaml:3:1: unknown key"),
        (KeyError("pitch"), "a mistake in Gesture Synth: KeyError: 'pitch' (the log has more)"),
    ],
)
def test_an_error_that_ends_a_service_is_its_fault_and_the_next_one_knows_it(error: Exception, words: str) -> None:
    with pytest.raises(type(error)), Service(name="engine"):
        raise error
    with Service(name="engine") as service:
        assert (service.stats().restarts, service.stats().last_fault) == (1, words)


def test_a_service_that_says_its_fault_and_leaves_by_itself_has_not_ended_in_order() -> None:
    with Service(name="engine") as service:
        service.record_fault("no server yet")
    with Service(name="engine") as service:
        assert service.stats().last_fault == "no server yet"


def test_ctrl_c_is_an_end_in_order() -> None:
    with pytest.raises(KeyboardInterrupt), Service(name="engine"):
        raise KeyboardInterrupt
    assert kept() == []


def test_without_a_name_nothing_is_kept() -> None:
    with Service() as service:
        assert service.stats().started_s == 0.0
    assert not paths.runtime_dir().exists()


def test_one_whose_process_is_killed_is_counted_by_the_next() -> None:
    live_and_die = "Service(name='engine').__enter__(); os.kill(os.getpid(), 9)"
    script = f"import os; from gesturesynth.runtime.service import Service; {live_and_die}"
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    with Service(name="engine") as service:
        assert (service.stats().restarts, service.stats().last_fault) == (1, UNTOLD)
