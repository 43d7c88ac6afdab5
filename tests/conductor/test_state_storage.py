"""What one run of the conductor stores for the next, and for the one after a power cut."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gesturesynth.conductor import state_storage
from gesturesynth.conductor.opening_hours_gate import ManualOverride
from gesturesynth.conductor.state_storage import CHOSEN, KEPT, RETRY_S, TRIES, RestoredState, StateStorage
from gesturesynth.control.session.context import Choices, PredictChoice
from gesturesynth.runtime.readings import ScaleReading
from gesturesynth.runtime.restart_history import HEALTHY_S
from tests.support.waiting import wait_for

PIECE = Path("/pieces/drone.yaml")
SCALE = ScaleReading("dorian", "D", "just", 442.0, 0.5, ("pitch",))
AHEAD = PredictChoice(0.035, instead_of_s=0.02)
QUIET = Choices(-12.0, muted=True, panic=True, audition=False, scale=SCALE, hands_free=True, predict=AHEAD)


@pytest.fixture
def runtime(own_folders: Path) -> Path:
    return own_folders / "runtime" / "conductor"


@pytest.fixture
def state(own_folders: Path) -> Path:
    return own_folders / "state"


class StorageRun:
    """One run of the conductor, with a clock of its own."""

    def __init__(self, runtime: Path, state: Path, settings_db: float = 0.0, flag_db: float | None = None) -> None:
        self.storage = StateStorage(settings_db, flag_db, runtime=runtime, state=state)
        self.restored: RestoredState = self.storage.begin()
        self.now_s = 100.0

    def store(self, choices: Choices, preset: Path = PIECE, override: ManualOverride | None = None) -> None:
        """Stores these choices, and waits until they are written."""
        wait_for(lambda: self._written(choices, preset, override), "it to be written", 10.0)

    def _written(self, choices: Choices, preset: Path, override: ManualOverride | None) -> bool:
        self.now_s += 1.0
        self.storage.update(preset, choices, override, self.now_s)
        return self.storage._writing is None

    def crash(self) -> None:
        """Ends without `end`; a write that is under way is completed."""
        self.storage.close()


def test_without_files_the_settings_are_used(runtime: Path, state: Path) -> None:
    assert StorageRun(runtime, state, -3.0).restored == RestoredState(Choices(volume_db=-3.0))


def test_a_crash_is_survived_by_all_that_was_chosen(runtime: Path, state: Path) -> None:
    run, override = StorageRun(runtime, state), ManualOverride(open=True, until=1e9)
    run.store(QUIET, override=override)
    run.crash()
    assert StorageRun(runtime, state).restored == RestoredState(QUIET, PIECE, override)


def test_a_power_cut_and_an_end_in_order_are_survived_by_volume_and_panic(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state)
    run.store(QUIET)
    run.crash()
    (runtime / CHOSEN).unlink()  # the runtime folder is gone after a reboot
    assert StorageRun(runtime, state).restored == RestoredState(Choices(volume_db=-12.0, panic=True))
    run = StorageRun(runtime, state)
    run.store(Choices(volume_db=-6.0))
    run.storage.end(Choices(volume_db=-6.0))
    assert not (runtime / CHOSEN).exists()
    assert StorageRun(runtime, state).restored == RestoredState(Choices(volume_db=-6.0))


def test_a_file_from_before_a_reboot_is_ignored(runtime: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = StorageRun(runtime, state)
    run.store(Choices(muted=True))
    run.crash()
    monkeypatch.setattr(state_storage, "_boot", lambda: "another")
    assert StorageRun(runtime, state).restored == RestoredState(Choices())


def test_a_flag_precedes_the_stored_volume_and_a_later_command_precedes_the_flag(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state)
    run.store(Choices(volume_db=-20.0))
    run.storage.end(Choices(volume_db=-20.0))
    run = StorageRun(runtime, state, 0.0, flag_db=-3.0)
    assert run.restored.choices.volume_db == -3.0
    run.store(Choices(volume_db=-3.0))
    run.storage.end(Choices(volume_db=-3.0))
    assert StorageRun(runtime, state).restored.choices.volume_db == -20.0, "a flag is for one run"
    run = StorageRun(runtime, state, 0.0, flag_db=-3.0)
    run.store(Choices(volume_db=-9.0))
    run.crash()
    assert StorageRun(runtime, state, 0.0, flag_db=-3.0).restored.choices.volume_db == -9.0


def test_another_volume_in_the_settings_precedes_the_stored_one(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state, -3.0)
    run.store(Choices(volume_db=0.0))
    run.crash()
    assert StorageRun(runtime, state, -3.0).restored.choices.volume_db == 0.0
    assert StorageRun(runtime, state, -30.0).restored.choices.volume_db == -30.0
    (runtime / CHOSEN).unlink()
    assert StorageRun(runtime, state, -30.0).restored.choices.volume_db == -30.0


def test_a_volume_that_no_command_has_set_is_that_of_the_settings(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state, -3.0)
    run.store(Choices(volume_db=-3.0, muted=True))
    run.storage.end(Choices(volume_db=-3.0, muted=True))
    assert not (state / KEPT).exists()


def test_panic_lasts_until_it_is_released_and_not_longer(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state)
    run.store(Choices(panic=True))
    run.storage.end(Choices(panic=True))
    run = StorageRun(runtime, state)
    assert run.restored.choices.panic
    run.store(Choices())
    run.crash()
    (runtime / CHOSEN).unlink()
    assert not StorageRun(runtime, state).restored.choices.panic


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"panic": 3}', b'{"volume_db": 40, "preset": "x"}', b"\xff\x00"]
)
def test_damaged_files_are_ignored_reported_and_written_again(runtime: Path, state: Path, damage: bytes) -> None:
    for file in (runtime / CHOSEN, state / KEPT):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(damage)
    with capture_logs() as lines:
        run = StorageRun(runtime, state)
    assert run.restored == RestoredState(Choices())
    assert [line["event"] for line in lines] == ["stored state refused"] * 2
    assert all("cannot be used" in line["message"] for line in lines)
    run.store(Choices())
    run.crash()
    for file in (runtime / CHOSEN, state / KEPT):
        assert json.loads(file.read_bytes())


def test_an_error_of_the_disk_is_logged_once_tried_again_and_blocks_nothing(runtime: Path, state: Path) -> None:
    state.write_text("a file where the folder should be")
    run = StorageRun(runtime, state)
    with capture_logs() as lines:
        run.store(Choices(panic=True))
        run.store(Choices(panic=True, muted=True))
    (line,) = lines
    assert line["event"] == "state not stored"
    assert "cannot be remembered" in line["message"]
    crash: dict[str, Any] = json.loads((runtime / CHOSEN).read_bytes())
    assert crash["muted"], "what survives a crash is stored all the same"
    state.unlink()
    run.now_s += RETRY_S
    run.store(Choices(panic=True, muted=True))
    assert json.loads((state / KEPT).read_bytes())["panic"]
    run.crash()


def test_a_fader_causes_few_writes(runtime: Path, state: Path) -> None:
    run, writes = StorageRun(runtime, state), 0
    write_both = run.storage._write_both

    def counted(chosen: state_storage.RunState) -> Any:
        nonlocal writes
        writes += 1
        return write_both(chosen)

    run.storage._write_both = counted  # type: ignore[method-assign]  # the same, and counted
    for number in range(600):  # ten seconds of a fader
        run.now_s += 1 / 60
        run.storage.update(PIECE, Choices(volume_db=-number / 100), None, run.now_s)
        time.sleep(0.0005)  # the writer is faster than the fader
    assert 2 <= writes <= 22
    run.store(Choices(volume_db=-5.99))
    run.crash()
    assert json.loads((state / KEPT).read_bytes())["volume_db"] == -5.99


def test_a_choice_that_may_be_the_reason_for_ending_is_dropped(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state)
    run.store(Choices(panic=True))
    run.crash()
    for _ in range(TRIES):
        run = StorageRun(runtime, state)
        assert run.restored.preset == PIECE
        run.storage.update(PIECE, run.restored.choices, None, 0.0)
        run.crash()
    with capture_logs() as lines:
        run = StorageRun(runtime, state)
    assert lines[0]["event"] == "last choice dropped"
    assert run.restored == RestoredState(Choices(panic=True)), "panic is kept in any case"
    run.store(Choices(), Path("/pieces/other.yaml"))
    run.crash()
    assert StorageRun(runtime, state).restored.preset == Path("/pieces/other.yaml")


def test_a_run_that_has_lasted_resets_the_count(runtime: Path, state: Path) -> None:
    run = StorageRun(runtime, state)
    run.store(Choices())
    run.crash()
    for _ in range(TRIES + 2):
        run = StorageRun(runtime, state)
        assert run.restored.preset == PIECE
        run.store(Choices())
        run.now_s += HEALTHY_S
        run.store(Choices())
        run.crash()
