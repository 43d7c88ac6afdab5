"""Racks and the scene mixer: parameters glide to the instruments, and scenes change while the sound goes on."""

from __future__ import annotations

import gc
import math

import numpy as np
import pytest

from gesturesynth.runtime.messages import InstrumentSetup
from gesturesynth.synthesis.offline import OfflineEngine
from gesturesynth.synthesis.player import TriggerCounter
from tests.support.audio_analysis import bends, pitch_hz, rms, steps
from tests.support.stub_instruments import scene, settle, sound, tone

RATE = 48000
ONE = scene(tone(), moved={"tone.pitch": 0.05})


def racks_built(engine: OfflineEngine) -> int:
    return engine._require_open()._mixer.racks_built


def streams(engine: OfflineEngine) -> int:
    """How many pyo streams are computed."""
    return sum(stream.isPlaying() for stream in engine._server.getStreams())


def test_a_scene_starts_at_its_values_without_sweeping_there(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(tone(), moved={"tone.pitch": 5.0}), 1000.0))
    samples = engine.render(RATE // 2)
    assert pitch_hz(samples[2000:8000, 0], RATE) == pytest.approx(1000.0, abs=2)
    assert pitch_hz(samples[-8000:, 0], RATE) == pytest.approx(1000.0, abs=2)


def test_a_value_glides_in_its_own_time(engine: OfflineEngine) -> None:
    both = scene(tone("a", -20), tone("b", -20), moved={"a.pitch": 0.05, "b.pitch": 1.0})
    engine.apply(sound(both, 400.0, 2000.0))
    settle(engine)
    engine.apply(sound(both, 800.0, 4000.0))
    samples = engine.render(RATE * 2)[:, 0]
    after_200_ms = np.abs(np.fft.rfft(samples[9600:12000] * np.hanning(2400)))
    strongest = {20 * int(top) for top in np.argsort(after_200_ms)[-2:]}
    assert any(abs(hz - 800) <= 20 for hz in strongest), "the fast one has arrived"
    assert any(2300 < hz < 2700 for hz in strongest), "the slow one is on its way"
    settled = np.abs(np.fft.rfft(samples[-4800:] * np.hanning(4800)))
    assert int(np.argmax(settled[300:])) + 300 == 400, "now it has arrived as well"


def test_a_value_never_steps_even_with_a_glide_of_zero(engine: OfflineEngine) -> None:
    of = scene(tone(pitch=500.0), moved={"tone.level": 0.0})
    engine.apply(sound(of, -60.0))
    settle(engine)
    engine.apply(sound(of, -6.0))
    samples = engine.render(RATE // 2)[:, 0]
    assert steps(samples).max() <= steps(samples[-4800:]).max() * 1.05


@pytest.mark.parametrize(
    ("value", "expected_hz"), [(9000.0, 5000.0), (-5.0, 20.0), (math.inf, 440.0), (math.nan, 440.0)]
)
def test_values_stay_in_range_and_nonsense_is_ignored(engine: OfflineEngine, value: float, expected_hz: float) -> None:
    engine.apply(sound(ONE, value))
    settle(engine)
    assert pitch_hz(engine.render(RATE)[:, 0], RATE) == pytest.approx(expected_hz, abs=1)


def test_what_this_version_does_not_have_is_noted_and_the_rest_plays(engine: OfflineEngine) -> None:
    of = scene(
        tone(colour=1.0),
        InstrumentSetup("organ", "organ"),
        InstrumentSetup("tone", "shout"),
        InstrumentSetup("late", "unbuildable"),
        moved={"tone.pitch": 0.05, "tone.shape": 0.05, "organ.stop": 0.05},
    )
    engine.apply(sound(of, 700.0, 1.0, 1.0))
    settle(engine)
    assert pitch_hz(engine.render(RATE // 4)[:, 0], RATE) == pytest.approx(700.0, abs=2)
    notes = " ".join(engine.notes)
    for part in ("'organ'", "tone.colour", "tone.shape", "two instruments called 'tone'", "its sound file is missing"):
        assert part in notes
    engine.apply(sound(of, 700.0, 1.0, 1.0))
    engine.apply(sound(ONE, 700.0))
    assert engine.notes == ()


def test_an_empty_scene_is_silence_and_fewer_values_than_parameters_do_no_harm(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(), 1.0, 2.0))
    assert np.abs(engine.render(RATE // 4)).max() < 1e-9
    engine.apply(sound(ONE))
    settle(engine)
    assert pitch_hz(engine.render(RATE // 4)[:, 0], RATE) == pytest.approx(440.0, abs=2)


def test_nothing_is_built_for_what_can_glide(engine: OfflineEngine) -> None:
    engine.apply(sound(scene(tone(pitch=600.0), moved={"tone.level": 0.05}), -12.0))
    settle(engine)
    steady = steps(engine.render(RATE // 4)[:, 0]).max()
    engine.apply(sound(scene(tone(pitch=500.0), moved={"tone.level": 0.2}, ceiling_db=-1.0), -12.0))
    engine.apply(sound(scene(tone(), moved={"tone.pitch": 0.1}, ceiling_db=-1.0), 650.0))
    samples = engine.render(RATE // 2)[:, 0]
    assert racks_built(engine) == 1
    assert pitch_hz(samples[-9600:], RATE) == pytest.approx(650.0, abs=1)
    assert steps(samples).max() < steady * 1.15


def test_instruments_come_and_go_without_gap_or_click(engine: OfflineEngine) -> None:
    engine.apply(sound(ONE, 500.0))
    settle(engine)
    before = engine.render(RATE // 2)[:, 0]
    two = scene(tone("one", -12.0, pitch=500.0), tone("two", -18.0, pitch=750.0))
    engine.apply(sound(two))
    during = engine.render(RATE // 2)[:, 0]
    after = engine.render(RATE // 2)[:, 0]
    assert racks_built(engine) == 2
    level = rms(before, 960).mean()
    assert rms(during, 960).min() > level * 0.5, "no silent stretch"
    assert steps(during).max() < max(steps(before).max(), steps(after).max()) * 1.2, "no click"
    assert bends(during).max() < max(bends(before).max(), bends(after).max()) * 1.2, "no small click"
    assert pitch_hz(after, RATE) == pytest.approx(500.0, abs=1)


def test_scenes_that_change_faster_than_they_fade_neither_click_nor_pile_up(engine: OfflineEngine) -> None:
    engine.apply(sound(ONE, 500.0))
    settle(engine)
    alone = streams(engine)
    steady = steps(engine.render(RATE // 4)[:, 0]).max()
    parts = []
    for number in range(12):
        engine.apply(sound(scene(tone(f"t{number}", -12.0, pitch=500.0))))
        parts.append(engine.render(1200)[:, 0])
    parts.append(engine.render(RATE // 2)[:, 0])
    assert steps(np.concatenate(parts)).max() < steady * 2.1, "two tones in phase at most"
    assert streams(engine) == alone, "the old racks are gone"


def test_a_new_rack_is_heard_in_the_same_buffer_as_the_first(engine: OfflineEngine) -> None:
    # pyo computes objects in the order of their making; made after the mixer, they would come a buffer late.
    engine.apply(sound(scene(tone("a"))))
    settle(engine)
    mixer = engine._require_open()._mixer._anchor.getId()
    engine.apply(sound(scene(tone("b"))))
    order = [stream.getId() for stream in engine._server.getStreams()]
    assert order.index(mixer) > order.index(max(order)), "the newest stream is computed before the mixer"


def test_a_faulty_instrument_cannot_bypass_the_master_and_is_removed(engine: OfflineEngine) -> None:
    gc.disable()
    try:
        engine.apply(sound(scene(tone())))
        settle(engine)
        alone = streams(engine)
        engine.apply(sound(scene(InstrumentSetup("ring", "ring")), volume_db=-math.inf))
        settle(engine)
        assert np.abs(engine.render(RATE // 4)).max() < 1e-6
        engine.apply(sound(scene(tone()), volume_db=-math.inf))
        settle(engine)
        assert streams(engine) == alone
    finally:
        gc.enable()


def test_triggers_fire_once_for_each_rise_and_not_for_the_first_message() -> None:
    counter = TriggerCounter()
    assert counter.fired(("a.hit", "b.hit"), (5, 0)) == ()
    assert counter.fired(("a.hit", "b.hit"), (5, 0)) == ()
    assert counter.fired(("a.hit", "b.hit"), (8, 0)) == ("a.hit",)
    assert counter.fired(("a.hit", "b.hit"), (8, 1)) == ("b.hit",)


def test_trigger_counts_that_go_back_are_a_new_reference() -> None:
    counter = TriggerCounter()
    counter.fired(("a.hit", "b.hit"), (5, 7))
    assert counter.fired(("a.hit", "b.hit"), (1, 8)) == ()
    assert counter.fired(("a.hit", "b.hit"), (2, 8)) == ("a.hit",)


def test_a_new_scene_keeps_the_counts_of_triggers_that_stay() -> None:
    counter = TriggerCounter()
    counter.fired(("a.hit",), (5,))
    assert counter.fired(("b.hit", "a.hit"), (9, 6)) == ("a.hit",)
    assert counter.fired(("b.hit",), (10,)) == ("b.hit",)
    assert counter.fired(("b.hit", "a.hit"), (10,)) == ()


def test_a_trigger_is_heard(engine: OfflineEngine) -> None:
    of = scene(tone(level=-30.0), triggers=("tone.hit", "tone.nothing", "missing.hit"))
    engine.apply(sound(of, trigger_counts=(3, 3, 3)))
    settle(engine)
    quiet = np.abs(engine.render(RATE // 4)).max()
    engine.apply(sound(of, trigger_counts=(4, 4, 4)))
    assert np.abs(engine.render(RATE // 4)).max() > quiet * 2.5
    engine.apply(sound(of, trigger_counts=(4, 4, 4)))
    assert np.abs(engine.render(RATE // 4)).max() == pytest.approx(quiet, rel=0.01)
