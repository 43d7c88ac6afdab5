"""Crossfades between scenes: as long as the new scene wants, at a steady loudness, and never many at a time."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.runtime.messages import Scene
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.scene_mixer import MOST_FADING
from tests.support.audio_analysis import bends, rms, steps
from tests.support.stub_instruments import scene, settle, sound, tone

pytestmark = pytest.mark.slow("minutes of sound")

RATE = 48000
WINDOW = 4800


def piece(name: str, hz: float, crossfade_in_s: float = 0.0) -> Scene:
    """Of one tone; all have the same structure, so that only the crossfade asks for a second rack."""
    made = scene(tone("voice", -20.0, pitch=hz))
    return msgspec.structs.replace(made, preset=name, crossfade_in_s=crossfade_in_s)


def power_of(samples: NDArray[np.float32], hz: float) -> NDArray[np.float64]:
    """Amplitude of one tone in windows of a tenth of a second; exact for multiples of 10 Hz."""
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    turn = np.exp(-2j * np.pi * hz * np.arange(WINDOW) / RATE)
    return np.asarray(np.abs(windows @ turn) * 2 / WINDOW, dtype=np.float64)


def test_a_piece_takes_over_in_its_own_time_at_a_steady_loudness(engine: OfflineEngine) -> None:
    engine.apply(sound(piece("first", 500.0)))
    settle(engine)
    before = engine.render(RATE // 2)[:, 0]
    engine.apply(sound(piece("second", 730.0, crossfade_in_s=2.0)))
    during = engine.render(2 * RATE + WINDOW)[:, 0]
    loudness = rms(during, WINDOW)
    assert loudness.min() == pytest.approx(loudness.max(), rel=0.02)
    new, full = power_of(during, 730.0), power_of(before, 500.0).mean()
    np.testing.assert_allclose(
        new[[0, 4, 9, 14, 20]] / full, np.sin(np.pi / 2 * np.array([0.05, 0.45, 0.95, 1.45, 2]) / 2), atol=0.02
    )
    assert power_of(during, 500.0)[20] < 1e-4 * full
    assert bends(during).max() < 1.05 * np.hypot(bends(before).max(), bends(during[-WINDOW:]).max()), "no click"


def test_an_edit_of_the_piece_that_plays_needs_no_crossfade(engine: OfflineEngine) -> None:
    engine.apply(sound(piece("same", 500.0, crossfade_in_s=2.0)))
    settle(engine)
    engine.apply(sound(piece("same", 730.0, crossfade_in_s=3.0)))
    samples = engine.render(RATE)[:, 0]
    assert power_of(samples, 730.0)[-1] > 100 * power_of(samples, 500.0)[-1]
    assert engine._require_open()._mixer.racks_built == 1


def test_no_part_of_a_piece_that_has_gone_is_computed_when_its_tables_are_freed(engine: OfflineEngine) -> None:
    engine.apply(sound(piece("first", 220.0), 220.0))
    engine.render(4800)
    mixer = engine._require_open()._mixer
    assert mixer._playing
    streams = list(mixer._playing.streams)
    assert any(stream.isPlaying() for stream in streams)
    computed: list[int] = []
    weakref.finalize(mixer._playing.rack, lambda: computed.append(sum(stream.isPlaying() for stream in streams)))
    engine.apply(sound(piece("second", 330.0, 0.2), 330.0))
    engine.render(48000)
    assert computed == [0]


def test_a_piece_that_is_interrupted_leaves_fast_and_few_sound_at_a_time(engine: OfflineEngine) -> None:
    """Ten pieces that want 5 s each, a third of a second apart."""
    engine.apply(sound(piece("0", 500.0)))
    settle(engine)
    mixer = engine._require_open()._mixer
    parts = []
    for number in range(1, 11):
        engine.apply(sound(piece(str(number), 500.0 + 10 * number, crossfade_in_s=5.0)))
        parts.append(engine.render(RATE // 3)[:, 0])
        assert len(mixer._fading_out) <= MOST_FADING
    parts.append(engine.render(6 * RATE)[:, 0])
    samples = np.concatenate(parts)
    steady = steps(samples[-WINDOW:]).max()
    assert steps(samples).max() < 1.3 * steady, "no click"
    assert mixer._fading_out == []
    assert power_of(samples, 600.0)[-1] == pytest.approx(
        float(np.sqrt(2) * rms(samples[-WINDOW:], WINDOW)[0]), rel=0.01
    )


@pytest.fixture(scope="module")
def pieces() -> list[Preset]:
    return [loader.load(path) for path in sorted(paths.presets_dir().glob("*.yaml"))]


@pytest.fixture
def real_engine() -> Iterator[OfflineEngine]:
    with OfflineEngine() as offline:
        yield offline


def test_shipped_pieces_follow_each_other_without_gap_or_click(
    real_engine: OfflineEngine, pieces: list[Preset]
) -> None:
    """Paired: what a piece does by itself is no click, so its own greatest bends are the measure."""
    own = []
    for preset in pieces:
        real_engine.apply(sound(preset.scene(), *middle(preset)))
        real_engine.render(RATE // 2)
        own.append(bends(real_engine.render(RATE)).max())
    greatest = 0.0
    for _ in range(3):
        for preset in pieces:
            real_engine.apply(sound(preset.scene(), *middle(preset)))
            greatest = max(greatest, float(bends(real_engine.render(RATE // 4)).max()))
    assert greatest <= 1.5 * max(own)


def middle(preset: Preset) -> list[float]:
    return [float(output.value(0.5)) for output in preset.played_outputs()]
