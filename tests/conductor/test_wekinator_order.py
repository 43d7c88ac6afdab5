"""Wekinator's control messages in the order in which they come, also several at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import numpy as np
import pytest

from gesturesynth.conductor.feature_inputs import FeatureInputs
from gesturesynth.conductor.loop import TICK_S
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.input_server import InputSettings
from gesturesynth.control.osc.wekinator_addresses import CONTROL
from tests.support.wekinator_sketch import Sketch, wekinator_message


@pytest.fixture
def sketch() -> Iterator[Sketch]:
    made = Sketch()
    yield made
    made.close()


def test_messages_that_come_together_are_obeyed_in_their_order(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.controls(("enablePerformanceMode",), ("deleteAllExamples",))
    assert sketch.harness.state.takes == {"(set)": 1}
    sketch.controls(("runNewProject", "next"), ("disablePerformanceMode",), ("deleteAllExamples",), ("stopRunning",))
    assert sketch.harness.preset_manager.piece.preset.key == "next"
    assert not sketch.harness.conductor._wekinator.running
    sketch.controls(("loadModelFromFile", 1, "placed"), ("startRunning",))
    sketch.harness.wait_until_idle()
    assert sketch.harness.state.takes == {"(set)": 1}
    sketch.controls(("disablePerformanceMode",), ("deleteAllExamples",))
    assert not sketch.harness.state.takes


def test_what_waits_is_not_done_to_a_preset_that_somebody_else_chose(
    sketch: Sketch, capsys: pytest.CaptureFixture[str]
) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.controls(("saveModelToFile", 1, "other"))
    control, harness = sketch.harness.conductor._wekinator, sketch.harness
    sketch.control("startRecording")
    control.advance([wekinator_message("stopRecording"), wekinator_message("deleteAllExamples")], harness.now_s)
    harness.done("stop")
    harness.done("preset", "other")
    harness.wait_until_idle()
    sketch.controls()
    assert harness.preset_manager.piece.preset.key == "other"
    assert harness.state.takes == {"(set)": 1}
    assert "another preset was chosen before it was carried out" in capsys.readouterr().out


def test_a_take_that_a_person_makes_after_one_of_messages_is_that_persons(sketch: Sketch) -> None:
    sketch.control("startRecording")
    sketch.harness.done("stop")
    sketch.controls()
    sketch.harness.done("set-outputs", "0.1 0.9")
    sketch.harness.done("hold", True)
    sketch.control("outputs", 0.5, 0.5)
    sketch.play(0.2, 0.2, seconds=0.5)
    sketch.harness.done("hold", False)
    sketch.harness.body = None
    sketch.harness.wait_until_idle()
    with sketch.harness.stored() as store:
        assert store.sound(store.takes()[-1].id) == pytest.approx({"out_1": 0.1, "out_2": 0.9})
        found = store.examples(sketch.harness.preset_manager.piece.preset.features, ["out_1"], None)
    assert set(found.Y[:, 0].round(3).tolist()) == {0.1}


def test_values_may_change_while_a_take_is_recorded(sketch: Sketch) -> None:
    sketch.control("outputs", 0.1, 0.9)
    sketch.control("startRecording")
    sketch.play(0.2, 0.2, seconds=0.3)
    sketch.control("outputs", 0.7, 0.3)
    sketch.play(0.8, 0.8, seconds=0.3)
    sketch.control("stopRecording")
    sketch.harness.body = None
    sketch.harness.wait_until_idle()
    with sketch.harness.stored() as store:
        (info,) = store.takes()
        found = store.examples(sketch.harness.preset_manager.piece.preset.features, ["out_1", "out_2"], None)
    assert info.rows == 36
    assert {tuple(row) for row in np.hstack([found.X, found.Y]).round(3).tolist()} == {
        (0.2, 0.2, 0.1, 0.9),
        (0.8, 0.8, 0.7, 0.3),
    }


def test_a_session_that_comes_in_one_burst_is_recorded_in_its_order(sketch: Sketch) -> None:
    """Start, values and inputs in turn, and the end, all read in one poll, as libraries send whole data sets."""
    harness, control = sketch.harness, sketch.harness.conductor._wekinator
    inputs = FeatureInputs(InputSettings(port=0))
    inputs.follow(harness.preset_manager.piece.preset.inputs, harness.now_s, obeys=True)
    assert inputs.server
    inputs.join(None, harness.now_s)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.connect((inputs.server.host, inputs.server.port))
        ours.send(encode(CONTROL + "startRecording"))
        for number in range(20):
            ours.send(encode(CONTROL + "outputs", number / 20, 1 - number / 20))
            ours.send(encode("/wek/inputs", number / 40, 0.5))
        ours.send(encode(CONTROL + "stopRecording"))
        ours.send(encode("/wek/inputs", 9.0, 9.0))
    end_s = harness.now_s + 60.0
    while not harness.state.takes:
        harness.now_s += TICK_S
        assert harness.now_s < end_s, harness.state
        pose = inputs.join(None, harness.now_s)
        control.advance(inputs.take_controls(), harness.now_s)
        harness.conductor.tick(pose, harness.now_s, inputs.take_earlier())
        inputs.ticked(harness.now_s, harness.now_s)
    inputs.close()
    with harness.stored() as store:
        found = store.examples(harness.preset_manager.piece.preset.features, ["out_1"], None)
    assert found.Y[:, 0].tolist() == pytest.approx([number / 20 for number in range(20)])
    assert found.X[:, 0].tolist() == pytest.approx([number / 40 for number in range(20)])
