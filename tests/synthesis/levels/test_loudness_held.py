"""The loudness of three seconds is bounded, and one layer that bursts hardly ducks another."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.levels.layer import LayerLimiter
from gesturesynth.synthesis.levels.loudness_guard import ABOVE_TARGET_LU, LoudnessGuard
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import true_peak_db, window_lufs
from tests.support.stub_instruments import KINDS, scene, sound

pytestmark = pytest.mark.slow("minutes of sound")

RATE = 48000
TENTH = RATE // 10
TARGET_LUFS = -18.0
BOTH = KINDS | catalogue()

FOUR = ("theremin", "drone", "granular", "percussion")


def shouts(*pitches_hz: float, **more: Any) -> Scene:
    """Sines of any amplitude, which is moved: 0 at first."""
    setups = [InstrumentSetup(f"s{hz:g}", "shout", {"pitch": hz}) for hz in pitches_hz]
    return scene(*setups, moved={f"{setup.name}.gain": 0.005 for setup in setups}, **more)


def played(of: Scene, *values: float, seconds: int = 8) -> tuple[NDArray[np.float32], list[float]]:
    """A second at zero, then the values: samples, and the gain of the guard at each tenth of a second."""
    with OfflineEngine(kinds=BOTH) as engine:
        engine.apply(sound(of, *[0.0] * len(values)))
        parts, gains = [engine.render(RATE)], []
        engine.apply(sound(of, *values))
        for _ in range(seconds * 10):
            parts.append(engine.render(TENTH))
            gains.append(engine._require_open().guard_db)
    return np.concatenate(parts), gains


@pytest.mark.parametrize("over_db", [0.0, 6.0, 20.0, 38.0])
@pytest.mark.parametrize("pitches_hz", [(997.0,), (120.0, 997.0, 4000.0)], ids=["one", "three"])
def test_no_three_seconds_are_more_than_3_lu_above_the_target(pitches_hz: tuple[float, ...], over_db: float) -> None:
    amplitudes = [db_to_gain(TARGET_LUFS + over_db)] * len(pitches_hz)
    heard, gains = played(shouts(*pitches_hz, loudness_lufs=TARGET_LUFS), *amplitudes)
    assert window_lufs(heard, 3.0, RATE).max() <= TARGET_LUFS + 3.0
    assert np.abs(np.diff([0.0, *gains])).max() <= 0.1 + 1e-9, "1 dB a second"


def test_four_instruments_at_full_level_with_gain_are_held_to_the_target_too() -> None:
    setups = [InstrumentSetup(kind, kind, {"level": 0.0}) for kind in FOUR]
    for setup in setups:
        if setup.kind == "percussion":
            setup.fixed.update(rate=8.0, busy=1.0)
    heard, gains = played(scene(*setups, loudness_lufs=TARGET_LUFS, gain_db=12.0), seconds=14)
    assert window_lufs(heard, 3.0, RATE).max() <= TARGET_LUFS + 3.0
    assert true_peak_db(heard) <= -2.9
    last = window_lufs(heard[-5 * RATE :], 3.0, RATE)[-1]
    assert TARGET_LUFS - 1.0 < last < TARGET_LUFS + 2.0, "it is turned down, not off"
    assert min(gains) < -1.0, "the slow guard has taken over from the limiter"


def test_a_piece_at_its_target_is_left_alone() -> None:
    heard, gains = played(shouts(997.0, loudness_lufs=TARGET_LUFS), db_to_gain(TARGET_LUFS), seconds=5)
    assert gains == [0.0] * len(gains)
    assert np.abs(heard[-RATE:]).max() == pytest.approx(db_to_gain(TARGET_LUFS), rel=0.01)


@pytest.mark.parametrize("target_lufs", [0.0, TARGET_LUFS])
def test_a_burst_of_6_db_of_one_layer_ducks_another_by_at_most_3_db(target_lufs: float) -> None:
    of = shouts(300.0, 2000.0, loudness_lufs=target_lufs)
    band = butter(4, (1700, 2300), "bandpass", fs=RATE, output="sos")
    ducked: list[float] = []
    for one_db, other_db in itertools.product((-24.0, -18.0, -12.0), (-18.0, -6.0)):
        with OfflineEngine(kinds=KINDS) as engine:
            engine.apply(sound(of, db_to_gain(one_db), db_to_gain(other_db)))
            engine.render(RATE * 3 // 2)
            before = engine.render(RATE // 2)
            engine.apply(sound(of, db_to_gain(one_db + 6.0), db_to_gain(other_db)))
            after = engine.render(RATE)
        other = np.square(sosfilt(band, np.concatenate([before, after])[:, 0].astype(np.float64)))
        level_db = 10 * np.log10(np.convolve(other, np.ones(RATE // 20) / (RATE // 20), "valid"))
        ducked.append(level_db[RATE // 5] - level_db[RATE // 2 :].min())
    assert max(ducked) <= 3.0
    assert max(ducked) > 1.0, "one of them was near the limits"


def test_within_the_limits_a_layer_passes_as_it_is_with_the_gain_of_the_scene_and_as_late_as_is_said() -> None:
    of = shouts(997.0, gain_db=-6.0)
    with OfflineEngine(kinds=KINDS) as engine:
        engine.apply(sound(of, 0.0))
        engine.render(RATE)
        engine.apply(sound(of, 0.2))
        player = engine._require_open()
        late = player.master.delay_frames + round(LayerLimiter.delay_s * RATE)
        raw, heard = [], []
        for _ in range(40):
            engine._server.process()
            heard.append(engine._output.copy())
            raw.append(player.collect()[1])
    given, got = np.concatenate(raw)[:, 0], np.concatenate(heard)[:, 0]
    # The DC block turns the phase by 2 degrees; a sample more or less would be 7.
    assert got[late:] == pytest.approx(given[:-late] * db_to_gain(-6.0), abs=0.005)
    assert late / RATE < 0.005


def test_the_gain_of_a_scene_that_is_edited_glides() -> None:
    of = shouts(997.0)
    with OfflineEngine(kinds=KINDS) as engine:
        engine.apply(sound(of, 0.1))
        engine.render(RATE)
        engine.apply(sound(msgspec.structs.replace(of, gain_db=6.0), 0.1))
        heard = engine.render(RATE // 2)[:, 0]
    assert np.abs(heard[-TENTH:]).max() == pytest.approx(0.2, rel=0.02)
    assert np.abs(np.diff(heard, 2)).max() < 1.1 * np.abs(np.diff(heard[-TENTH:], 2)).max()


def test_the_guard_is_slow_and_comes_back_slower() -> None:
    guard = LoudnessGuard()
    heard_lufs = -6.0
    for _ in range(200):
        before = guard.gain_db
        guard.step(heard_lufs + guard.gain_db, TARGET_LUFS)
        assert -0.1 - 1e-9 <= guard.gain_db - before <= 0.0
    assert guard.gain_db == pytest.approx(TARGET_LUFS + ABOVE_TARGET_LU - heard_lufs, abs=1e-6)
    rest = guard.gain_db
    for _ in range(50):
        guard.step(-120.0, TARGET_LUFS)
    assert guard.gain_db == pytest.approx(rest + 1.0)
    for _ in range(1000):
        guard.step(-120.0, TARGET_LUFS)
    assert guard.gain_db == 0.0
