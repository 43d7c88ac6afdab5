"""Sounds that are held, random sounds, saved snapshots, volume and mute: what plays after a command."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from gesturesynth.runtime.messages import ConductorStatus
from tests.support.conductor_harness import (
    HIGH,
    LOW,
    MIDDLE,
    THEREMIN,
    ConductorHarness,
)


def test_a_selected_snapshot_is_heard_at_once_and_let_go_it_gives_way_to_the_body(
    harness: ConductorHarness,
) -> None:
    played = harness.values
    for number, pitch, level in ((1, 110.0, -16.0), (3, 1760.0, -3.0)):
        assert f"Snapshot {number}" in harness.done("select", number)
        harness.tick()
        assert harness.values == pytest.approx({"pitch": pitch, "level": level, "timbre": harness.values["timbre"]})
        harness.run_for(1.0, HIGH)
        assert harness.values["pitch"] == pytest.approx(pitch), "the body does not move it"
    harness.run_for(0.5, MIDDLE)
    harness.done("stop")
    harness.run_for(2.0)
    assert harness.values == pytest.approx(played, rel=0.02)
    assert harness.state.held == ""


def test_the_status_has_the_values_that_are_held(harness: ConductorHarness) -> None:
    harness.done("select", 3)
    harness.run_for(0.1)
    status: ConductorStatus = harness.conductor.status()
    outputs = {reading.name: reading.value for reading in status.outputs}
    assert outputs == pytest.approx(harness.values)
    assert outputs["pitch"] == pytest.approx(1760.0)


def test_with_audition_off_a_selection_does_not_sound(harness: ConductorHarness) -> None:
    played = harness.values
    harness.done("audition", False)
    harness.done("select", 1)
    harness.run_for(0.5)
    assert harness.values == pytest.approx(played, rel=0.02)
    harness.take(LOW)
    with harness.stored() as store:
        assert store.sound(store.takes()[0].id)["pitch"] == pytest.approx(110.0), "but it is what a take teaches"


def test_a_sound_that_is_held_stays_when_its_preset_is_saved_in_an_editor(tmp_path: Path) -> None:
    for ending in (".yaml", ".csv"):
        shutil.copy(THEREMIN.with_suffix(ending), tmp_path / f"mine{ending}")
    file = tmp_path / "mine.yaml"
    with ConductorHarness(file) as harness:
        harness.wait_until_playing()
        harness.done("select", 3)
        harness.tick()
        edits = {"Air theremin": "Mine", "[110, 1760]": "[110, 880]", "pitch: 1760": "pitch: 880"}
        text = file.read_text()
        for old, new in edits.items():
            text = text.replace(old, new)
        file.write_text(text)
        harness.until(lambda: harness.preset_manager.piece.preset.name == "Mine", "the new file")
        harness.run_for(1.0)
        assert harness.state.held == "3"
        assert harness.values["pitch"] == pytest.approx(880.0), "held, and within what is allowed now"
        harness.done("stop")
        harness.run_for(2.0)
        assert harness.values["pitch"] < 800.0


def test_random_sounds_are_within_the_ranges_and_all_over_them(harness: ConductorHarness) -> None:
    outputs = harness.preset_manager.piece.preset.outputs
    found = []
    for _ in range(100):
        harness.done("randomise")
        harness.tick()
        for output in outputs:
            low, high = output.ends
            assert low <= harness.values[output.name] <= high
        found.append(harness.positions(len(harness.sounds) - 1)[0])
    places = np.array(found)
    assert places.min() < 0.1
    assert places.max() > 0.9
    assert np.median(places, axis=0) == pytest.approx(0.5, abs=0.2), "by the warp of each output, so by ear"


def test_a_sound_that_is_saved_is_a_snapshot_like_any_other(harness: ConductorHarness) -> None:
    harness.done("randomise")
    harness.run_for(0.1)
    kept = harness.values
    assert "snapshot 4" in harness.done("save")
    assert harness.state.target == "4"
    harness.done("select", 1)
    harness.run_for(0.1)
    assert harness.values != pytest.approx(kept)
    harness.done("select", 4)
    harness.tick()
    assert harness.values == pytest.approx(kept)
    harness.take(HIGH)
    with harness.stored() as store:
        assert store.sound(store.takes()[0].id) == pytest.approx(kept)


def test_when_nine_sounds_are_saved_none_is_lost_for_a_tenth(harness: ConductorHarness) -> None:
    for _ in range(6):
        harness.submit("randomise")
        harness.submit("save")
    harness.wait_until_idle()
    harness.submit("randomise")
    assert "nine" in harness.refused("save")
    with harness.stored() as store:
        kept = store.snapshots()
    assert set(kept) == {4, 5, 6, 7, 8, 9}


def test_volume_mute_and_panic_change_the_sound(harness: ConductorHarness) -> None:
    harness.done("volume", -12.0)
    harness.tick()
    assert harness.sounds[-1].volume_db == pytest.approx(-12.0)
    for on, off in (("mute", "mute"), ("panic", "release")):
        harness.done(on)
        harness.tick()
        assert harness.sounds[-1].muted
        harness.done(off)
        harness.tick()
        assert not harness.sounds[-1].muted
