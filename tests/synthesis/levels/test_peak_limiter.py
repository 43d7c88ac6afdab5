"""The limiter at the end of the master: peaks between samples stay below the ceiling, and the sound is not bent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.levels.peak_limiter import MARGIN_DB, interpolator
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import rms, true_peak_db
from tests.support.instrument_player import RATE_HZ
from tests.support.master_player import through_master
from tests.support.stub_instruments import scene, sound

CEILING_DB = -3.0
COUNT = 2 * RATE_HZ
AT = np.arange(COUNT)
CHANCE = np.random.default_rng(8)

FOUR = ("theremin", "drone", "granular", "percussion")


def both(mono: NDArray[Any]) -> NDArray[Any]:
    return np.stack([mono, mono], axis=1)


def sine(hz: float, db: float = 0.0, phase: float = 0.0) -> NDArray[Any]:
    return both(db_to_gain(db) * np.sin(2 * np.pi * hz * AT / RATE_HZ + phase))


def clicks() -> NDArray[Any]:
    made = np.zeros((COUNT, 2))
    made[4801::4801] = 8.0
    made[4802::4801] = -8.0
    made[2400::9600, 0] = 20.0
    return made


LOUD = {
    "white noise": CHANCE.standard_normal((COUNT, 2)),
    "even noise": CHANCE.uniform(-2.0, 2.0, (COUNT, 2)),
    "random bits": np.sign(CHANCE.standard_normal((COUNT, 2))) * 2.0,
    "a quarter of the rate at 45 degrees": sine(RATE_HZ / 4, 6.0, np.pi / 4),
    "the same in bursts": sine(RATE_HZ / 4, 6.0, np.pi / 4) * (np.sin(4 * np.pi * AT / RATE_HZ) > 0)[:, None],
    "near half the rate": sine(RATE_HZ * 0.45, 6.0, 0.3),
    "square, high": np.sign(sine(997.0, phase=0.1)) * 2.0,
    "square, low": np.sign(sine(50.0, phase=0.1)) * 4.0,
    "clicks": clicks(),
    "a bass far too loud": sine(40.0, 20.0),
}


@pytest.mark.parametrize("samples", LOUD.values(), ids=LOUD)
def test_no_peak_between_the_samples_exceeds_the_ceiling(samples: NDArray[Any]) -> None:
    heard, _ = through_master(samples, CEILING_DB)
    assert true_peak_db(heard) <= CEILING_DB + 0.1
    assert true_peak_db(heard) > CEILING_DB - 1.5, "it is turned down, not shut off"


@pytest.mark.parametrize("ceiling_db", [-1.0, -12.0])
def test_it_holds_at_other_ceilings(ceiling_db: float) -> None:
    heard, _ = through_master(LOUD["white noise"], ceiling_db)
    assert ceiling_db - 1.5 < true_peak_db(heard) <= ceiling_db + 0.1


def test_four_instruments_at_full_level_stay_below_the_ceiling_between_samples() -> None:
    setups = [InstrumentSetup(kind, kind, {"level": 0.0}) for kind in FOUR]
    for setup in setups:
        if setup.kind == "percussion":
            setup.fixed.update(rate=8.0, busy=1.0, click=1.0, drive=0.6)
    with OfflineEngine() as engine:
        engine.apply(sound(scene(*setups, ceiling_db=CEILING_DB)))
        heard = engine.render(4 * RATE_HZ)
    assert CEILING_DB - 1.5 < true_peak_db(heard) <= CEILING_DB + 0.1


@pytest.mark.parametrize("hz", [28.0, 41.0, 110.0])
def test_a_bass_is_turned_down_without_being_bent(hz: float) -> None:
    heard, _ = through_master(sine(hz, CEILING_DB + 6.0), CEILING_DB)
    steady = heard[RATE_HZ // 2 : RATE_HZ // 2 + RATE_HZ, 0].astype(np.float64)
    power = np.abs(np.fft.rfft(steady * np.hanning(RATE_HZ))) ** 2
    near = slice(max(round(hz) - 4, 0), round(hz) + 5)
    tone = power[near].sum()
    assert 10 * np.log10((power.sum() - tone) / tone) < -90.0
    assert np.abs(steady).max() == pytest.approx(db_to_gain(CEILING_DB - MARGIN_DB), rel=0.01)


def test_what_is_below_the_ceiling_passes_as_it_is_and_as_late_as_the_master_says() -> None:
    quiet = CHANCE.standard_normal((RATE_HZ, 2)) * 0.02
    heard, late = through_master(quiet)
    late_heard = heard[late : late + RATE_HZ].astype(np.float64)
    # The DC block is all that is left: a high-pass of some hertz.
    assert np.abs(late_heard - quiet)[4800:].std() < 0.05 * quiet.std()
    other = [np.abs(heard[late + by :][: RATE_HZ - 4] - quiet[: RATE_HZ - 4]).std() for by in (-1, 1)]
    assert min(other) > 0.5 * quiet.std()
    assert late / RATE_HZ < 0.003


def test_one_loud_moment_turns_down_what_follows_for_a_fifth_of_a_second_only() -> None:
    samples = sine(1000.0, -20.0)
    samples[RATE_HZ] += db_to_gain(CEILING_DB + 6.0)
    heard, late = through_master(samples)
    level_db = 20 * np.log10(rms(heard[late:, 0], 480) / (db_to_gain(-20.0) / np.sqrt(2)))
    assert np.abs(level_db[20:99]).max() < 0.1
    assert level_db[101] < -5.0
    assert np.abs(level_db[121:190]).max() < 0.2


def test_the_interpolator_finds_the_points_between_samples() -> None:
    wave = np.sin(2 * np.pi * 0.21 * np.arange(400) + 0.4)
    for point in (0.25, 0.5, 0.75):
        found = np.convolve(wave, interpolator(point))[100:300]
        # pyo's Convolve is one sample late by itself.
        expected = np.sin(2 * np.pi * 0.21 * (np.arange(100, 300) + 1 - 12 + point) + 0.4)
        assert np.abs(found - expected).max() < 0.04
