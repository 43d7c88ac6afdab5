"""What a process hands on to its next run: restarts, the last fault; and what it uses: memory, threads, files."""

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
from gesturesynth.runtime.restart_history import LAST_END, RESTARTS, UNRECORDED_END, RestartHistory
from gesturesynth.runtime.service import Service

NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


def begun(folder: Path, **environment: str) -> RestartHistory:
    made = RestartHistory(folder, lambda: NOON, environment)
    made.begin()
    return made


def recorded(one: RestartHistory) -> tuple[int, str, str]:
    life = one.stats()
    return life.restarts, life.last_fault, life.last_fault_time


def test_the_first_run_has_no_past(own_folders: Path) -> None:
    assert recorded(begun(own_folders / "engine")) == (0, "", "")


def test_the_run_after_one_that_was_killed_knows_it(own_folders: Path) -> None:
    begun(own_folders / "engine")
    assert recorded(begun(own_folders / "engine")) == (1, UNRECORDED_END, "2026-11-23T12:00:00Z")


def test_a_fault_is_handed_on_until_there_is_a_newer_one(own_folders: Path) -> None:
    first = begun(own_folders / "engine")
    first.record_fault("the audio server has gone")
    first.record_fault("and then something else broke")
    first.end()
    first_fault = "the audio server has gone", "2026-11-23T12:00:00Z"
    second = begun(own_folders / "engine")
    assert recorded(second) == (1, *first_fault)
    second.record_fault("the audio clock has stood still")
    assert recorded(begun(own_folders / "engine"))[:2] == (2, "the audio clock has stood still")


def test_after_an_end_in_order_the_count_starts_from_zero(own_folders: Path) -> None:
    begun(own_folders / "engine").record_fault("it broke")
    begun(own_folders / "engine").end()
    assert list((own_folders / "engine").iterdir()) == []
    assert recorded(begun(own_folders / "engine")) == (0, "", "")


def test_what_a_supervisor_has_counted_and_seen_is_taken_over(own_folders: Path) -> None:
    begun(own_folders / "engine", **{RESTARTS: "0", LAST_END: ""})
    third = begun(own_folders / "engine", **{RESTARTS: "3", LAST_END: "has hung"})
    assert recorded(third)[:2] == (3, "has hung")
    third.record_fault("its own fault")
    assert recorded(begun(own_folders / "engine", **{RESTARTS: "4", LAST_END: "exit code 1"}))[:2] == (
        4,
        "its own fault",
    )


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"restarts": "many"}', b"\xff\xfe", b"[]"])
def test_a_damaged_record_costs_the_count_and_nothing_else(own_folders: Path, damaged: bytes) -> None:
    (own_folders / "engine").mkdir()
    (own_folders / "engine" / restart_history.FILE).write_bytes(damaged)
    assert recorded(begun(own_folders / "engine")) == (0, "", "")


def test_a_folder_that_cannot_be_used_costs_the_count_and_nothing_else(own_folders: Path) -> None:
    (own_folders / "file").touch()
    one = begun(own_folders / "file" / "engine")
    one.record_fault("something")
    one.end()
    assert recorded(one) == (0, "", "")


def test_memory_threads_and_files_are_those_of_this_process(own_folders: Path) -> None:
    one = begun(own_folders / "engine")
    life = one.stats()
    assert 10.0 < life.rss_mb < 10_000.0
    assert life.threads >= threading.active_count()
    assert 3 <= life.fds < 1000
    with (own_folders / "file").open("w") as _:
        assert one.stats() is life, "it is not looked up at every call"
        assert begun(own_folders / "other").stats().fds == life.fds + 1


# ------------------------------------------------------------------------------------------------------------ a service
def files_left() -> list[str]:
    folder = paths.runtime_dir() / "engine"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_service_that_was_asked_to_stop_leaves_nothing_behind() -> None:
    with Service(name="engine") as service:
        assert service.stats().restarts == 0
        assert files_left() == [restart_history.FILE]
    assert files_left() == []


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (GestureSynthError("the audio server has gone"), "the audio server has gone"),
        (UserError("gesturesynth.yaml:3:1: unknown key"), "gesturesynth.yaml:3:1: unknown key"),
        (KeyError("pitch"), "a mistake in Gesture Synth: KeyError: 'pitch' (the log has more)"),
    ],
)
def test_an_error_that_ends_a_service_is_recorded_for_the_next_run(error: Exception, fault: str) -> None:
    with pytest.raises(type(error)), Service(name="engine"):
        raise error
    with Service(name="engine") as service:
        assert (service.stats().restarts, service.stats().last_fault) == (1, fault)


def test_a_service_that_records_a_fault_has_not_ended_in_order() -> None:
    with Service(name="engine") as service:
        service.record_fault("no server yet")
    with Service(name="engine") as service:
        assert service.stats().last_fault == "no server yet"


def test_ctrl_c_is_an_end_in_order() -> None:
    with pytest.raises(KeyboardInterrupt), Service(name="engine"):
        raise KeyboardInterrupt
    assert files_left() == []


def test_without_a_name_nothing_is_kept() -> None:
    with Service() as service:
        assert service.stats().started_s == 0.0
    assert not paths.runtime_dir().exists()


def test_a_process_that_is_killed_is_counted_by_the_next_run() -> None:
    begin_and_die = "Service(name='engine').__enter__(); os.kill(os.getpid(), 9)"
    script = f"import os; from gesturesynth.runtime.service import Service; {begin_and_die}"
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    with Service(name="engine") as service:
        assert (service.stats().restarts, service.stats().last_fault) == (1, UNRECORDED_END)


def test_notes_of_a_run_are_in_its_record_and_not_in_that_of_the_next_one(own_folders: Path) -> None:
    history = begun(own_folders / "actions")
    history.note(("nothing answers",))
    assert (found := restart_history.read(own_folders, "actions"))
    assert found.notes == ("nothing answers",)
    history.record_fault("the end")
    history.note(())
    assert (found := restart_history.read(own_folders, "actions"))
    assert found.fault == "the end"
    begun(own_folders / "actions")
    assert (found := restart_history.read(own_folders, "actions"))
    assert found.notes == ()
