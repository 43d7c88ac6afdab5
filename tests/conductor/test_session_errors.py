"""Disks, stores and libraries that fail: errors are reported, and everything else works."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import structlog

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.mapping.examples.store import store_path
from tests.support.conductor_harness import (
    HIGH,
    LOW,
    RULES,
    THEREMIN,
    ConductorHarness,
)


def test_where_nothing_can_be_stored_the_error_is_reported_and_all_else_works(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "file").write_text("in the way")
    monkeypatch.setenv("GESTURESYNTH_STATE_DIR", str(own_folders / "file" / "state"))
    with ConductorHarness(THEREMIN) as harness:
        harness.wait_until_playing()
        assert "100 examples" in harness.preset_manager.model, "the factory examples play"
        assert str(own_folders / "file") in harness.preset_manager.model_error
        harness.done("select", 3)
        harness.tick()
        assert harness.values["pitch"] == pytest.approx(1760.0)
        harness.done("record")
        harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
        harness.wait_until_idle()
        assert harness.state.message_bad
        assert str(own_folders / "file") in harness.state.message
        assert harness.cue("saved") == 0
        assert str(own_folders / "file") in harness.refused("save")
        harness.done("stop")
        errors = harness.cue("error")
        harness.run_for(10.0)
        assert harness.cue("error") == errors, "it is said when it matters, and not again and again"
        harness.body = HIGH
        harness.run_for(2.0)
        high = harness.values["pitch"]
        harness.run_for(2.0, LOW)
        assert high > 2.0 * harness.values["pitch"], "the body plays"


def test_a_store_that_is_lost_while_it_plays_takes_nothing_with_it(
    harness: ConductorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, what in ((3, HIGH), (1, LOW)):
        harness.done("select", number)
        harness.take(what)
    harness.train()
    kept = harness.preset_manager.model
    folder = store_path("theremin").parent
    shutil.move(folder, folder.with_name("elsewhere"))
    folder.write_text("in the way")
    harness.submit("record")
    harness.run_for(RULES.countdown_s + RULES.take_s + 0.1)
    harness.wait_until_idle()
    assert harness.state.message_bad

    def broken(*_: object, **__: object) -> None:
        raise GestureSynthError("The disk does not answer")

    monkeypatch.setattr("gesturesynth.mapping.examples.store.ExampleStore.examples", broken)
    harness.train()
    assert (harness.state.message_bad, harness.state.model_error) == (True, "The disk does not answer")
    assert harness.preset_manager.model == kept, "what was taught plays on, no factory example instead of it"


def test_a_damaged_store_is_set_aside_and_reported_once(own_folders: Path) -> None:
    path = store_path("theremin")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    with structlog.testing.capture_logs() as lines, ConductorHarness(THEREMIN) as harness:
        harness.wait_until_playing()
        assert "set aside" in harness.state.message
        assert harness.state.message_bad
        (reported,) = [line for line in lines if "set aside" in line.get("message", "")]
        assert "by" not in reported, "no command: the line stays above the live view"
        errors = harness.cue("error")
        harness.run_for(3.0)
        harness.done("select", 1)
        harness.take(LOW)
        assert harness.cue("error") == errors
        assert harness.state.takes == {"1": 1}


def test_an_exception_in_the_worker_is_reported_and_nothing_stops(
    harness: ConductorHarness, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("gesturesynth.mapping.examples.store.ExampleStore.save_snapshot", failing)
    assert "no such luck" in harness.refused("save")
    monkeypatch.undo()
    assert "no such luck" in capfd.readouterr().err
