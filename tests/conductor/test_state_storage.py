"""What one life of the conductor leaves to the next, and to the one after a power cut."""

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
from gesturesynth.control.session.events import Choices
from gesturesynth.runtime.restart_history import HEALTHY_S
from tests.support.jack_server import wait_for

PIECE = Path("/pieces/drone.yaml")
QUIET = Choices(volume_db=-12.0, muted=True, panic=True, audition=False)


@pytest.fixture
def runtime(own_folders: Path) -> Path:
    return own_folders / "runtime" / "conductor"


@pytest.fixture
def state(own_folders: Path) -> Path:
    return own_folders / "state"


class Life:
    """One life, with a clock of its own."""

    def __init__(self, runtime: Path, state: Path, settings_db: float = 0.0, flag_db: float | None = None) -> None:
        self.memory = StateStorage(settings_db, flag_db, runtime=runtime, state=state)
        self.start: RestoredState = self.memory.begin()
        self.now_s = 100.0

    def choose(self, choices: Choices, preset: Path = PIECE, override: ManualOverride | None = None) -> None:
        """Somebody chooses, and everything is written."""
        wait_for(lambda: self._written(choices, preset, override), "it to be written", 10.0)

    def _written(self, choices: Choices, preset: Path, override: ManualOverride | None) -> bool:
        self.now_s += 1.0
        self.memory.update(preset, choices, override, self.now_s)
        return self.memory._writing is None

    def crash(self) -> None:
        """It ends without a word; what is being written by then is written."""
        self.memory.close()


def test_nothing_is_remembered_of_nothing(runtime: Path, state: Path) -> None:
    assert Life(runtime, state, -3.0).start == RestoredState(Choices(volume_db=-3.0))


def test_a_crash_is_survived_by_all_that_was_chosen(runtime: Path, state: Path) -> None:
    life, override = Life(runtime, state), ManualOverride(open=True, until=1e9)
    life.choose(QUIET, override=override)
    life.crash()
    assert Life(runtime, state).start == RestoredState(QUIET, PIECE, override)


def test_a_power_cut_and_an_end_in_order_are_survived_by_volume_and_panic(runtime: Path, state: Path) -> None:
    life = Life(runtime, state)
    life.choose(QUIET)
    life.crash()
    (runtime / CHOSEN).unlink()  # the runtime folder is gone after a reboot
    assert Life(runtime, state).start == RestoredState(Choices(volume_db=-12.0, panic=True))
    life = Life(runtime, state)
    life.choose(Choices(volume_db=-6.0))
    life.memory.end(Choices(volume_db=-6.0))
    assert not (runtime / CHOSEN).exists()
    assert Life(runtime, state).start == RestoredState(Choices(volume_db=-6.0))


def test_what_lies_there_from_before_a_reboot_counts_for_nothing(
    runtime: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(runtime, state)
    life.choose(Choices(muted=True))
    life.crash()
    monkeypatch.setattr(state_storage, "_boot", lambda: "another")
    assert Life(runtime, state).start == RestoredState(Choices())


def test_a_flag_counts_for_more_than_the_disk_and_a_hand_after_it_for_more_than_the_flag(
    runtime: Path, state: Path
) -> None:
    life = Life(runtime, state)
    life.choose(Choices(volume_db=-20.0))
    life.memory.end(Choices(volume_db=-20.0))
    life = Life(runtime, state, 0.0, flag_db=-3.0)
    assert life.start.choices.volume_db == -3.0
    life.choose(Choices(volume_db=-3.0))
    life.memory.end(Choices(volume_db=-3.0))
    assert Life(runtime, state).start.choices.volume_db == -20.0, "a flag is for one run"
    life = Life(runtime, state, 0.0, flag_db=-3.0)
    life.choose(Choices(volume_db=-9.0))
    life.crash()
    assert Life(runtime, state, 0.0, flag_db=-3.0).start.choices.volume_db == -9.0


def test_whoever_writes_another_volume_into_the_settings_means_it(runtime: Path, state: Path) -> None:
    life = Life(runtime, state, -3.0)
    life.choose(Choices(volume_db=0.0))
    life.crash()
    assert Life(runtime, state, -3.0).start.choices.volume_db == 0.0
    assert Life(runtime, state, -30.0).start.choices.volume_db == -30.0
    (runtime / CHOSEN).unlink()
    assert Life(runtime, state, -30.0).start.choices.volume_db == -30.0


def test_a_volume_that_nobody_touched_is_the_settings(runtime: Path, state: Path) -> None:
    life = Life(runtime, state, -3.0)
    life.choose(Choices(volume_db=-3.0, muted=True))
    life.memory.end(Choices(volume_db=-3.0, muted=True))
    assert not (state / KEPT).exists()


def test_panic_lasts_until_it_is_released_and_not_longer(runtime: Path, state: Path) -> None:
    life = Life(runtime, state)
    life.choose(Choices(panic=True))
    life.memory.end(Choices(panic=True))
    life = Life(runtime, state)
    assert life.start.choices.panic
    life.choose(Choices())
    life.crash()
    (runtime / CHOSEN).unlink()
    assert not Life(runtime, state).start.choices.panic


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"panic": 3}', b'{"volume_db": 40, "preset": "x"}', b"\xff\x00"]
)
def test_damaged_files_are_left_aside_said_and_mended(runtime: Path, state: Path, damage: bytes) -> None:
    for file in (runtime / CHOSEN, state / KEPT):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(damage)
    with capture_logs() as lines:
        life = Life(runtime, state)
    assert life.start == RestoredState(Choices())
    assert [line["event"].split(":")[0] for line in lines] == [
        "what was remembered cannot be used, and is left aside"
    ] * 2
    life.choose(Choices())
    life.crash()
    for file in (runtime / CHOSEN, state / KEPT):
        assert json.loads(file.read_bytes())


