"""A conductor that closes and opens: what is heard, said and answered, and hands that want it otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from gesturesynth.conductor.opening_hours_gate import OpeningHoursGate
from gesturesynth.conductor.process import TICK_S
from gesturesynth.config.opening_hours import weekly_hours
from gesturesynth.core import paths
from tests.support.conductor_harness import HIGH, LOW, Classroom

FADE_S = 2.0


class Gallery:
    """A classroom with opening hours; its wall clock goes with its steps, and can be set."""

    def __init__(self) -> None:
        gate = OpeningHoursGate(weekly_hours(["10:00-18:00"] * 7, UTC), FADE_S, lambda: self.wall)
        self._began = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
        self.room = Classroom(paths.presets_dir() / "theremin.yaml", doors=gate)
        self._set_s = self.room.now_s

    @property
    def wall(self) -> datetime:
        return self._began + timedelta(seconds=self.room.now_s - self._set_s)

    def set_clock(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """Somebody sets the clock."""
        self._began = self._began.replace(hour=hour, minute=minute, second=second)
        self._set_s = self.room.now_s

    def silent(self) -> bool:
        """What the engine is told."""
        return self.room.sounds[-1].muted


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    place = Gallery()
    with place.room as room:
        room.playing()
        yield place


def test_it_closes_and_opens_with_a_fade_and_plays_all_the_while(gallery: Gallery) -> None:
    room = gallery.room
    assert not gallery.silent()
    gallery.set_clock(17, 59, 59)
    begin = len(room.sounds)
    room.pass_s(1.0 + FADE_S + 1.5, HIGH)
    assert gallery.silent()
    status = room.conductor._status()
    assert (status.closed, status.hours) == (True, "closed until Wed 10:00")
    assert status.present
    high = room.values
    room.pass_s(1.0, LOW)
    assert room.values != high, "the body is followed behind closed doors"
    gallery.set_clock(10)
    room.pass_s(1.0 + FADE_S + 0.1)
    assert not gallery.silent()
    volumes = np.array([sound.volume_db for sound in room.sounds[begin:]])
    assert volumes[-1] == volumes[0] == volumes.max()
    assert np.abs(np.diff(volumes)).max() <= 60.0 / FADE_S * TICK_S + 1e-6, "no step, in either direction"
    muted = np.array([sound.muted for sound in room.sounds[begin:]])
    assert volumes[muted].max() <= volumes[0] - 60.0 + 1e-6, "silence begins and ends where nobody hears it"


def test_a_hand_opens_teaches_and_is_heard_until_the_hours_change(gallery: Gallery) -> None:
    room = gallery.room
    gallery.set_clock(21)
    room.pass_s(1.0 + FADE_S + 0.1)
    assert room.done("louder").endswith("but closed until Wed 10:00 (o opens).")
    assert gallery.silent()
    assert room.done("open") == "Open until Wed 10:00; then the hours decide again."
    room.pass_s(0.6)
    assert not gallery.silent()
    assert room.conductor._status().hours == "open by hand until Wed 10:00"
    room.done("randomise")
    room.done("save")
    room.take(LOW)
    assert room.done("louder") == "Volume 0 dB."
    gallery.set_clock(12)
    room.pass_s(1.1)
    gallery.set_clock(21)
    room.pass_s(1.0 + FADE_S + 0.1)
    assert gallery.silent(), "the hours decide again"


def test_a_hand_closes_and_silence_is_confirmed_by_silence(gallery: Gallery) -> None:
    room = gallery.room
    room.step()
    cues = sum(room.sounds[-1].cue_counts)
    assert room.done("open", False) == "Closed until Tue 18:00; then the hours decide again."
    room.pass_s(FADE_S + 0.1)
    assert gallery.silent()
    assert sum(room.sounds[-1].cue_counts) == cues
    assert room.done("open", True).startswith("Open until Tue 18:00")


def test_opening_neither_ends_a_panic_nor_a_mute(gallery: Gallery) -> None:
    room = gallery.room
    gallery.set_clock(21)
    room.done("panic")
    room.pass_s(4.0)
    assert room.done("open", True).endswith("but silent until panic is released (R).")
    room.pass_s(1.0)
    assert gallery.silent()
    room.done("release")
    room.step()
    assert not gallery.silent()


def test_without_hours_there_is_nothing_to_open() -> None:
    with Classroom(paths.presets_dir() / "theremin.yaml") as room:
        room.step()
        assert room.refused("open") == "There are no opening hours here: it is always open."
        assert (room.conductor._status().hours, room.conductor._status().closed) == ("", False)
