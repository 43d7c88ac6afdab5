"""The tempo of a piece while it plays: begun, changed, followed, taken over and restored without a jump."""

import pytest

from gesturesynth.config.preset.model_parts import PresetTempo
from gesturesynth.mapping.gestures.spotter import GestureEvent
from gesturesynth.pipeline.running_tempo import RunningTempo
from gesturesynth.runtime.tempo import Tempo

PRESET = PresetTempo(Tempo(bpm=90.0), "wave")


def _begun(preset: PresetTempo = PRESET, time_s: float = 100.0) -> RunningTempo:
    running = RunningTempo(preset)
    running.follow((), time_s)
    return running


def _beat(running: RunningTempo, time_s: float) -> float:
    assert running.tempo is not None
    return running.tempo.beat_at(time_s)


def test_the_first_beat_is_at_the_first_tick() -> None:
    running = _begun()
    running.follow((), 100.5)
    assert _beat(running, 100.0) == 0.0
    assert running.reading(104.1).text == "90 BPM, 4/4, follows wave, bar 2"


def test_commands_change_it_without_a_jump_and_a_tap_moves_a_beat_to_now() -> None:
    running = _begun()
    before = _beat(running, 103.3)
    running.set(140.0, 103.3)
    assert _beat(running, 103.3) == pytest.approx(before)
    running.set(120.0, 110.11, beat=True)
    assert _beat(running, 110.11) == pytest.approx(round(_beat(running, 110.11)))


def test_it_follows_the_gesture_that_it_is_told_to_and_no_other() -> None:
    running = _begun()
    for number in range(6):
        at_s = 101.0 + 0.5 * number
        events = (GestureEvent("wave", at_s - 0.4, at_s, 0.9), GestureEvent("bow", at_s, at_s + 0.07, 0.9))
        before = _beat(running, at_s + 0.2)
        running.follow(events, at_s + 0.2)
        assert _beat(running, at_s + 0.2) == pytest.approx(before)
    assert running.tempo is not None
    assert running.tempo.bpm == pytest.approx(120.0)
    running.follow((), 120.0)
    assert running.tempo.bpm == pytest.approx(120.0), "it stays when the gesture stops"


def test_another_piece_goes_on_from_the_place_and_the_same_file_keeps_what_was_changed() -> None:
    former = _begun()
    former.set(100.0, 101.0)
    same, other = RunningTempo(PRESET), RunningTempo(PresetTempo(Tempo(bpm=60.0)))
    waltz = RunningTempo(PresetTempo(Tempo(bpm=60.0, beats=3)))
    for running in (same, other, waltz):
        running.continue_from(former, 107.7)
        assert _beat(running, 107.7) % 1.0 == pytest.approx(_beat(former, 107.7) % 1.0)
    assert [running.reading(107.7).bpm for running in (same, other)] == [100.0, 60.0]
    assert _beat(waltz, 107.7) < 1.0


def test_a_conductor_that_was_restarted_goes_on_where_it_was() -> None:
    former = _begun()
    former.set(133.0, 101.0)
    again = RunningTempo(PRESET)
    again.restore(former.tempo, 110.0)
    again.follow((), 110.0)
    assert _beat(again, 111.0) == pytest.approx(_beat(former, 111.0))


def test_after_a_start_of_the_computer_beats_are_counted_from_the_first_tick() -> None:
    former = _begun(time_s=2_000_000.0)
    former.set(133.0, 2_000_001.0)
    again = RunningTempo(PRESET)
    again.restore(former.tempo, 30.0)
    again.follow((), 31.0)
    assert again.tempo is not None
    assert again.tempo.bpm == 133.0
    assert _beat(again, 31.0) == 0.0
    assert again.reading(31.0).bar == 1


def test_a_piece_without_a_beat_has_none() -> None:
    nothing = RunningTempo(None)
    nothing.follow((), 1.0)
    nothing.set(100.0, 1.0)
    nothing.continue_from(_begun(), 2.0)
    assert nothing.tempo is None
    assert nothing.reading(3.0).bpm == 0.0
