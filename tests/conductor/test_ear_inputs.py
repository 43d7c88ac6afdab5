"""What the microphone hears, as features: from a reading of the engine to the values that the mapping gets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import zmq

from gesturesynth.conductor.ear_inputs import NO_EAR, SILENT_S, STARTING_S, EarInputs
from gesturesynth.conductor.ear_values import FADING_S, EarValues
from gesturesynth.runtime.ear_reading import BANDS, EAR, NAMES, EarReading
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.pubsub import OnDemandPublisher
from tests.support.waiting import wait_for

SETUPS = (InputSetup(EAR, "", len(NAMES)),)


def reading(time_s: float, **changes: float) -> EarReading:
    heard = {"level_db": -30.0, "pitch_hz": 440.0, "brightness_hz": 1264.9, "onsets": 3} | changes
    return EarReading(
        time_s,
        heard["level_db"],
        heard["pitch_hz"],
        heard["brightness_hz"],
        int(heard["onsets"]),
        tuple(-60.0 + 10.0 * band for band in range(BANDS)),
    )


def test_values_lie_between_0_and_1() -> None:
    values = EarValues().of(reading(0.0), 0.0)
    assert values[:4] == pytest.approx((0.5, 0.6, 0.0, 0.5), abs=1e-4), "A4 is three octaves above A1, of five"
    assert values[4:] == pytest.approx([0.0, 1 / 6, 2 / 6, 0.5, 4 / 6, 5 / 6, 1.0, 1.0])


def test_without_a_tone_pitch_is_unseen_and_silence_has_no_brightness() -> None:
    loudness, pitch, _, brightness, *_ = EarValues().of(reading(0.0, level_db=-90, pitch_hz=0, brightness_hz=0), 0.0)
    assert loudness == 0.0
    assert math.isnan(pitch)
    assert math.isnan(brightness)


def test_an_onset_fades_and_neither_the_first_count_nor_a_new_engine_is_one() -> None:
    values = EarValues()
    assert values.of(reading(1.0), 1.0)[2] == 0.0
    assert values.of(reading(2.0, onsets=4), 2.0)[2] == 1.0
    assert values.of(reading(2.0, onsets=4), 2.0 + FADING_S)[2] == pytest.approx(1 / math.e)
    assert values.of(reading(9.0, onsets=0), 9.0)[2] == pytest.approx(0.0, abs=1e-9)
    assert values.of(reading(10.0, onsets=1), 10.0)[2] == 1.0


@pytest.fixture
def context(own_folders: Path) -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    assert own_folders.is_dir()
    with zmq.Context() as made:
        yield made


def test_the_microphone_is_asked_for_while_a_preset_listens_and_joins_poses(
    context: zmq.Context[zmq.Socket[bytes]],
) -> None:
    with closing(OnDemandPublisher(context, EarReading)) as engine, closing(EarInputs(None, context)) as inputs:
        assert not engine.wanted
        inputs.follow(SETUPS, 0.0)
        wait_for(lambda: engine.wanted, "the subscription")
        pose = Pose(5.0, 1, 640, 480, ())
        inputs.join(pose, 0.9 * STARTING_S)
        assert not inputs.notes, "the engine may still be starting"
        assert inputs.join(pose, 5.0) == pose
        assert list(inputs.notes) == [NO_EAR]

        def joined() -> Pose | None:
            engine.send(reading(5.0))
            return inputs.join(pose, 5.0)

        wait_for(lambda: EAR in (joined() or pose).inputs, "the values in a pose")
        assert not inputs.notes
        assert len((joined() or pose).inputs[EAR]) == len(NAMES)
        # Without a camera each reading is a frame of its own.
        frames: list[Pose] = []

        def alone() -> bool:
            engine.send(reading(8.0))
            frames.extend(frame for frame in [inputs.join(None, 8.0)] if frame)
            return bool(frames)

        wait_for(alone, "a frame without a body")
        assert not frames[0].bodies
        assert frames[0].capture_time_s == 8.0
        later = Pose(9.0, 2, 640, 480, ())
        assert inputs.join(later, 8.1 + SILENT_S) == later, "the engine has gone"
        inputs.follow((), 9.0)
        wait_for(lambda: not engine.wanted, "the end of the subscription")
        assert not inputs.notes
        inputs.follow(SETUPS, 10.0)
        wait_for(lambda: engine.wanted, "another subscription")

        def joined_again() -> Pose | None:
            engine.send(reading(10.0, onsets=4))
            return inputs.join(pose, 10.0)

        wait_for(lambda: EAR in (joined_again() or pose).inputs, "the values of another preset")
        heard = (joined_again() or pose).inputs[EAR]
        assert heard[NAMES.index("onset")] == 0.0, "what began while no preset listened"
