"""A tempo tells where every beat is, and a change of it moves none."""

import pytest

from gesturesynth.runtime.tempo import Tempo


def test_places_are_counted_in_quarter_notes_from_the_anchor() -> None:
    tempo = Tempo(bpm=90.0, anchor_s=10.0, anchor_beat=4.0)
    assert tempo.beat_at(10.0) == 4.0
    assert tempo.beat_at(14.0) == pytest.approx(10.0)
    assert tempo.seconds(0.25) == pytest.approx(60 / 90)
    assert Tempo(beats=6, unit=8).bar == 3.0


def test_a_change_leaves_the_place_of_the_moment() -> None:
    tempo = Tempo(bpm=90.0, anchor_s=10.0)
    quicker = tempo.changed(133.0, 17.3)
    assert quicker.beat_at(17.3) == pytest.approx(tempo.beat_at(17.3))
    assert quicker.beat_at(18.3) - quicker.beat_at(17.3) == pytest.approx(133 / 60)
    assert tempo.changed(1e9, 11.0).bpm == 300.0
    assert tempo.changed(0.0, 11.0).bpm == 20.0


@pytest.mark.parametrize("time_s", [0.1, 3.33, 7.9])
def test_a_beat_is_moved_to_a_time_by_at_most_half_a_beat(time_s: float) -> None:
    tempo = Tempo(bpm=100.0)
    moved = tempo.with_beat_at(time_s)
    assert moved.beat_at(time_s) == pytest.approx(round(moved.beat_at(time_s)))
    assert abs(moved.beat_at(time_s) - tempo.beat_at(time_s)) <= 0.5
