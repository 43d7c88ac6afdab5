"""Inputs on their way into poses, over a real socket; and taught, as poses are."""

from __future__ import annotations

import math
import socket
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from gesturesynth.conductor.feature_inputs import CAMERA_GONE_S, MOST_LOOKS, FeatureInputs
from gesturesynth.conductor.loop import TICK_S
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.input_server import InputServer, InputSettings
from gesturesynth.mapping.examples.store import ExampleStore, store_path
from gesturesynth.runtime.inputs import InputSetup
from gesturesynth.runtime.messages import Pose
from tests.support.conductor_harness import ConductorHarness

KNOB = InputSetup("knob", "/knob", 1, rate_hz=10.0)
PRESET = """\
name: Knob
features: [twice, knob.1]
inputs: {knob: {address: /knob}}
computed: {twice: knob.1 * 2}
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz}
  lamp: {range: [0, 255]}
snapshots: {1: {pitch: 220, lamp: 10}, 2: {pitch: 880, lamp: 200}}
instruments: {theremin: {level: -20}}
model: ridge
"""


def send(inputs: FeatureInputs, *values: float) -> None:
    assert inputs.server
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.sendto(encode("/knob", *values), (inputs.server.host, inputs.server.port))


def camera(time_s: float) -> Pose:
    return Pose(time_s, 1, 640, 480, ())


def test_a_pose_gets_the_newest_values_and_a_camera_comes_before_messages_alone() -> None:
    inputs = FeatureInputs(InputSettings(port=0))
    assert inputs.join(camera(1.0), 1.0) == camera(1.0)
    assert inputs.socket is None
    inputs.follow([KNOB], 1.0)
    send(inputs, 0.25)
    joined = inputs.join(camera(1.0), 1.0)
    assert joined == msgspec.structs.replace(camera(1.0), inputs={"knob": (0.25,)})
    send(inputs, 0.5)
    assert inputs.join(None, 1.0 + CAMERA_GONE_S / 2) is None
    send(inputs, 0.75)
    alone = inputs.join(None, 1.0 + CAMERA_GONE_S)
    assert alone is not None
    assert alone.inputs == {"knob": (0.75,)}
    assert not alone.bodies
    assert not alone.empty
    silent = inputs.join(camera(2.0), 2.0)
    assert silent == camera(2.0)
    inputs.close()


def test_messages_alone_leave_half_of_the_time() -> None:
    inputs = FeatureInputs(InputSettings(port=0))
    inputs.follow([KNOB], 1.0)
    send(inputs, 0.25)
    assert inputs.join(None, 1.0)
    inputs.ticked(1.0, 1.01)
    send(inputs, 0.5)
    assert inputs.join(None, 1.015) is None
    assert inputs.due_s == 1.02
    last = inputs.join(None, 1.021)
    assert last is not None, "the last message is heard, though none comes after it"
    assert last.inputs == {"knob": (0.5,)}
    assert inputs.due_s == math.inf
    assert inputs.join(None, 1.1) is None
    inputs.close()


def test_messages_that_came_together_are_a_frame_each_in_the_order_of_their_times() -> None:
    inputs = FeatureInputs(InputSettings(port=0))
    inputs.follow([KNOB], 1.0)
    inputs.join(None, 1.0)
    for value in (0.1, 0.2, 0.3, 0.4):
        send(inputs, value)
    newest = inputs.join(None, 1.008)
    assert newest is not None
    poses = [*inputs.take_earlier(), newest]
    assert [round(pose.inputs["knob"][0], 3) for pose in poses] == [0.1, 0.2, 0.3, 0.4]
    assert [pose.capture_time_s for pose in poses] == pytest.approx([1.002, 1.004, 1.006, 1.008])
    assert [pose.sequence for pose in poses] == [1, 2, 3, 4]
    assert inputs.take_earlier() == []
    inputs.close()


