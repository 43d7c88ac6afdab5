"""Wekinator's control messages: what each stands for, and what becomes of broken ones."""

from __future__ import annotations

import pytest

from gesturesynth.control.command_table import COMMANDS
from gesturesynth.control.commands import call
from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.input_server import MOST_CONTROLS, InputServer, InputSettings
from gesturesynth.control.osc.wekinator_addresses import CONTROL, PieceNames, WekinatorMessage, steps_of
from gesturesynth.runtime.inputs import InputSetup
from tests.wekinator.packets import broken_packets

NAMES = PieceNames(("a", "b", "c"), ("a", "c"), ("throw", "bow"), 2)
ME = ("127.0.0.1", 5000)
SEED = 20260301
BROKEN = 100_000


def steps(name: str, *values: float | str) -> object:
    numbers = tuple(float(value) for value in values if not isinstance(value, str))
    known = None if len(numbers) < len(values) else numbers
    return steps_of(WekinatorMessage(CONTROL + name, known, "here", values), NAMES)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("outputs", (0.25, 1), (("set-outputs", ("0.25 1",)),)),
        ("startRecording", (), (("startRecording", ()),)),
        ("startRecording", ("1",), (("startRecording", ()),)),
        ("train", (1,), (("train", ()),)),
        ("deleteExamplesForOutput", (3,), (("delete-output", ("c",)),)),
        ("enableModelRecording", (1, 3.0), (("record-output", ("a", True)), ("record-output", ("c", True)))),
        ("disableModelRecording", (2,), (("record-output", ("b", False)),)),
        ("enableModelRunning", (2, 2), (("run-output", ("b", True)),)),
        ("disableModelRunning", (1,), (("run-output", ("a", False)),)),
        ("startDtwRecording", (2,), (("label", ("bow",)), ("hold", (True,)))),
        ("setInputNames", ("x", "y z"), (("change", ("wekinator.input_names", '["x", "y z"]')), ("keep", ()))),
        (
            "setOutputNames",
            ("x", "y", "ü"),
            (("change", ("wekinator.output_names", '["x", "y", "ü"]')), ("keep", ())),
        ),
        (
            "selectInputsForOutput",
            (3, 2, 1, 2),
            (("change", ("outputs.c.features", '["wek.2", "wek.1"]')), ("keep", ())),
        ),
        ("saveModelToFile", (1, "C:\\My Models\\Take 2.xml"), (("saveModelToFile", ("take_2",)),)),
        ("loadModelFromFile", (1, "../../etc/Passwd"), (("preset", ("passwd",)),)),
        ("runNewProject", ("/Users/me/Air/My Air.wekproj", "STOP"), (("runNewProject", ("my_air",)),)),
        ("enablePerformanceMode", (), (("enablePerformanceMode", ()),)),
    ],
)
def test_a_message_is_commands(name: str, values: tuple[float | str, ...], expected: object) -> None:
    assert steps(name, *values) == expected
    for command, arguments in expected if isinstance(expected, tuple) else ():
        if command in COMMANDS:
            assert call(command, arguments, "osc Wekinator").command == command


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("outputs", (0.25,), "it takes a value for each of the 2 outputs that are learned, not 1"),
        ("outputs", (0.25, float("nan")), "its values must be numbers"),
        ("outputs", ("x",), "its values must be numbers"),
        ("deleteExamplesForOutput", (), "it takes the number of an output"),
        ("deleteExamplesForOutput", (1, 2), "it takes one number, not 2"),
        ("disableModelRunning", (0,), "numbers of outputs are from 1 to 3"),
        ("disableModelRunning", (1.5,), "numbers of outputs are from 1 to 3"),
        ("disableModelRunning", (float("inf"),), "numbers of outputs are from 1 to 3"),
        ("startDtwRecording", (3,), "numbers of gestures are from 1 to 2"),
        ("startDtwRecording", ("x",), "it takes the number of a gesture"),
        ("setInputNames", ("x", "y", "z"), "it takes a name for each of the 2 inputs, not 3"),
        ("setInputNames", ("x", 1), "names are texts of one line and at most 80 characters"),
        ("setOutputNames", ("x", "x", "y"), "no two names may be the same"),
        ("setOutputNames", ("x", " ", "y"), "names are texts"),
        ("selectInputsForOutput", (1,), "it takes the number of an output, and that of at least one input"),
        ("selectInputsForOutput", (1, 3), "numbers of inputs are from 1 to 2"),
        ("selectInputsForOutput", (4, 1), "numbers of outputs are from 1 to 3"),
        ("selectInputsForOutput", (2, 1), "'b' is not learned"),
        ("selectInputsForOutput", (1, "x"), "it takes the number of an output"),
        ("loadModelFromFile", (1,), "it takes the name of a file"),
        ("saveModelToFile", (1, "../.."), "it takes the name of a file"),
        ("runNewProject", (), "it takes the name of a file"),
        ("sing", (), "none of Wekinator's control messages"),
    ],
)
def test_or_a_sentence(name: str, values: tuple[float | str, ...], sentence: str) -> None:
    found = steps(name, *values)
    assert isinstance(found, str)
    assert sentence in found


def test_a_piece_without_gestures_says_so() -> None:
    message = WekinatorMessage(CONTROL + "startDtwRecording", (1.0,), "here")
    assert steps_of(message, PieceNames(("a",), ("a",), ())) == "this preset has no gestures"


@pytest.fixture
def server() -> InputServer:
    made = InputServer(InputSettings(port=0))
    made.follow([InputSetup("wek", "/wek/inputs", 2)])
    made.obeys = True
    return made


def test_they_are_taken_in_order_beside_inputs_and_only_where_they_are_obeyed(server: InputServer) -> None:
    for datagram in (
        encode(f"{CONTROL}outputs", 0.5, 1),
        encode("/wek/inputs", 0.1, 0.2),
        encode(f"{CONTROL}setInputNames", "x", "y"),
        encode(f"{CONTROL}train"),
    ):
        server.take(datagram, ME, 1.0)
    assert [(one.address.removeprefix(CONTROL), one.values) for one in server.take_controls()] == [
        ("outputs", (0.5, 1.0)),
        ("setInputNames", None),
        ("train", ()),
    ]
    assert (server.counts.controls, server.counts.values, server.counts.refused) == (3, 1, 0)
    server.obeys = False
    server.take(encode(f"{CONTROL}train"), ME, 1.0)
    assert server.take_controls() == []
    assert "no input has this address" in server.refusal
    server.close()


def test_more_than_can_wait_are_refused(server: InputServer) -> None:
    for _ in range(MOST_CONTROLS + 5):
        server.take(encode(f"{CONTROL}train"), ME, 1.0)
    assert len(server.take_controls()) == MOST_CONTROLS
    assert server.counts.refused == 5
    server.close()


def test_no_broken_packet_does_harm(server: InputServer) -> None:
    """Whole messages and bundles with bytes changed, cut off, doubled and put in: they are commands, or sentences."""
    obeyed = said = 0
    for packet in broken_packets(BROKEN, SEED):
        server.take(packet, ME, 1.0)
        for message in server.take_controls():
            result = steps_of(message, NAMES)
            obeyed, said = obeyed + (not isinstance(result, str)), said + isinstance(result, str)
    assert obeyed > 1000
    assert said > 1000
    assert server.counts.refused > BROKEN / 4
    assert server.refusal.isprintable()
    server.take(encode(f"{CONTROL}train"), ME, 1.0)
    assert len(server.take_controls()) == 1
    server.close()
