"""Each instrument does what its parameters and triggers say, as a person would hear it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.grain_source import RATE_HZ as SOURCE_RATE_HZ
from gesturesynth.synthesis.instruments.grain_source import SCANNED_S, grain_source
from tests.support.instrument_player import (
    FRAMES,
    RATE_HZ,
    InstrumentPlayer,
    TimedChange,
    bend,
    centroid_hz,
    momentary_lufs,
    peak_db,
    play,
    server,
    strongest_hz,
)
from tests.synthesis.instruments.hearing import band_unrest_db

pytestmark = pytest.mark.slow("minutes of sound")


@pytest.mark.parametrize("pitch_hz", [55.0, 110.0, 220.0, 313.7, 440.0, 987.8, 1760.0, 3520.0])
@pytest.mark.parametrize("timbre", [0.0, 0.15])
def test_the_theremin_sounds_the_pitch_it_is_given(pitch_hz: float, timbre: float) -> None:
    heard = play("theremin", 1.5, pitch=pitch_hz, timbre=timbre, vibrato=0.0)
    assert strongest_hz(heard[RATE_HZ // 4 :]) == pytest.approx(pitch_hz, rel=0.002, abs=0.5)


def test_the_theremin_glides_through_all_pitches_between() -> None:
    heard = play("theremin", 2.0, TimedChange(1.0, {"pitch": 880.0}), pitch=220.0, vibrato=0.0)
    during = heard[round(1.02 * RATE_HZ) : round(1.045 * RATE_HZ)]
    assert 300.0 < strongest_hz(during) < 800.0
    assert strongest_hz(heard[round(1.2 * RATE_HZ) :]) == pytest.approx(880.0, rel=0.005)


def test_the_theremins_vibrato_has_the_depth_that_was_asked_for() -> None:
    def swing(vibrato: float, seed: int = 1) -> float:
        heard = play("theremin", 4.0, seed=seed, pitch=880.0, vibrato=vibrato, timbre=0.0)[2 * RATE_HZ :].sum(axis=1)
        crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
        exact = crossings - heard[crossings] / (heard[crossings + 1] - heard[crossings])
        hz = RATE_HZ / np.convolve(np.diff(exact), np.ones(8) / 8, "valid")
        return float((np.percentile(hz, 99) - np.percentile(hz, 1)) / 2 / 880.0 * 100)

    assert swing(0.0) < 0.2
    # The room, whose reflections wander by chance, adds to it.
    assert np.median([swing(2.0, seed) for seed in range(1, 6)]) == pytest.approx(2.0, abs=0.7)


def test_the_drone_stands_on_its_pitch_and_moves_by_itself_only_when_asked() -> None:
    def unrest_db(motion: float) -> float:
        heard = play("drone", 14.0, motion=motion, detune=0.0)[2 * RATE_HZ :].sum(axis=1)
        band = sosfilt(butter(4, (1200, 4000), "bandpass", fs=RATE_HZ, output="sos"), heard)
        return float(np.std([20 * np.log10(piece.std()) for piece in np.array_split(band, 24)]))

    still, default, wild = (unrest_db(motion) for motion in (0.0, 0.4, 1.0))
    assert 1.5 * still < default < wild
    heard = play("drone", 3.0, pitch=80.0, detune=0.0, brightness=200.0, motion=0.0)[RATE_HZ:]
    ratio = strongest_hz(heard) / 80.0
    assert ratio == pytest.approx(round(ratio), abs=0.02)
    assert round(ratio) >= 1


def test_position_walks_through_different_sounds() -> None:
    spectra = []
    for position in (0.0, 0.5, 1.0):
        heard = play("granular", 4.0, position=position)[RATE_HZ:].sum(axis=1)
        bands = np.add.reduceat(np.abs(np.fft.rfft(heard)) ** 2, np.geomspace(300, len(heard) // 3, 40).astype(int))
        spectra.append(bands / np.linalg.norm(bands))
    assert all(float(a @ b) < 0.8 for a, b in itertools.combinations(spectra, 2))


def test_grain_pitch_moves_the_spectrum_by_octaves() -> None:
    low, high = (centroid_hz(play("granular", 4.0, pitch=pitch)[RATE_HZ:]) for pitch in (0.5, 2.0))
    assert np.log2(high / low) == pytest.approx(2.0, abs=0.5)


def test_the_grain_source_is_the_same_each_time_and_equally_loud_all_along() -> None:
    source = grain_source()
    made_again = grain_source.__wrapped__()
    assert np.array_equal(source, made_again)
    assert len(source) >= SCANNED_S * SOURCE_RATE_HZ
    assert np.all(np.isfinite(source))
    pieces = [piece.std() for piece in np.array_split(source[: round(SCANNED_S * SOURCE_RATE_HZ)], 14)]
    assert max(pieces) / min(pieces) < 2.0


@pytest.mark.parametrize("drum", [trigger.name for trigger in catalogue()["percussion"].triggers])
def test_a_struck_drum_sounds_within_one_buffer_and_rings_out(drum: str) -> None:
    heard = play("percussion", 2.5, TimedChange(0.5, triggers=(drum,)))
    struck = round(0.5 * RATE_HZ / FRAMES + 0.5) * FRAMES
    assert peak_db(heard[: struck - FRAMES]) < -120.0
    assert peak_db(heard[struck : struck + FRAMES]) > -30.0
    assert peak_db(heard) > -20.0
    assert peak_db(heard[-RATE_HZ // 2 :]) < -60.0


def test_each_drum_has_a_place_of_its_own_in_the_spectrum() -> None:
    drums = ("kick", "tom", "clap", "snare", "hat")
    places_hz = [centroid_hz(play("percussion", 0.5, TimedChange(0.0, triggers=(drum,)), click=0.0)) for drum in drums]
    assert places_hz[0] < 80.0
    assert all(higher > 1.4 * lower for lower, higher in itertools.pairwise(places_hz))


def test_tune_and_decay_do_what_they_say() -> None:
    for tune_hz in (50.0, 120.0):
        heard = play("percussion", 1.2, TimedChange(0.0, triggers=("kick",)), tune=tune_hz, decay=0.9, drive=0.0)
        assert strongest_hz(heard[round(0.15 * RATE_HZ) : RATE_HZ]) == pytest.approx(tune_hz, rel=0.1)
    short, long = (
        play("percussion", 1.0, TimedChange(0.0, triggers=("kick",)), decay=decay_s) for decay_s in (0.08, 0.9)
    )
    later = slice(round(0.3 * RATE_HZ), round(0.5 * RATE_HZ))
    assert peak_db(short[later]) < peak_db(long[later]) - 10.0


def test_click_hardens_the_stick() -> None:
    soft, hard = (play("percussion", 0.5, TimedChange(0.0, triggers=("kick",)), click=click) for click in (0.0, 1.0))
    assert bend(hard) > 5.0 * bend(soft)


def test_the_bar_plays_by_itself_at_its_rate_begins_with_its_first_beat_and_stops() -> None:
    heard = play(
        "percussion", 6.0, TimedChange(1.0, {"rate": 8.0}), TimedChange(4.0, {"rate": 0.0}), decay=0.08, busy=0.0
    )
    assert peak_db(heard[: RATE_HZ // 2]) < -120.0
    # A bar of 16 steps at 8 a second takes 2 s; not busy, it is one beat long: at 1 s and 3 s.
    loud = np.flatnonzero(np.abs(heard).max(axis=1) > 0.2) / RATE_HZ
    beats = loud[np.flatnonzero(np.diff(loud, prepend=-1.0) > 0.5)]
    assert beats == pytest.approx([1.0, 3.0], abs=0.06)
    assert peak_db(heard[round(1.0 * RATE_HZ) : round(1.15 * RATE_HZ)]) > -20.0
    assert peak_db(heard[5 * RATE_HZ :]) < -60.0


@pytest.mark.parametrize("busy", [0.2, 0.5, 1.0])
def test_the_bar_is_as_loud_at_the_quickest_rate_as_at_others(busy: float) -> None:
    loudest = [
        float(np.max(momentary_lufs(play("percussion", 4.0, rate=rate, busy=busy)))) for rate in (4.0, 8.0, 16.0)
    ]
    assert max(loudest) - min(loudest) < 3.0
    assert loudest[-1] == pytest.approx(-16.0, abs=3.0)


def test_all_drums_follow_the_tune() -> None:
    for drum in ("kick", "snare", "hat", "tom", "clap"):
        happening = TimedChange(0.0, triggers=(drum,))
        low, high = (
            np.mean(
                [centroid_hz(play("percussion", 0.5, happening, seed=n, tune=tune, click=0.0)) for n in range(1, 6)]
            )
            for tune in (50.0, 150.0)
        )
        assert high > 1.12 * low, drum


def test_the_drone_without_motion_and_detune_is_one_string_that_stands_still() -> None:
    heard = play("drone", 15.0, motion=0.0, detune=0.0, pitch=65.4)[RATE_HZ:]
    assert band_unrest_db(heard) < 0.4
    spectrum = np.abs(np.fft.rfft(heard.sum(axis=1) * np.blackman(len(heard)), 4 * len(heard)))
    hz = np.arange(len(spectrum)) * RATE_HZ / (4 * len(heard))
    place = hz / 65.4
    audible = (hz > 40) & (hz < 3000) & (spectrum > spectrum.max() * 0.003)
    # Partials of one string and nothing between them.
    assert np.abs(place[audible] - np.round(place[audible])).max() < 0.02


def test_an_unknown_drum_is_refused() -> None:
    with server() as made, pytest.raises(KeyError):
        InstrumentPlayer(made, "percussion", {}).instrument.fire("gong")