def test_of_two_inputs_each_message_comes_with_the_newest_of_the_other() -> None:
    inputs = FeatureInputs(InputSettings(port=0))
    inputs.follow([KNOB, InputSetup("other", "/other", 1)], 1.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        for address, value in (("/knob", 0.1), ("/other", 0.5), ("/knob", 0.2)):
            assert inputs.server
            ours.sendto(encode(address, value), (inputs.server.host, inputs.server.port))
    newest = inputs.join(None, 1.0)
    assert newest is not None
    found = [{name: round(values[0], 3) for name, values in pose.inputs.items()} for pose in inputs.take_earlier()]
    assert found == [{"knob": 0.1}, {"knob": 0.1, "other": 0.5}]
    assert newest.inputs["other"] == (0.5,)
    inputs.close()


def test_a_flood_does_not_wake_the_loop_for_each_message() -> None:
    inputs = FeatureInputs(InputSettings(port=0))
    inputs.follow([KNOB], 1.0)
    inputs.join(camera(1.0), 1.0)
    for looks in range(MOST_LOOKS):
        assert inputs.socket is not None, looks
        send(inputs, 0.25)
        inputs.join(None, 1.0)
    flooded = inputs.socket
    assert flooded is None
    send(inputs, 0.5)
    joined = inputs.join(camera(1.1), 1.1)
    assert joined is not None, "what came is read at the next tick"
    assert joined.inputs == {"knob": (0.5,)}
    inputs.ticked(1.1, 1.101)
    assert inputs.socket is not None
    inputs.close()


def test_a_port_that_is_taken_is_tried_again_and_the_camera_plays_on() -> None:
    other = InputServer(InputSettings(port=0))
    inputs = FeatureInputs(InputSettings(port=other.port))
    inputs.follow([KNOB], 1.0)
    assert "another program has UDP port" in inputs.error
    assert inputs.error in inputs.notes
    assert inputs.join(camera(1.0), 1.0) == camera(1.0)
    other.close()
    inputs.follow([KNOB], 5.0)
    assert inputs.socket is None
    inputs.follow([KNOB], 12.0)
    assert inputs.server
    assert inputs.notes == ()
    inputs.close()


def test_time_does_not_go_back_when_a_camera_is_there_again() -> None:
    inputs = FeatureInputs(InputSettings(port=0))
    inputs.follow([KNOB], 1.0)
    send(inputs, 0.25)
    alone = inputs.join(None, 1.0)
    assert alone is not None
    send(inputs, 0.5)
    assert inputs.join(camera(0.95), 1.02) is None
    joined = inputs.join(camera(1.03), 1.05)
    assert joined == msgspec.structs.replace(camera(1.03), inputs={"knob": (0.5,)})
    inputs.close()


def test_without_the_settings_nothing_is_opened() -> None:
    inputs = FeatureInputs(None)
    inputs.follow([KNOB], 1.0)
    assert inputs.join(None, 1.0) is None
    assert inputs.socket is None
    assert "inputs.enabled" in inputs.notes[0]


def test_a_piece_is_taught_and_played_by_numbers_alone(tmp_path: Path) -> None:
    file = tmp_path / "knob.yaml"
    file.write_text(PRESET)
    with ConductorHarness(file) as harness:
        frames = 0

        def turn(value: float, seconds: float) -> None:
            nonlocal frames
            for _ in range(round(seconds / TICK_S)):
                frames += 1
                harness.now_s += TICK_S
                pose = Pose(harness.now_s, frames, 1, 1, (), inputs={"knob": (value,)})
                harness.conductor.tick(pose, harness.now_s)

        for number, value in ((1, 0.2), (2, 0.8)):
            harness.submit("select", number)
            harness.submit("record")
            turn(value, 2.5)
        harness.body = None
        harness.wait_until_idle()
        harness.done("train")
        harness.until(lambda: bool(harness.preset_manager.model), "a model")
        harness.wait_until_idle()
        heard = {}
        for value in (0.2, 0.8):
            turn(value, 2.0)
            heard[value] = harness.conductor._output_values
        assert heard[0.2] == pytest.approx({"pitch": 220.0, "lamp": 10.0}, rel=0.05)
        assert heard[0.8] == pytest.approx({"pitch": 880.0, "lamp": 200.0}, rel=0.05)
        assert len(harness.sounds[-1].values) == len(harness.sounds[-1].scene.parameters) == 1
        assert [reading.name for reading in harness.conductor.status().features] == ["twice", "knob.1"]
    with ExampleStore.open(store_path("knob"), datetime(2026, 3, 1, tzinfo=UTC)) as store:
        _, poses = store.poses(1)
        assert poses[0].inputs == {"knob": (0.2,)}
