"""Wekinator's control messages, carried out by a conductor with its store and trainer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from pythonosc.osc_message import OscMessage

from gesturesynth.conductor.feature_inputs import FeatureInputs
from gesturesynth.conductor.loop import TICK_S
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.input_server import InputSettings
from gesturesynth.control.osc.wekinator_addresses import CONTROL, WekinatorMessage
from gesturesynth.runtime.messages import Pose
from tests.support.conductor_harness import ConductorHarness, own_preset

PRESET = """\
name: In its place
wekinator: {{inputs: 2, outputs: 2, send_to: {{port: {port}}}}}
smoothing: {{min_cutoff: 1000 Hz}}
confidence: 4
model: ridge
gestures: {{throw: }}
"""


class Sketch:
    """A program that talks to Wekinator, and hears it: its messages reach a conductor that a test moves on."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        port: int = self._socket.getsockname()[1]
        self.file: Path = own_preset("placed", PRESET.format(port=port))
        self.harness = ConductorHarness(self.file)
        self._frames = 0
        self.play()  # a conductor that has just begun knows no values that sound

    def close(self) -> None:
        self.harness.close()
        self._socket.close()

    def control(self, name: str, *values: float | str) -> None:
        """Sends a control message, and waits until all that it leads to has been answered."""
        harness, control = self.harness, self.harness.conductor._wekinator
        numbers = tuple(float(value) for value in values if not isinstance(value, str))
        message = WekinatorMessage(CONTROL + name, numbers if len(numbers) == len(values) else None, "here:1", values)
        control.advance([message], harness.now_s)
        while control._steps or control._waiting or control._files.busy:
            self.play()
            control.advance([], harness.now_s)

    def play(self, *values: float, seconds: float = TICK_S) -> None:
        """Sends numbers, or none, for so long."""
        harness = self.harness
        for _ in range(max(1, round(seconds / TICK_S))):
            self._frames += 1
            harness.now_s += TICK_S
            pose = Pose(harness.now_s, self._frames, 1, 1, (), inputs={"wek": values}) if values else None
            harness.conductor.tick(pose, harness.now_s)

    def burst(self, *messages: tuple[float, ...]) -> None:
        """Sends messages that arrive between two ticks."""
        harness = self.harness
        harness.now_s += TICK_S
        times = [harness.now_s - TICK_S * place / len(messages) for place in range(len(messages))][::-1]
        poses = [
            Pose(time_s, self._frames + place, 1, 1, (), inputs={"wek": values})
            for place, (time_s, values) in enumerate(zip(times, messages, strict=True), 1)
        ]
        self._frames += len(messages)
        harness.conductor.tick(poses[-1], harness.now_s, poses[:-1])

    def heard(self) -> list[tuple[str, list[float]]]:
        """What has come back since the last call."""
        messages: list[tuple[str, list[float]]] = []
        while True:
            try:
                message = OscMessage(self._socket.recv(4096))
            except BlockingIOError:
                return messages
            messages.append((message.address, message.params))

    def take(self, numbers: tuple[float, ...], *values: float) -> None:
        """Teaches that these numbers are these values."""
        if values:
            self.control("outputs", *values)
        self.control("startRecording")
        self.play(*numbers, seconds=0.5)
        self.control("stopRecording")
        self.harness.body = None
        self.harness.wait_until_idle()


@pytest.fixture
def sketch() -> Iterator[Sketch]:
    made = Sketch()
    yield made
    made.close()


def test_a_whole_session(sketch: Sketch) -> None:
    harness = sketch.harness
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.take((0.8, 0.8), 0.7, 0.3)
    assert harness.state.takes == {"(set)": 2}
    sketch.control("train")
    harness.wait_until_idle()
    assert harness.preset_manager.model
    assert ("/wekinator/status/done-training", []) in sketch.heard()
    for numbers, values in (((0.2, 0.2), [0.1, 0.9]), ((0.8, 0.8), [0.7, 0.3])):
        sketch.play(*numbers, seconds=2.0)
        sketch.heard()
        sketch.play(*numbers)
        ((address, found),) = sketch.heard()
        assert address == "/wek/outputs"
        assert found == pytest.approx(values, abs=0.02)
    sketch.control("stopRunning")
    sketch.heard()
    sketch.play(0.2, 0.2, seconds=0.2)
    assert sketch.heard() == []
    sketch.control("startRunning")
    sketch.play(0.2, 0.2)
    assert len(sketch.heard()) >= 1


