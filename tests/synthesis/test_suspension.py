"""Instruments that are silent are not computed, and go on without a click."""

from __future__ import annotations

import numpy as np
import pytest

from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.instruments import catalogue
from gesturesynth.synthesis.instruments.loading import load_instruments
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.suspension import SILENT_S
from tests.support.audio_analysis import bends, rms
from tests.support.own_instruments import HUM, put
from tests.support.stub_instruments import KINDS, scene, settle, sound

RATE = 48000
KINDS_OF_ALL = tuple(catalogue())


def playing(engine: OfflineEngine) -> int:
    """How many pyo streams are computed."""
    return sum(stream.isPlaying() for stream in engine._server.getStreams())


def test_the_drone_is_suspended_and_resumed() -> None:
    suspended_and_resumed("drone")


STEADY = {"sea": {"swell": 0.0}}
"""What makes an instrument equally loud at any time: waves go on where they were suspended."""


@pytest.mark.slow("minutes of sound")
@pytest.mark.parametrize("kind", KINDS_OF_ALL)
def test_every_instrument_is_suspended_and_resumed(kind: str) -> None:
    suspended_and_resumed(kind)


def suspended_and_resumed(kind: str) -> None:
    of = scene(InstrumentSetup(kind, kind, STEADY.get(kind, {})), moved={f"{kind}.level": 0.1})

    def woken(level_db: float) -> tuple[np.ndarray, int, int]:
        """Silent for a long time, at this level, then loud: the sound, and the streams that were computed before."""
        with OfflineEngine() as engine:
            engine.apply(sound(of, -6.0, volume_db=0.0))
            engine.render(RATE)
            full = playing(engine)
            engine.apply(sound(of, level_db, volume_db=0.0))
            engine.render(round((SILENT_S + 8.0) * RATE))
            idle = playing(engine)
            engine.apply(sound(of, -6.0, volume_db=0.0))
            awake = engine.render(RATE * 2)
            assert playing(engine) == full
            return awake, full, idle

    with OfflineEngine() as engine:
        engine.apply(sound(scene(), volume_db=0.0))
        bare = playing(engine)
    heard, full, idle = woken(-80.0)
    always, _, computed = woken(-79.9)
    assert computed == full, "a level above silence is computed"
    assert idle - bare < 0.2 * (full - bare), "what is left is the rack's own"
    if kind in ("percussion", "pluck"):
        return  # they wait for strokes
    steady = max(bends(always).max(), bends(heard[RATE:]).max())
    assert bends(heard[: RATE // 4]).max() <= steady * 1.2
    assert rms(heard[RATE // 2 :, 0], 4800).mean() == pytest.approx(rms(always[RATE // 2 :, 0], 4800).mean(), rel=0.5)


def test_a_tail_is_played_to_its_end_and_a_click_is_no_reason_to_suspend() -> None:
    of = scene(InstrumentSetup("theremin", "theremin"), moved={"theremin.level": 0.1})
    with OfflineEngine() as engine:
        engine.apply(sound(of, 0.0, volume_db=0.0))
        engine.render(RATE)
        engine.apply(sound(of, -80.0, volume_db=0.0))
        tail = engine.render(RATE * 6)
    levels = 20 * np.log10(rms(tail[:, 0], 2400) + 1e-12)
    assert np.diff(levels[3:]).max() < 6.0
    steps_down = np.flatnonzero(np.diff(levels) < -40.0)
    assert all(levels[at] < -90.0 for at in steps_down), "where it stops, nothing could be heard any more"


def test_a_drum_that_is_struck_sounds_after_it_was_suspended_and_not_by_waking() -> None:
    of = scene(
        InstrumentSetup("percussion", "percussion"), moved={"percussion.level": 0.02}, triggers=("percussion.kick",)
    )
    with OfflineEngine() as engine:
        engine.apply(sound(of, -6.0, trigger_counts=(0,), volume_db=0.0))
        engine.apply(sound(of, -6.0, trigger_counts=(1,), volume_db=0.0))
        engine.render(RATE)
        engine.apply(sound(of, -80.0, trigger_counts=(1,), volume_db=0.0))
        engine.render(RATE * 8)
        engine.apply(sound(of, -80.0, trigger_counts=(2,), volume_db=0.0))
        engine.render(RATE // 4)
        engine.apply(sound(of, -6.0, trigger_counts=(2,), volume_db=0.0))
        assert np.abs(engine.render(RATE)).max() < 1e-3, "what was struck while it was silent is not heard later"
        engine.apply(sound(of, -6.0, trigger_counts=(3,), volume_db=0.0))
        assert np.abs(engine.render(RATE)).max() > 0.1


@pytest.mark.parametrize("fault", ["not a number", "far too loud"])
def test_an_own_instrument_that_breaks_is_silent_and_the_others_play_on(fault: str) -> None:
    what = "3e38 * 1e9 * [1, -1]" if fault == "not a number" else "1e6"
    broken = f'graph.Compare(control["pitch"], 200.0, ">") * {what} + graph'
    put(HUM.replace("return graph", f"return {broken}"))
    kinds = load_instruments().kinds | KINDS
    of = scene(InstrumentSetup("hum", "hum"), InstrumentSetup("tone", "tone"), moved={"hum.pitch": 0.01})
    with OfflineEngine(kinds=kinds) as engine:
        engine.apply(sound(of, 100.0))
        settle(engine)
        assert engine.notes == ()
        engine.apply(sound(of, 240.0))
        after = engine.render(RATE)[RATE // 2 :]
        assert "instrument 'hum' gave samples that are no sound" in "; ".join(engine.notes)
        assert np.isfinite(after).all()
        assert rms(after[:, 0], 4800).min() > 0.01, "the tone plays"
        engine.apply(sound(of, 100.0))
        engine.render(RATE)
        assert engine.notes, "it stays silent until the scene changes"
