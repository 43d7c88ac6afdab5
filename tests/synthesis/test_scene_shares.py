"""Scenes of one preset: one graph for all, crossed over at equal power; what is not played is not computed."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import bends, rms, steps
from tests.support.stub_instruments import scene, settle, sound, tone

RATE = 48000
WINDOW = 4800
BED, LOW, HIGH = 300.0, 500.0, 730.0


def of(name: str, *silent: str, fade_s: float = 0.0, bed: float = -30.0) -> Scene:
    """One of two scenes: a bed that both have, and a tone of its own each."""
    instruments = (
        tone("bed", bed, pitch=BED),
        tone("low", -20.0, pitch=LOW),
        tone("high", -20.0, pitch=HIGH),
    )
    return msgspec.structs.replace(scene(*instruments), name=name, silent=silent, scene_crossfade_s=fade_s)


DRONE, GRAINS = of("drone", "high"), of("grains", "low")


def amplitudes(samples: NDArray[np.float32], hz: float) -> NDArray[np.float64]:
    """Amplitude of one tone in windows of a tenth of a second; exact for multiples of 10 Hz."""
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    turn = np.exp(-2j * np.pi * hz * np.arange(WINDOW) / RATE)
    return np.asarray(np.abs(windows @ turn) * 2 / WINDOW, dtype=np.float64)


def playing(engine: OfflineEngine) -> int:
    """How many pyo streams are computed."""
    return sum(stream.isPlaying() for stream in engine._server.getStreams())


def test_a_scene_crosses_over_to_another_while_what_both_play_goes_on(engine: OfflineEngine) -> None:
    engine.apply(sound(DRONE))
    settle(engine)
    before = engine.render(RATE // 2)[:, 0]
    assert amplitudes(before, HIGH).max() < 1e-5, "what the scene does not play is not heard"
    engine.apply(sound(msgspec.structs.replace(GRAINS, scene_crossfade_s=2.0)))
    during = engine.render(2 * RATE + WINDOW)[:, 0]
    full = amplitudes(before, LOW).mean()
    np.testing.assert_allclose(
        amplitudes(during, HIGH)[[0, 4, 9, 14, 20]] / full,
        np.sin(np.pi / 2 * np.array([0.05, 0.45, 0.95, 1.45, 2]) / 2),
        atol=0.02,
    )
    assert amplitudes(during, LOW)[20] < 1e-4 * full
    bed = np.concatenate([amplitudes(before, BED), amplitudes(during, BED)])
    assert bed.min() == pytest.approx(bed.max(), rel=0.005), "the bed goes on without a fade"
    assert rms(during, WINDOW).min() == pytest.approx(rms(during, WINDOW).max(), rel=0.02)
    assert bends(during).max() < 1.05 * np.hypot(bends(before).max(), bends(during[-WINDOW:]).max()), "no click"
    assert engine._require_open()._mixer.racks_built == 1


def test_what_a_scene_does_not_play_costs_nothing(engine: OfflineEngine) -> None:
    engine.apply(sound(of("all")))
    settle(engine)
    full = playing(engine)
    engine.apply(sound(DRONE))
    engine.render(RATE)
    some = playing(engine)
    assert some < full
    engine.apply(sound(GRAINS))
    engine.render(2400)
    assert playing(engine) == full, "both, while they cross over"
    engine.render(RATE)
    assert playing(engine) == some


def test_a_silent_instrument_stays_suspended_whatever_moves_it(engine: OfflineEngine) -> None:
    moved = scene(tone("low"), tone("high"), moved={"high.pitch": 0.05})
    engine.apply(sound(msgspec.structs.replace(moved, name="drone", silent=("high",)), 500.0))
    engine.render(RATE)
    some = playing(engine)
    engine.apply(sound(msgspec.structs.replace(moved, name="drone", silent=("high",)), 600.0))
    engine.render(RATE)
    assert playing(engine) == some


def test_what_fades_out_keeps_its_values(engine: OfflineEngine) -> None:
    """A scene fixes the pitch of an instrument, and is left for one that does not play it."""
    engine.apply(sound(msgspec.structs.replace(scene(tone("low", -20.0, pitch=500.0), tone("high")), name="a")))
    settle(engine)
    other = scene(tone("low", -60.0, pitch=800.0), tone("high"))
    engine.apply(sound(msgspec.structs.replace(other, name="b", silent=("low",), scene_crossfade_s=2.0)))
    during = engine.render(2 * RATE)[:, 0]
    assert amplitudes(during, 500.0)[9] == pytest.approx(0.1 * np.cos(np.pi / 4 * 0.95), rel=0.05)
    assert amplitudes(during, 800.0).max() < 0.01


def test_two_hundred_changes_at_any_moment_make_no_step(engine: OfflineEngine) -> None:
    """Some come while the former is still on its way; the steepest step is that of both tones and the bed together."""
    engine.apply(sound(DRONE))
    settle(engine)
    random = np.random.default_rng(3)
    parts = []
    for number in range(200):
        fade_s = float(random.choice([0.0, 0.3, 1.0]))
        of_this = (GRAINS, DRONE)[number % 2]
        engine.apply(sound(msgspec.structs.replace(of_this, scene_crossfade_s=fade_s)))
        parts.append(engine.render(int(random.integers(1, 12_000)))[:, 0])
    samples = np.concatenate(parts)
    greatest = sum(10 ** (db / 20) * 2 * np.pi * hz / RATE for db, hz in ((-30, BED), (-20, LOW), (-20, HIGH)))
    assert steps(samples).max() < greatest
    assert engine._require_open()._mixer.racks_built == 1


def test_another_set_of_scenes_is_another_graph(engine: OfflineEngine) -> None:
    engine.apply(sound(DRONE))
    settle(engine)
    other = scene(*DRONE.instruments, InstrumentSetup("more", "tone", {"level": -20.0}))
    engine.apply(sound(msgspec.structs.replace(other, name="drone", silent=("high",))))
    engine.render(RATE)
    assert engine._require_open()._mixer.racks_built == 2