def test_each_message_is_an_example_and_is_answered_also_several_in_one_tick(sketch: Sketch) -> None:
    sketch.control("outputs", 0.2, 0.4)
    sketch.control("startRecording")
    for number in range(40):
        sketch.burst(*((0.1 * place, 0.01 * number) for place in range(5)))
    sketch.control("stopRecording")
    sketch.harness.wait_until_idle()
    with sketch.harness.stored() as store:
        (info,) = store.takes()
        assert info.rows == 200
        examples = store.examples(sketch.harness.preset_manager.piece.preset.features, ["out_1"], None)
    assert sorted(set(examples.X[:, 0].round(3).tolist())) == [0.0, 0.1, 0.2, 0.3, 0.4]
    sketch.heard()
    sketch.burst((0.1, 0.1), (0.2, 0.2), (0.3, 0.3))
    assert [address for address, _ in sketch.heard()] == ["/wek/outputs"] * 3


def test_without_values_a_take_is_for_those_of_the_moment(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2))
    with sketch.harness.stored() as store:
        (info,) = store.takes()
        assert store.sound(info.id) == pytest.approx({"out_1": 0.5, "out_2": 0.5})


def test_examples_are_deleted_without_a_question_and_can_be_brought_back(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.control("deleteExamplesForOutput", 2)
    with sketch.harness.stored() as store:
        assert store.sound(1) == pytest.approx({"out_1": 0.1})
    sketch.control("deleteAllExamples")
    assert not sketch.harness.state.takes
    sketch.harness.done("undo")
    assert sketch.harness.state.takes == {"(set)": 1}


def test_outputs_are_switched_for_recording_and_running(sketch: Sketch) -> None:
    sketch.control("disableModelRecording", 1)
    sketch.control("disableModelRunning", 1, 2)
    off = sketch.harness.state.off
    assert (off.record, off.run) == (("out_1",), ("out_1", "out_2"))
    sketch.control("enableModelRunning", 2)
    sketch.control("enableModelRecording", 1, 2)
    off = sketch.harness.state.off
    assert (off.record, off.run) == ((), ("out_1",))


def test_a_gesture_is_recorded_by_its_number(sketch: Sketch) -> None:
    sketch.control("startDtwRecording", 1)
    assert (sketch.harness.state.phase, sketch.harness.state.target) == ("recording", "throw")
    for step in range(40):
        sketch.play(step / 40, 0.5)
    sketch.control("stopDtwRecording")
    sketch.harness.body = None
    sketch.harness.wait_until_idle()
    assert sketch.harness.state.takes == {"throw": 1}


def test_a_gesture_that_was_performed_is_a_message_of_its_own(sketch: Sketch) -> None:
    def throw() -> None:
        sketch.play(0.1, 0.5, seconds=0.5)
        for step in range(45):
            sketch.play(0.1 + 0.8 * step / 45, 0.5 - 0.4 * (step / 45) ** 2)
        sketch.play(0.9, 0.1, seconds=0.5)

    for _ in range(2):
        sketch.control("startDtwRecording", 1)
        throw()
        sketch.control("stopDtwRecording")
        sketch.harness.body = None
        sketch.harness.wait_until_idle()
    sketch.control("train")
    sketch.harness.wait_until_idle()
    sketch.play(0.1, 0.5, seconds=1.0)
    sketch.heard()
    throw()
    assert [message for message in sketch.heard() if message[0] != "/wek/outputs"] == [("/output_1", [])]
    sketch.control("stopRunning")
    throw()
    assert not [message for message in sketch.heard() if message[0].startswith("/output_")]


def test_what_cannot_be_done_is_a_line_of_the_log(sketch: Sketch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, *values in (
        ("setInputNames", 1),
        ("cancelTrain",),
        ("outputs", 1),
        ("disableModelRunning", 9),
        ("sing",),
    ):
        sketch.control(str(name), *map(float, values))
    sketch.control("stopRecording")
    lines = capsys.readouterr().out
    for sentence in (
        "a name for each of the 2 inputs",
        "no training is under way",
        "each of the 2 outputs",
        "from 1 to 2",
    ):
        assert sentence in lines
    assert lines.count("message refused") == 5
    assert "There is nothing to let go" in lines


def test_names_are_kept_in_the_preset(sketch: Sketch) -> None:
    sketch.control("setInputNames", "x", "y of the hand")
    sketch.control("setOutputNames", "left", "rechts: ü")
    sketch.harness.wait_until_idle()
    entry = yaml.safe_load(sketch.file.read_text())["wekinator"]
    assert (entry["input_names"], entry["output_names"]) == (["x", "y of the hand"], ["left", "rechts: ü"])
    before = sketch.file.read_text()
    sketch.control("setInputNames", "x", "a\nb")
    sketch.harness.wait_until_idle()
    assert sketch.file.read_text() == before
    assert not sketch.harness.preset_manager.edited


def test_an_output_is_moved_by_the_inputs_that_are_selected_for_it(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.take((0.8, 0.8), 0.7, 0.3)
    sketch.control("train")
    sketch.harness.wait_until_idle()
    sketch.control("selectInputsForOutput", 2, 1)
    sketch.harness.wait_until_idle()
    assert yaml.safe_load(sketch.file.read_text())["outputs"] == {"out_2": {"features": ["wek.1"]}}
    sketch.play(0.2, 0.2, seconds=2.0)
    sketch.heard()
    sketch.play(0.2, 0.8, seconds=2.0)
    (*_, (_, (first, second))) = sketch.heard()
    assert second == pytest.approx(0.9, abs=0.02)
    assert 0.2 < first < 0.6


def test_a_model_is_saved_with_its_takes_and_loaded_again(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    sketch.control("saveModelToFile", 1, "/tmp/models/Evening.xml")
    saved = sketch.file.with_name("evening.yaml")
    assert saved.read_text() == sketch.file.read_text()
    sketch.control("deleteAllExamples")
    sketch.control("saveModelToFile", 1, "evening")  # is there, and stays as it is
    sketch.control("loadModelFromFile", 1, "/tmp/models/Evening.xml")
    sketch.harness.wait_until_idle()
    assert sketch.harness.preset_manager.piece.preset.path == saved
    assert sketch.harness.state.takes == {"(set)": 1}
    assert not Path("/tmp/models").exists()


def test_a_new_project_is_a_preset_of_the_same_size(sketch: Sketch) -> None:
    sketch.control("runNewProject", "/home/me/Next.wekproj")
    sketch.harness.wait_until_idle()
    preset = sketch.harness.preset_manager.piece.preset
    assert preset.path == sketch.file.with_name("next.yaml")
    assert (preset.inputs[0].count, len(preset.outputs)) == (2, 2)
    assert preset.obeys_wekinator
    sketch.control("runNewProject", "placed")
    sketch.harness.wait_until_idle()
    assert sketch.harness.preset_manager.piece.preset.path == sketch.file


def test_in_performance_mode_nothing_that_was_taught_changes(sketch: Sketch) -> None:
    sketch.take((0.2, 0.2), 0.1, 0.9)
    text = sketch.file.read_text()
    sketch.control("enablePerformanceMode")
    for name, values in (
        ("startRecording", ()),
        ("startDtwRecording", (1,)),
        ("deleteAllExamples", ()),
        ("deleteExamplesForOutput", (1,)),
        ("train", ()),
        ("setInputNames", ("x", "y")),
        ("setOutputNames", ("x", "y")),
        ("selectInputsForOutput", (1, 1)),
        ("loadModelFromFile", (1, "placed")),
    ):
        sketch.control(name, *values)
        assert (sketch.harness.state.phase, sketch.harness.state.training) == ("playing", False), name
    assert sketch.harness.state.takes == {"(set)": 1}
    assert sketch.file.read_text() == text
    sketch.control("disablePerformanceMode")
    sketch.control("deleteAllExamples")
    assert not sketch.harness.state.takes


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
