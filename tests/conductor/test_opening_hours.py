"""A conductor with opening hours: sound, status, answers, and a person who opens or closes at another time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from gesturesynth.conductor.loop import TICK_S
from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.config.opening_hours import weekly_hours
from gesturesynth.core import paths
from tests.support.conductor_harness import HIGH, LOW, ConductorHarness

FADE_S = 2.0


class Installation:
    """A conductor with opening hours; its wall clock goes with its ticks, and can be set."""

    def __init__(self) -> None:
        gate = OpeningHoursGate(weekly_hours(["10:00-18:00"] * 7, UTC), FADE_S, lambda: self.wall_clock)
        self._began = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
        self.harness = ConductorHarness(paths.presets_dir() / "theremin.yaml", gate=gate)
        self._set_s = self.harness.now_s

    @property
    def wall_clock(self) -> datetime:
        return self._began + timedelta(seconds=self.harness.now_s - self._set_s)

    def set_clock(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """Sets the wall clock."""
        self._began = self._began.replace(hour=hour, minute=minute, second=second)
        self._set_s = self.harness.now_s

    def silent(self) -> bool:
        """Whether the engine is muted."""
        return self.harness.sounds[-1].muted


@pytest.fixture
def installation() -> Iterator[Installation]:
    created = Installation()
    with created.harness as harness:
        harness.wait_until_playing()
        yield created


def test_it_closes_and_opens_with_a_fade_and_plays_all_the_while(installation: Installation) -> None:
    harness = installation.harness
    assert not installation.silent()
    installation.set_clock(17, 59, 59)
    begin = len(harness.sounds)
    harness.run_for(1.0 + FADE_S + 1.5, HIGH)
    assert installation.silent()
    status = harness.conductor.status()
    assert (status.closed, status.hours) == (True, "closed until Wed 10:00")
    assert status.present
    high = harness.values
    harness.run_for(1.0, LOW)
    assert harness.values != high, "poses are followed while it is closed"
    installation.set_clock(10)
    harness.run_for(1.0 + FADE_S + 0.1)
    assert not installation.silent()
    volumes = np.array([sound.volume_db for sound in harness.sounds[begin:]])
    assert volumes[-1] == volumes[0] == volumes.max()
    assert np.abs(np.diff(volumes)).max() <= 60.0 / FADE_S * TICK_S + 1e-6, "no step, in either direction"
    muted = np.array([sound.muted for sound in harness.sounds[begin:]])
    assert volumes[muted].max() <= volumes[0] - 60.0 + 1e-6, (
        "mute begins and ends where the sound is too soft to be heard"
    )


def test_a_command_opens_and_teaching_works_until_the_hours_change(installation: Installation) -> None:
    harness = installation.harness
    installation.set_clock(21)
    harness.run_for(1.0 + FADE_S + 0.1)
    assert harness.done("louder").endswith("but closed until Wed 10:00 (o opens).")
    assert installation.silent()
    assert harness.done("open") == "Open until Wed 10:00; then the hours decide again."
    harness.run_for(0.6)
    assert not installation.silent()
    assert harness.conductor.status().hours == "open by hand until Wed 10:00"
    harness.done("randomise")
    harness.done("save")
    harness.take(LOW)
    assert harness.done("louder") == "Volume 0 dB."
    installation.set_clock(12)
    harness.run_for(1.1)
    installation.set_clock(21)
    harness.run_for(1.0 + FADE_S + 0.1)
    assert installation.silent(), "the hours decide again"


def test_a_command_closes_and_no_cue_confirms_it(installation: Installation) -> None:
    harness = installation.harness
    harness.tick()
    cues = sum(harness.sounds[-1].cue_counts)
    assert harness.done("open", False) == "Closed until Tue 18:00; then the hours decide again."
    harness.run_for(FADE_S + 0.1)
    assert installation.silent()
    assert sum(harness.sounds[-1].cue_counts) == cues
    assert harness.done("open", True).startswith("Open until Tue 18:00")


def test_opening_neither_ends_a_panic_nor_a_mute(installation: Installation) -> None:
    harness = installation.harness
    installation.set_clock(21)
    harness.done("panic")
    harness.run_for(4.0)
    assert harness.done("open", True).endswith("but silent until panic is released (R).")
    harness.run_for(1.0)
    assert installation.silent()
    harness.done("release")
    harness.tick()
    assert not installation.silent()


def test_without_hours_there_is_nothing_to_open() -> None:
    with ConductorHarness(paths.presets_dir() / "theremin.yaml") as harness:
        harness.tick()
        assert harness.refused("open") == "There are no opening hours here: it is always open."
        assert (harness.conductor.status().hours, harness.conductor.status().closed) == ("", False)