def test_a_disk_that_takes_nothing_is_said_once_tried_again_and_holds_up_nothing(runtime: Path, state: Path) -> None:
    state.write_text("a file where the folder should be")
    life = Life(runtime, state)
    with capture_logs() as lines:
        life.choose(Choices(panic=True))
        life.choose(Choices(panic=True, muted=True))
    (line,) = lines
    assert "cannot be remembered" in line["event"]
    crash: dict[str, Any] = json.loads((runtime / CHOSEN).read_bytes())
    assert crash["muted"], "what survives a crash is kept all the same"
    state.unlink()
    life.now_s += RETRY_S
    life.choose(Choices(panic=True, muted=True))
    assert json.loads((state / KEPT).read_bytes())["panic"]
    life.crash()


def test_a_fader_does_not_wear_out_the_disk(runtime: Path, state: Path) -> None:
    life, writes = Life(runtime, state), 0
    keep = life.memory._keep

    def counted(chosen: state_storage.RunState) -> Any:
        nonlocal writes
        writes += 1
        return keep(chosen)

    life.memory._keep = counted  # type: ignore[method-assign]  # the same, and counted
    for number in range(600):  # ten seconds of a fader
        life.now_s += 1 / 60
        life.memory.update(PIECE, Choices(volume_db=-number / 100), None, life.now_s)
        time.sleep(0.0005)  # the writer is quicker than the hand
    assert 2 <= writes <= 22
    life.choose(Choices(volume_db=-5.99))
    life.crash()
    assert json.loads((state / KEPT).read_bytes())["volume_db"] == -5.99


def test_what_may_be_the_reason_for_ending_is_not_begun_with_for_ever(runtime: Path, state: Path) -> None:
    life = Life(runtime, state)
    life.choose(Choices(panic=True))
    life.crash()
    for _ in range(TRIES):
        life = Life(runtime, state)
        assert life.start.preset == PIECE
        life.memory.update(PIECE, life.start.choices, None, 0.0)
        life.crash()
    with capture_logs() as lines:
        life = Life(runtime, state)
    assert "beginning anew" in lines[0]["event"]
    assert life.start == RestoredState(Choices(panic=True)), "panic is nobody's fault"
    life.choose(Choices(), Path("/pieces/other.yaml"))
    life.crash()
    assert Life(runtime, state).start.preset == Path("/pieces/other.yaml")


def test_a_life_that_has_lasted_counts_as_a_good_one(runtime: Path, state: Path) -> None:
    life = Life(runtime, state)
    life.choose(Choices())
    life.crash()
    for _ in range(TRIES + 2):
        life = Life(runtime, state)
        assert life.start.preset == PIECE
        life.choose(Choices())
        life.now_s += HEALTHY_S
        life.choose(Choices())
        life.crash()
