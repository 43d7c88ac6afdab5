"""A pitch, or none, from the values of pyo's tracker; and what of a sound is the piece itself."""

from __future__ import annotations

import pytest

from gesturesynth.synthesis.ear.own_sound import MARGIN_DB, MEMORY_S, OwnSound
from gesturesynth.synthesis.ear.pitch_track import WINDOW_FRAMES, PitchTrack, corrected_hz, window_frames

ANALYSIS_S = WINDOW_FRAMES / 48_000


def found_hz(pitch_hz: float, rate: float = 48000.0) -> float:
    """What pyo's tracker says of a pitch: the part of a sample has the wrong sign."""
    period = rate / pitch_hz
    return rate / (2 * round(period) - period)


@pytest.mark.parametrize("pitch_hz", [61.7, 220.0, 880.0, 1396.9])
def test_the_mistake_of_the_tracker_is_taken_back(pitch_hz: float) -> None:
    assert corrected_hz(found_hz(pitch_hz), 48000.0) == pytest.approx(pitch_hz, rel=1e-6)


@pytest.mark.parametrize("nothing", [0.0, -1.0, float("nan"), float("inf")])
def test_no_pitch_is_none(nothing: float) -> None:
    assert corrected_hz(nothing, 48000.0) == 0.0


def heard(*pitches_hz: float, audible: bool = True) -> list[float]:
    track = PitchTrack(48000.0)
    steps = [(number * ANALYSIS_S * 1.001, pitch) for number, pitch in enumerate(pitches_hz)]
    return [round(track.step(found_hz(pitch), at_s, audible=audible), 3) for at_s, pitch in steps]


def test_a_steady_tone_counts_and_leaps_do_not() -> None:
    assert heard(440, 440, 440, 445) == [0.0, 0.0, 440.0, 445.0]
    assert heard(440, 440, 440, 880, 880, 880) == [0.0, 0.0, 440.0, 0.0, 0.0, 880.0]
    assert not any(heard(100, 300, 150, 400, 90, 220, 130))


def test_what_is_inaudible_or_outside_of_five_octaves_has_no_pitch() -> None:
    assert not any(heard(440, 440, 440, audible=False))
    assert not any(heard(40, 40, 40))
    assert not any(heard(2400, 2400, 2400))


def test_reading_more_often_than_it_is_analysed_changes_nothing() -> None:
    track = PitchTrack(48000.0)
    found = [track.step(440.0, 0.001 * number, audible=True) for number in range(200)]
    first = next(number for number, pitch in enumerate(found) if pitch)
    assert 0.001 * first == pytest.approx(2 * ANALYSIS_S, abs=0.003)


def test_what_may_be_the_piece_alone_is_covered_and_what_is_louder_is_not() -> None:
    own = OwnSound(leak_db=-20.0)
    assert own.covers(-35.0, -10.0, 0.0), "the piece at -10 dB arrives with -30"
    assert not own.covers(-30.0 + MARGIN_DB, -10.0, 0.01)
    assert own.covers(-35.0, -80.0, MEMORY_S / 2), "it sounds on in the room"
    assert not own.covers(-35.0, -80.0, MEMORY_S + 0.02)


def test_without_knowing_how_much_arrives_all_is_heard() -> None:
    assert not OwnSound(None).covers(-100.0, 0.0, 0.0)


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000, 88_200, 96_000, 192_000])
def test_two_periods_of_the_lowest_pitch_fit_into_each_analysis(rate: int) -> None:
    assert window_frames(rate) > 2 * rate / 55.0
    assert window_frames(48_000) == window_frames(44_100) == WINDOW_FRAMES
