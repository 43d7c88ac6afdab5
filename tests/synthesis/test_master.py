"""The master chain: never above the ceiling, never a NaN, never a click from volume, mute or fades."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.core.units import db_to_gain
from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.meter import RUNAWAY_S, LevelMeter, SignalMonitor
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import bends, pitch_hz, rms, steps
from tests.support.stub_instruments import scene, settle, sound, tone

RATE = 48000
ILL = scene(tone(pitch=500.0), InstrumentSetup("ill", "ill"), moved={"ill.state": 0.005})


def render_unchecked(engine: OfflineEngine, frames: int) -> np.ndarray:
    """What would leave the loudspeakers without a signal monitor."""
    blocks = []
    for _ in range(frames // 256):
        engine._server.process()
        blocks.append(engine._output.copy())
    return np.concatenate(blocks)


@pytest.mark.parametrize("ceiling_db", [-1.0, -3.0, -6.0, -20.0])
def test_no_sample_exceeds_the_ceiling(engine: OfflineEngine, ceiling_db: float) -> None:
    shouts = [InstrumentSetup(f"s{n}", "shout", {"gain": 10.0, "pitch": 90.0 * n}) for n in (1, 2, 3)]
    engine.apply(sound(scene(*shouts, ceiling_db=ceiling_db)))
    samples = engine.render(RATE)
    assert np.abs(samples).max() <= db_to_gain(ceiling_db)
    assert np.abs(samples[-4800:]).max() > db_to_gain(ceiling_db - 3.0), "it is held down, not shut off"


def test_a_sudden_shout_is_caught_from_its_first_sample(engine: OfflineEngine) -> None:
    of = scene(InstrumentSetup("s", "shout", {"pitch": 3000.0}), moved={"s.gain": 0.005})
    engine.apply(sound(of, 0.0))
    settle(engine)
    engine.apply(sound(of, 10.0))
    assert np.abs(engine.render(RATE // 2)).max() <= db_to_gain(-3.0)


def test_the_ceiling_can_be_lowered_while_it_sounds(engine: OfflineEngine) -> None:
    shout = InstrumentSetup("s", "shout", {"gain": 10.0})
    engine.apply(sound(scene(shout, ceiling_db=-1.0)))
    settle(engine)
    engine.apply(sound(scene(shout, ceiling_db=-12.0)))
    engine.render(RATE // 20)
    assert np.abs(engine.render(RATE // 2)).max() <= db_to_gain(-12.0)
    engine.apply(sound(scene(shout, ceiling_db=40.0)))
    settle(engine)
    assert np.abs(engine.render(RATE // 2)).max() <= 1.0, "0 dBFS is the most that can be asked for"


def test_what_is_below_the_compressor_passes_unchanged(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(tone(level=-14.0, pitch=500.0))))
    settle(engine)
    samples = engine.render(RATE)[:, 0]
    assert np.abs(samples).max() == pytest.approx(db_to_gain(-14.0), rel=0.01)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(RATE)))
    assert spectrum[990:].max() < spectrum[500] * 1e-3, "no distortion"


def test_a_constant_offset_is_taken_out(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(InstrumentSetup("s", "shout", {"gain": 0.3, "pitch": 20.0}), tone())))
    engine._require_open()._mixer._playing.rack._desk.output.setAdd([0.3, 0.0])  # type: ignore[union-attr]
    engine.render(RATE)
    assert abs(float(engine.render(RATE)[:, 0].mean())) < 1e-3


@pytest.mark.parametrize("state", [1.0, 2.0], ids=["infinity", "nan"])
def test_what_is_not_a_number_is_never_played_and_the_others_go_on(engine: OfflineEngine, state: float) -> None:
    engine.apply(sound(ILL, 0.0))
    settle(engine)
    engine.apply(sound(ILL, state))
    bad = render_unchecked(engine, RATE // 4)
    assert np.isfinite(bad).all()
    assert np.abs(bad).max() <= db_to_gain(-3.0)
    engine.apply(sound(ILL, 0.0))
    recovered = render_unchecked(engine, RATE * 2)
    assert np.isfinite(recovered).all()
    assert np.abs(np.fft.rfft(recovered[-RATE:, 0] * np.hanning(RATE)))[500] > 0.2 * db_to_gain(-12.0) * RATE / 4


def test_an_instrument_that_gives_nan_leaves_the_sound_of_the_others_alone(engine: OfflineEngine) -> None:
    engine.apply(sound(ILL, 2.0))
    samples = render_unchecked(engine, RATE)
    assert pitch_hz(samples[-RATE // 2 :, 0], RATE) == pytest.approx(500.0, abs=1)
    assert np.abs(samples[-RATE // 2 :]).max() == pytest.approx(db_to_gain(-12.0), rel=0.02)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_one_moment_without_numbers_beside_the_instruments_does_not_silence_the_master(
    engine: OfflineEngine, value: float
) -> None:
    engine.apply(sound(scene(tone(level=-14.0, pitch=500.0))))
    settle(engine)
    engine._require_open()._sum.setMul(value)
    bad = render_unchecked(engine, 256 * 4)
    assert np.isfinite(bad).all()
    assert np.abs(bad).max() <= db_to_gain(-3.0)
    engine._require_open()._sum.setMul(1.0)
    recovered = render_unchecked(engine, RATE)
    assert np.abs(recovered[-RATE // 4 :]).max() == pytest.approx(db_to_gain(-14.0), rel=0.02)


def test_rendering_stops_at_nan_and_names_the_instrument(engine: OfflineEngine) -> None:
    engine.apply(sound(ILL, 2.0))
    with pytest.raises(GestureSynthError, match=r"not numbers \(ill\)"):
        engine.render(RATE)


def test_volume_glides_and_is_never_above_unity(engine: OfflineEngine) -> None:
    of = scene(tone(pitch=500.0))
    engine.apply(sound(of))
    settle(engine)
    before = engine.render(RATE // 4)[:, 0]
    engine.apply(sound(of, volume_db=-12.0))
    during = engine.render(RATE // 4)[:, 0]
    assert bends(during).max() <= bends(before).max() * 1.1
    assert np.abs(during[-4800:]).max() == pytest.approx(np.abs(before).max() * db_to_gain(-12.0), rel=0.01)
    for nonsense in (math.nan, math.inf):
        engine.apply(sound(of, volume_db=nonsense))
        settle(engine)
        assert np.abs(engine.render(4800)).max() == pytest.approx(np.abs(during[-4800:]).max(), rel=0.01)
    engine.apply(sound(of, volume_db=+12.0))
    settle(engine)
    assert np.abs(engine.render(4800)).max() == pytest.approx(np.abs(before).max(), rel=0.01)


def test_mute_is_silence_without_a_click_and_comes_back(engine: OfflineEngine) -> None:
    of = scene(tone(pitch=500.0))
    engine.apply(sound(of))
    settle(engine)
    before = engine.render(RATE // 4)[:, 0]
    engine.apply(sound(of, muted=True))
    muting = engine.render(RATE // 4)[:, 0]
    engine.apply(sound(of))
    unmuting = engine.render(RATE // 4)[:, 0]
    assert not muting[2400:].any()
    for piece in (muting, unmuting):
        assert steps(piece).max() <= steps(before).max() * 1.02
    assert rms(unmuting[4800:], 4800).min() == pytest.approx(rms(before, 4800).mean(), rel=0.01)


def test_the_first_scene_fades_in_as_slowly_as_it_says(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(tone(), fade_in_s=1.0)))
    level = rms(engine.render(RATE * 3 // 2)[:, 0], 4800)
    assert np.all(np.diff(level[:10]) > 0)
    assert level[4] == pytest.approx(level[-1] * 0.45, rel=0.1)
    assert level[11] == pytest.approx(level[-1], rel=0.01)


def test_the_first_settings_are_never_exceeded_on_the_way_to_them(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(tone()), volume_db=-40.0))
    assert np.abs(engine.render(RATE // 2)).max() == pytest.approx(db_to_gain(-52.0), rel=0.01)


def test_a_muted_start_is_silent(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(tone()), muted=True))
    assert not engine.render(RATE // 2).any()


def test_levels_are_those_of_a_known_sound() -> None:
    levels = LevelMeter()
    sine = (0.5 * np.sin(np.arange(4800) * 2 * np.pi / 48)).astype(np.float32)
    levels.add(np.stack([sine, sine], axis=1))
    taken = levels.take()
    assert taken.rms_db == pytest.approx(-9.03, abs=0.05)
    assert taken.peak_db == pytest.approx(-6.02, abs=0.05)
    assert taken.true_peak_db == pytest.approx(-6.02, abs=0.3)
    assert levels.take()[:3] == (-120.0, -120.0, -120.0)


def test_each_channel_has_levels_of_its_own() -> None:
    levels = LevelMeter(4)
    sine = (0.5 * np.sin(np.arange(4800) * 2 * np.pi / 48)).astype(np.float32)
    levels.add(np.stack([sine, 0.1 * sine, 0 * sine, -sine], axis=1))
    taken = levels.take()
    assert taken.channel_rms_db == pytest.approx((-9.03, -29.03, -120.0, -9.03), abs=0.05)
    assert taken.channel_peak_db == pytest.approx((-6.02, -26.02, -120.0, -6.02), abs=0.05)


def test_the_signal_monitor_accepts_a_short_loud_sound_and_reports_a_long_one() -> None:
    signal_monitor = SignalMonitor(RATE)
    tenth = np.full((RATE // 10, 2), 20.0, np.float32)
    for _ in range(round(RUNAWAY_S * 10) - 1):
        assert signal_monitor.check(tenth) == ""
    assert signal_monitor.check(tenth * 0.1) == ""
    reports = [signal_monitor.check(tenth) for _ in range(round(RUNAWAY_S * 10))]
    assert "run away" in reports[-1]
    assert "not numbers" in signal_monitor.check(np.array([[0.0, np.nan]], np.float32))
