"""Layers: gain, place between left and right, and buses that several instruments share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gesturesynth.runtime.messages import InstrumentSetup, Scene
from gesturesynth.synthesis.offline import OfflineEngine
from tests.support.audio_analysis import pitch_hz, steps
from tests.support.stub_instruments import scene, settle, sound, tone

RATE = 48000
HALL = InstrumentSetup("hall", "reverb")


def heard(engine: OfflineEngine, of: Scene, *values: float, frames: int = RATE // 4) -> NDArray[np.float32]:
    engine.apply(sound(of, *values))
    settle(engine)
    return engine.render(frames)


def streams(engine: OfflineEngine) -> int:
    return sum(stream.isPlaying() for stream in engine._server.getStreams())


def test_gain_is_in_decibels(engine: OfflineEngine) -> None:
    plain = heard(engine, scene(tone(level=-20.0)))
    softer = heard(engine, scene(tone(level=-20.0, gain=-6.0)))
    assert np.abs(softer).max() / np.abs(plain).max() == pytest.approx(10 ** (-6 / 20), rel=0.01)


def test_a_layer_goes_from_left_to_right_at_equal_power_and_the_middle_changes_nothing(engine: OfflineEngine) -> None:
    plain = heard(engine, scene(tone(level=-20.0)))
    power = float(np.square(plain.std(axis=0)).sum())
    of = scene(tone(level=-20.0), moved={"tone.pan": 0.05})
    for place in np.linspace(-1.0, 1.0, 9):
        left, right = heard(engine, of, float(place)).std(axis=0)
        assert left**2 + right**2 == pytest.approx(power, rel=0.01)
        assert math.atan2(right, left) == pytest.approx((place + 1) * math.pi / 4, abs=0.01)


def test_a_place_that_moves_does_not_click(engine: OfflineEngine) -> None:
    of = scene(tone(level=-20.0), moved={"tone.pan": 0.1})
    steady = steps(heard(engine, of, -1.0)).max()
    engine.apply(sound(of, 1.0))
    assert steps(engine.render(RATE // 2)).max() < 1.1 * steady


def test_what_is_sent_to_a_bus_comes_back_and_what_is_not_does_not(engine: OfflineEngine) -> None:
    def ringing(send_db: float) -> float:
        """What is left of a stroke after half a second."""
        of = scene(tone(send_hall=send_db), moved={"tone.level": 0.005}, buses=(HALL,))
        engine.apply(sound(of, -80.0))
        engine.render(8 * RATE)  # what was in the hall has gone
        heard(engine, of, -20.0)
        engine.apply(sound(of, -80.0))
        engine.render(RATE // 2)
        return float(np.abs(engine.render(RATE // 4)).max())

    assert ringing(send_db=0.0) > 1e-3
    assert ringing(send_db=-80.0) < 1.1e-4, "the tone itself, at -80 dB"


def test_one_bus_serves_all_layers_and_one_to_which_nothing_goes_costs_nothing(engine: OfflineEngine) -> None:
    def cost(*instruments: InstrumentSetup, **more: Any) -> int:
        heard(engine, scene(*instruments, **more), frames=RATE)
        engine.render(RATE)
        return streams(engine)

    alone = cost(tone("a"))
    assert cost(tone("a"), buses=(HALL,)) <= alone + 3, "its parameters"
    one = cost(tone("a", send_hall=-6.0), buses=(HALL,)) - alone
    plain = cost(tone("a"), tone("b"), tone("c")) - alone
    three = cost(*(tone(name, send_hall=-6.0) for name in "abc"), buses=(HALL,)) - alone
    assert three - plain < 2 * one


def test_parameters_of_a_bus_move_and_stay_as_those_of_an_instrument(engine: OfflineEngine) -> None:
    echo = InstrumentSetup("echo", "delay", {"feedback": 0.0, "level": -80.0})
    of = scene(tone(level=-20.0, pitch=440.0, send_echo=0.0), moved={"echo.level": 0.05}, buses=(echo,))
    dry = heard(engine, of, -80.0, frames=RATE).std()
    wet = heard(engine, of, 0.0, frames=RATE).std()
    assert abs(wet / dry - 1.0) > 0.05, "an echo of a tone adds to it or takes away, as its phase is"
    assert engine.notes == ()


def test_what_does_not_exist_is_noted_and_the_rest_plays(engine: OfflineEngine) -> None:
    of = scene(
        tone(send_cave=-6.0, pitch=700.0),
        buses=(InstrumentSetup("cave", "echo chamber"), HALL, InstrumentSetup("hall", "delay")),
        moved={"cave.level": 0.1},
    )
    samples = heard(engine, of, 0.0)
    assert pitch_hz(samples[:, 0], RATE) == pytest.approx(700.0, abs=2)
    notes = " ".join(engine.notes)
    for part in ("'echo chamber'", "two buses called 'hall'", "tone.send_cave", "cave.level"):
        assert part in notes


def test_an_instrument_that_has_a_parameter_of_that_name_keeps_it(engine: OfflineEngine) -> None:
    loud = InstrumentSetup("shout", "shout", {"gain": 0.05})
    assert np.abs(heard(engine, scene(loud))).max() == pytest.approx(0.05, rel=0.02)


def test_an_instrument_that_is_not_a_number_does_not_get_into_the_bus(engine: OfflineEngine) -> None:
    ill = InstrumentSetup("ill", "ill", {"send_hall": 0.0})
    of = scene(ill, tone(level=-20.0, send_hall=-12.0), moved={"ill.state": 0.005}, buses=(HALL,))
    heard(engine, of, 0.0)
    player = engine._require_open()
    engine.apply(sound(of, 2.0))
    for _ in range(40):
        engine._server.process()
    master, raw = player.collect()
    assert not np.isfinite(raw).all()
    assert np.isfinite(master).all()
    assert player.broken() == ("ill",)
