"""A keypad, and nothing else, at a real `gesturesynth run`: what is chosen, recorded and learnt by its keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gesturesynth.runtime.messages import ConductorStatus
from gesturesynth.runtime.session_state import SessionState
from tests.support.app_process import AppProcess
from tests.support.fake_keypad import FakeKeypad


@pytest.fixture(scope="module")
def keypad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeKeypad]:
    made = FakeKeypad(tmp_path_factory.mktemp("input") / "keypad")
    made.plug_in()
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(keypad: FakeKeypad, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    config = tmp_path_factory.mktemp("config") / "gesturesynth.yaml"
    config.write_text(f"keypad:\n  enabled: yes\n  device: {keypad.path}\n  bindings: {{F5: label}}\n")
    with AppProcess("--source", "demo", "--audio", "null", "--config", config) as run:
        run.wait_until_playing()
        run.until_logged("input device opened", "keypad")
        yield run
        assert run.stop() == 0
        run.assert_nothing_is_left()


def told(running: AppProcess, *text: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "gesturesynth", *text, "--json"],
        env=os.environ | running.folders,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def until(running: AppProcess, **wanted: object) -> SessionState:
    """Waits for values of the session's state."""

    def so(status: ConductorStatus) -> bool:
        return all(getattr(status.session, name) == value for name, value in wanted.items())

    return running.until(ConductorStatus, so, f"{wanted}").session


def test_a_number_selects(running: AppProcess, keypad: FakeKeypad) -> None:
    keypad.tap("KP2")
    state = until(running, target="2", held="2")
    assert (state.last_command, state.last_by) == ("select 2", "keypad")


def test_holding_records_a_take_that_is_on_the_disk(running: AppProcess, keypad: FakeKeypad) -> None:
    keypad.tap("KP1")
    until(running, target="1")
    keypad.press("KPENTER")
    state = until(running, phase="recording")
    assert state.take_held
    assert not state.muted
    running.until(ConductorStatus, lambda status: status.session.take_left_s < 59.0, "a second of it")
    keypad.release("KPENTER")
    until(running, phase="playing", takes={"1": 1})
    (take,) = told(running, "examples", "list", "--preset", "theremin")
    assert take["target"] == "1"
    assert take["rows"] >= 20, take


def test_a_tap_counts_down_and_a_key_calls_it_off(running: AppProcess, keypad: FakeKeypad) -> None:
    keypad.tap("KP3")
    until(running, target="3")
    keypad.tap("KPENTER")
    assert not until(running, phase="countdown").take_held
    keypad.tap("BACKSPACE")
    until(running, phase="playing", last_command="cancel")


def test_what_settings_bind_is_asked_for(running: AppProcess, keypad: FakeKeypad) -> None:
    keypad.tap("F5")
    state = until(running, last_command="label")
    assert state.message == "This preset names neither classes nor gestures."


def test_pulled_out_it_ends_the_take_and_plugged_in_again_it_works(running: AppProcess, keypad: FakeKeypad) -> None:
    keypad.tap("KP2")
    before = until(running, target="2").takes
    keypad.press("KPENTER")
    until(running, phase="recording")
    running.until(ConductorStatus, lambda status: status.session.take_left_s < 59.0, "a second of it")
    keypad.unplug()
    until(running, phase="playing", takes=before | {"2": 1})
    keypad.plug_in()
    running.until(ConductorStatus, lambda status: _heard(status, keypad), "a key of the keypad that came back")


def _heard(status: ConductorStatus, keypad: FakeKeypad) -> bool:
    if status.session.target != "3":
        keypad.tap("KP3")
    return status.session.target == "3"


def test_status_shows_the_keypad(running: AppProcess) -> None:
    process = told(running, "status")["processes"]["keypad"]
    assert process["state"] == "ok"
    assert process["pid"] in running.find_processes()


def test_without_being_asked_to_run_reads_no_keys() -> None:
    with AppProcess("--source", "demo", "--audio", "null") as run:
        run.wait_until_playing()
        assert "keypad" not in told(run, "status")["processes"]
        assert not [line for line in run.log() if line.get("process") == "keypad"]


def test_a_mistake_in_the_bindings_is_reported_by_line_and_column_before_anything_starts(tmp_path: Path) -> None:
    config = tmp_path / "gesturesynth.yaml"
    config.write_text("keypad:\n  bindings:\n    KPENTR: record\n    KP0: trian\n    KP1: select 10\n    KP2:\n")
    for verb in (["run", "--source", "demo", "--audio", "null"], ["keypad"]):
        done = subprocess.run(
            [sys.executable, "-m", "gesturesynth", *verb, "--config", str(config)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        first, second, third, fourth = done.stderr.removeprefix("gesturesynth: ").splitlines()
        assert first.startswith(f"{config}:3:5: keypad.bindings.KPENTR: 'KPENTR' is not a key, did you mean 'KPENTER'?")
        assert second.startswith(f"{config}:4:10: keypad.bindings.KP0: 'trian' is not a command, did you mean 'train'?")
        assert third.startswith(f"{config}:5:10: keypad.bindings.KP1: 'select': N must be a whole number from 1 to 9")
        assert fourth.startswith(f"{config}:6:9: keypad.bindings.KP2: expected a command")
