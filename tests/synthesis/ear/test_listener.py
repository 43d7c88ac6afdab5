"""What the microphone hears, computed by the real pyo: level, pitch, brightness, bands and onsets of known sounds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.ear_reading import BANDS, LEAST_DB, EarReading
from gesturesynth.synthesis.ear.listener import BAND_EDGES_HZ, EarListener, EarSettings
from gesturesynth.synthesis.pyo_loader import load_pyo
from tests.support.instrument_player import server

RATE = 48000
FRAMES = 256
Samples = NDArray[np.float64]


def tone(pitch_hz: float, level_db: float, seconds: float, partials: int = 1) -> Samples:
    """A tone with an attack of 5 ms; its level is its RMS."""
    time_s = np.arange(round(RATE * seconds)) / RATE
    sound = sum(np.sin(2 * np.pi * pitch_hz * k * time_s) / k for k in range(1, partials + 1))
    sound = np.asarray(sound) / np.sqrt(np.mean(np.square(sound)))
    return np.asarray(sound * 10 ** (level_db / 20) * np.minimum(1.0, time_s / 0.005))


def silence(seconds: float) -> Samples:
    return np.zeros(round(RATE * seconds))


USUAL = EarSettings()


def heard(*parts: Samples, settings: EarSettings = USUAL, own_db: float = -200.0) -> list[EarReading]:
    """The readings of a sound, one every third buffer."""
    sound = np.concatenate(parts)
    pyo = load_pyo()
    with server() as played:
        table = pyo.DataTable(len(sound), init=[float(one) for one in sound])
        source = pyo.TableIndex(table, pyo.Phasor(RATE / len(sound)) * len(sound))
        own = pyo.Sig([10 ** (own_db / 20)] * 2)  # two channels that are as loud as one
        ear = EarListener(source, own, RATE, settings)
        readings = []
        for number in range(len(sound) // FRAMES):
            played.process()
            if number % 3 == 0:
                readings.append(ear.reading(number * FRAMES / RATE))
        return readings


def after(readings: Sequence[EarReading], seconds: float) -> list[EarReading]:
    return [one for one in readings if one.time_s >= seconds]


@pytest.mark.parametrize(("pitch_hz", "partials"), [(82.4, 12), (523.25, 1), (880.0, 5)])
def test_a_tone_has_its_level_pitch_and_brightness(pitch_hz: float, partials: int) -> None:
    readings = after(heard(tone(pitch_hz, -18.0, 0.7, partials)), 0.4)
    assert [one.level_db for one in readings] == pytest.approx([-18.0] * len(readings), abs=0.6)
    assert all(abs(1200 * np.log2(one.pitch_hz / pitch_hz)) < 3 for one in readings)
    amplitudes = 1 / np.arange(1, partials + 1)
    centre_hz = pitch_hz * partials / amplitudes.sum()
    assert np.median([one.brightness_hz for one in readings]) == pytest.approx(centre_hz, rel=0.1)


def test_brightness_stays_that_of_a_sound_until_it_is_silence() -> None:
    room = np.random.default_rng(1).normal(0.0, 10 ** (-65 / 20), round(RATE * 1.1))
    readings = heard(np.concatenate([silence(0.1), tone(440.0, -15.0, 0.5), silence(0.5)]) + room)
    brightness_hz = [one.brightness_hz for one in readings if one.time_s > 0.6 and one.brightness_hz > 0.0]
    assert len(brightness_hz) > 5
    assert max(brightness_hz) < 1500.0, "of the room it is 12 kHz"
    first_hz = next(one.brightness_hz for one in readings if one.level_db > -50.0)
    assert first_hz == 0.0, "the spectrum is that of the silence before"


def test_a_band_has_what_lies_in_it() -> None:
    for band in (1, 4, 6):
        middle_hz = float(np.sqrt(BAND_EDGES_HZ[band] * BAND_EDGES_HZ[band + 1]))
        newest = heard(tone(middle_hz, -20.0, 0.4))[-1]
        assert newest.bands_db[band] == pytest.approx(-20.0, abs=0.6)
        assert sorted(newest.bands_db)[-2] < -24.0
        assert len(newest.bands_db) == BANDS


def test_each_sound_that_begins_is_one_onset() -> None:
    strokes = [part for level in (-12, -30, -12, -20) for part in (tone(330.0, level, 0.2), silence(0.2))]
    readings = heard(silence(0.3), *strokes)
    counts = [one.onsets for one in readings]
    assert counts[-1] == 4
    begun_s = [one.time_s for before, one in pairwise(readings) if one.onsets > before.onsets]
    late_s = np.array(begun_s) - (0.3 + 0.4 * np.arange(4))
    assert late_s.min() >= 0.0
    assert late_s.max() < 0.025, "at the next reading"


def test_silence_and_noise_have_no_pitch_and_begin_once() -> None:
    quiet = heard(silence(0.4))
    assert {(one.level_db, one.pitch_hz, one.brightness_hz, one.onsets) for one in after(quiet, 0.2)} == {
        (LEAST_DB, 0.0, 0.0, 0)
    }
    noise = heard(np.random.default_rng(1).normal(0.0, 0.05, 2 * RATE))
    assert sum(one.pitch_hz > 0.0 for one in noise) < 0.1 * len(noise)
    assert noise[-1].onsets == 1


def test_samples_that_are_no_numbers_do_no_harm() -> None:
    broken = tone(440.0, -18.0, 0.2)
    broken[1000:1010] = [np.nan, np.inf, -np.inf, 1e30, -1e30, np.nan, 0.0, np.nan, np.inf, 5.0]
    newest = heard(broken, tone(440.0, -18.0, 0.5))[-1]
    assert newest.level_db == pytest.approx(-18.0, abs=0.5)
    assert newest.pitch_hz == pytest.approx(440.0, rel=0.002)


def test_what_may_be_the_piece_itself_counts_as_silence() -> None:
    sound = tone(440.0, -30.0, 0.5)
    covered = heard(sound, settings=EarSettings(leak_db=-20.0), own_db=-6.0)
    newest = covered[-1]
    assert (newest.level_db, newest.pitch_hz, newest.onsets) == (LEAST_DB, 0.0, 0)
    assert set(newest.bands_db) == {LEAST_DB}
    other = heard(sound, settings=EarSettings(leak_db=-31.0), own_db=-6.0)[-1]
    assert other.pitch_hz == pytest.approx(440.0, rel=0.002)
