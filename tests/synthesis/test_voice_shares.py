"""Voices of several persons: one graph for all, together as loud as one, and what has no person is not computed."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Scene, Sound
from gesturesynth.runtime.voice_names import name_in_voice, voice_of
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import bends, rms
from tests.support.stub_instruments import KINDS, scene, settle, sound, tone

RATE = 48000
WINDOW = 4800
PITCHES = (300.0, 500.0, 730.0)


def choir(voices: int) -> Scene:
    """A tone for each voice, of another pitch each."""
    names = [name_in_voice("tone", voice) for voice in range(1, voices + 1)]
    tones = (tone(name, -20.0, pitch=pitch) for name, pitch in zip(names, PITCHES, strict=False))
    triggers = tuple(f"{name}.hit" for name in names)
    return msgspec.structs.replace(scene(*tones, triggers=triggers), voices=voices)


def heard(of: Scene, *shares: float, hits: tuple[int, ...] = (0, 0, 0)) -> Sound:
    return msgspec.structs.replace(sound(of), voices=shares, trigger_counts=hits[: of.voices])


def amplitude(samples: NDArray[np.float32], hz: float) -> float:
    """Amplitude of one tone over tenths of a second; exact for multiples of 10 Hz."""
    whole = samples[: len(samples) // WINDOW * WINDOW]
    return float(np.abs(whole @ np.exp(-2j * np.pi * hz * np.arange(len(whole)) / RATE)) * 2 / len(whole))


def playing(engine: OfflineEngine) -> int:
    """How many pyo streams are computed."""
    return sum(stream.isPlaying() for stream in engine._server.getStreams())


def after(engine: OfflineEngine, message: Sound, frames: int = 2 * WINDOW) -> NDArray[np.float32]:
    """What is heard once the shares of a message have been reached."""
    engine.apply(message)
    engine.render(WINDOW)
    return np.asarray(engine.render(frames)[:, 0])


def test_a_name_says_its_voice() -> None:
    assert [name_in_voice("drum.hit", voice) for voice in (1, 2, 6)] == ["drum.hit", "drum@2.hit", "drum@6.hit"]
    assert [voice_of(name) for name in ("drum", "drum.hit", "drum@2", "drum@12.hit", "drum@")] == [1, 1, 2, 12, 1]


def test_voices_together_are_as_loud_as_one(engine: OfflineEngine) -> None:
    three = choir(3)
    engine.apply(heard(three, 1.0, 0.0, 0.0))
    engine.render(RATE)
    alone = after(engine, heard(three, 1.0, 0.0, 0.0))
    loud = amplitude(alone, 300.0)
    for voices in (2, 3):
        together = after(engine, heard(three, *([1.0] * voices + [0.0] * (3 - voices))))
        for hz in PITCHES[:voices]:
            assert amplitude(together, hz) == pytest.approx(loud / np.sqrt(voices), rel=0.01)
        assert rms(together, len(together))[0] == pytest.approx(rms(alone, len(alone))[0], rel=0.01)
        assert all(amplitude(together, hz) < 1e-5 for hz in PITCHES[voices:])


def test_one_voice_of_three_sounds_as_one_without_others() -> None:
    """The very samples: one person in a piece for three hears what one in a piece for one hears."""
    sounds = []
    for message in (sound(choir(1)), heard(choir(3), 1.0, 0.0, 0.0)):
        with OfflineEngine(kinds=KINDS) as engine:
            engine.apply(message)
            sounds.append(engine.render(RATE))
    np.testing.assert_array_equal(sounds[0], sounds[1])


def test_a_person_who_arrives_or_leaves_is_a_crossfade_at_equal_power(engine: OfflineEngine) -> None:
    two = choir(2)
    engine.apply(heard(two, 1.0, 0.0))
    settle(engine)
    steady = engine.render(RATE // 2)[:, 0]
    blocks = []
    for tick in range(120):  # shares as a conductor sends them, 60 a second: one comes, one goes
        at = tick / 119
        engine.apply(heard(two, 1.0 - max(0.0, 2 * at - 1), min(1.0, 2 * at)))
        blocks.append(engine.render(800)[:, 0])
    whole = np.concatenate(blocks)
    levels = rms(whole, WINDOW)
    assert levels.min() > 0.98 * rms(steady, WINDOW).mean()
    assert levels.max() < 1.02 * rms(steady, WINDOW).mean()
    assert bends(whole).max() < 1.3 * bends(after(engine, heard(two, 0.0, 1.0))).max(), "no click"


def test_a_voice_without_a_person_costs_nothing_and_strikes_nothing(engine: OfflineEngine) -> None:
    three = choir(3)
    engine.apply(heard(three, 1.0, 1.0, 1.0))
    settle(engine)
    full = playing(engine)
    after(engine, heard(three, 1.0, 0.0, 0.0))
    one = playing(engine)
    assert one < full
    after(engine, heard(three, 1.0, 0.0, 0.0, hits=(0, 1, 1)))
    assert playing(engine) == one, "a trigger of a voice without a person does nothing"
    assert np.abs(after(engine, heard(three, 1.0, 1.0, 0.0, hits=(0, 1, 1)))).max() > 0
    assert playing(engine) > one
    again = after(engine, heard(three, 1.0, 1.0, 1.0, hits=(0, 1, 1)))
    assert playing(engine) == full
    assert all(amplitude(again, hz) > 0.05 for hz in PITCHES)
    assert engine._require_open()._mixer.racks_built == 1, "nothing was built"


def test_a_trigger_strikes_the_voice_that_it_belongs_to(engine: OfflineEngine) -> None:
    two = choir(2)
    settled = after(engine, heard(two, 1.0, 1.0))
    engine.apply(heard(two, 1.0, 1.0, hits=(0, 1, 0)))
    struck = engine.render(WINDOW)[:, 0]
    assert amplitude(struck, 500.0) > 1.2 * amplitude(settled, 500.0)
    assert amplitude(struck, 300.0) == pytest.approx(amplitude(settled, 300.0), rel=0.05)


def test_shares_that_are_no_shares_are_silence_or_stay(engine: OfflineEngine) -> None:
    two = choir(2)
    after(engine, heard(two, 1.0, 1.0))
    assert amplitude(after(engine, heard(two, 1.0, float("nan"))), 500.0) < 1e-5
    assert amplitude(after(engine, heard(two, 7.0, -3.0)), 300.0) == pytest.approx(0.1, rel=0.05)
    assert amplitude(after(engine, heard(two)), 500.0) < 1e-5, "a message without shares changes nothing"
    assert np.isfinite(after(engine, heard(two, 1.0, 1.0, 1.0, 1.0))).all()


def test_scenes_and_voices_together(engine: OfflineEngine) -> None:
    """An instrument is heard where its scene plays it and its voice has a person."""
    two = choir(2)
    without = msgspec.structs.replace(two, name="a", silent=("tone", "tone@2"))
    both = msgspec.structs.replace(two, name="b")
    assert rms(after(engine, heard(without, 1.0, 1.0)), WINDOW).max() < 1e-5
    engine.apply(heard(both, 0.0, 1.0))
    alone = after(engine, heard(both, 0.0, 1.0), 4 * WINDOW)
    assert amplitude(alone[-WINDOW:], 500.0) > 0.05
    assert amplitude(alone[-WINDOW:], 300.0) < 1e-5
