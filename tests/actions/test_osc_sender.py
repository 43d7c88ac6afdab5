"""OSC messages of actions, and texts with values in them."""

from __future__ import annotations

import errno
import socket

from pythonosc.osc_message import OscMessage

from gesturesynth.actions.failures import why
from gesturesynth.actions.osc_sender import ActionOscSender, osc_message
from gesturesynth.actions.template import Value, filled, placeholders
from gesturesynth.runtime.action_message import OscAction

VALUES: dict[str, Value] = {"pitch": 440.0, "pitch.position": 0.1234567, "scene": "night", "wrong": float("inf")}


def test_whole_numbers_stay_whole_and_values_are_floats() -> None:
    action = OscAction("127.0.0.1", 9, "/lamp", (1, 0.5, "{pitch}", "{scene}", "at {pitch} in {scene}", "{wrong}", "5"))
    message = OscMessage(osc_message(action, VALUES))
    assert message.address == "/lamp"
    assert message.params == [1, 0.5, 440.0, "night", "at 440 in night", 0.0, "5"]
    assert [type(one) for one in message.params] == [int, float, float, str, str, float, str]


def test_the_bytes_are_those_of_the_specification() -> None:
    action = OscAction("127.0.0.1", 9, "/oscillator/4/frequency", ("{pitch}",))
    assert osc_message(action, VALUES) == b"/oscillator/4/frequency\0,f\0\0\x43\xdc\0\0"


def test_it_is_sent_and_a_failure_is_a_sentence() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        sender = ActionOscSender()
        assert sender.send(OscAction("127.0.0.1", receiver.getsockname()[1], "/a"), {}) == ""
        assert OscMessage(receiver.recv(100)).address == "/a"
        assert "255.255.255.255" in sender.send(OscAction("255.255.255.255", 9, "/a"), {})
        sender.close()


def test_what_a_rule_of_the_system_forbids_says_what_can_be_done() -> None:
    assert "service install" in why(PermissionError(errno.EPERM, "Operation not permitted"))
    assert why(PermissionError(errno.EACCES, "Permission denied")) == "Permission denied"
    assert why(TimeoutError()) == ""


def test_braces_of_json_are_no_placeholders() -> None:
    text = '{"pitch": {pitch}, "at": {"x": {pitch.position}, "none": {nothing}}, "e": {}}'
    assert filled("x?pitch={pitch}", {"pitch": 1234567.0}) == "x?pitch=1.23457e06", "a plus would be a blank"
    assert placeholders(text) == ("pitch", "pitch.position", "nothing")
    assert filled(text, VALUES) == '{"pitch": 440, "at": {"x": 0.123457, "none": 0}, "e": {}}'
