"""What a preset sends to other programs."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator

import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from gesturesynth.control.osc.sender import MOST_VALUES, OscSender, OscTarget
from gesturesynth.core.errors import UserError

OUTPUTS = {"pitch": 440.0, "level": -12.0}
FEATURES = {"right_wrist.height": 0.5, "hands.distance": 1.5}


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.setblocking(False)
        yield ear


def heard(ear: socket.socket) -> list[tuple[str, list[float]]]:
    messages: list[OscMessage] = []
    while True:
        try:
            packet = ear.recv(65536)
        except BlockingIOError:
            return [(message.address, message.params) for message in messages]
        messages += OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]


def target(ear: socket.socket, address: str, what: str, rate_hz: float = 10.0) -> OscTarget:
    return OscTarget("127.0.0.1", ear.getsockname()[1], address, rate_hz, what)


def test_all_values_travel_in_one_message_in_the_order_of_the_preset(ear: socket.socket) -> None:
    sender = OscSender([target(ear, "/wek/inputs", "features")])
    sender.send(0.0, OUTPUTS, FEATURES)
    assert heard(ear) == [("/wek/inputs", [0.5, 1.5])]
    sender.close()


def test_with_a_slash_at_the_end_each_value_has_its_own_address(ear: socket.socket) -> None:
    sender = OscSender([target(ear, "/synth/", "outputs")])
    sender.send(0.0, OUTPUTS, FEATURES)
    sender.send(1.0, {"drums": 1.0}, FEATURES)
    assert heard(ear) == [("/synth/pitch", [440.0]), ("/synth/level", [-12.0]), ("/synth/drums", [1.0])]
    sender.close()


def test_one_value_can_be_sent_by_its_name(ear: socket.socket) -> None:
    sender = OscSender([target(ear, "/a", "level"), target(ear, "/b", "hands.distance"), target(ear, "/c", "nothing")])
    sender.send(0.0, OUTPUTS, FEATURES)
    assert heard(ear) == [("/a", [-12.0]), ("/b", [1.5])]
    sender.close()


def test_each_target_has_its_rate(ear: socket.socket) -> None:
    sender = OscSender([target(ear, "/slow", "pitch", 5.0), target(ear, "/quick", "pitch", 20.0)])
    for step in range(1000):
        sender.send(step / 100, OUTPUTS, FEATURES)
    addresses = [address for address, _ in heard(ear)]
    assert abs(addresses.count("/slow") - 50) <= 1
    assert abs(addresses.count("/quick") - 200) <= 1
    sender.close()


def test_a_feature_that_cannot_be_seen_keeps_its_last_value(ear: socket.socket) -> None:
    sender = OscSender([target(ear, "/hand", "hand")])
    for step, value in enumerate([math.nan, 0.75, math.nan, math.inf]):
        sender.send(float(step), {}, {"hand": value})
    values = [value for _, (value,) in heard(ear)]
    assert values[:3] == [0.0, 0.75, 0.75]
    assert math.isfinite(values[3])
    sender.close()


def test_more_values_than_a_message_holds_are_left_out_rather_than_lost(ear: socket.socket) -> None:
    sender = OscSender([target(ear, "/all", "features"), target(ear, "/each/", "features")])
    sender.send(0.0, {}, {f"feature_{number}": float(number) for number in range(MOST_VALUES + 100)})
    all_of_them, *each = heard(ear)
    assert all_of_them == ("/all", [float(number) for number in range(MOST_VALUES)])
    assert len(each) == MOST_VALUES
    sender.close()


def test_a_network_that_takes_nothing_is_counted_and_said_but_never_waited_for() -> None:
    sender = OscSender([OscTarget("192.0.2.1", 9, "/a", 10.0, "pitch")])  # the test is off the network
    sender.send(0.0, OUTPUTS, FEATURES)
    if not sender.sent:  # where it could not leave it, the datagram is gone like any other
        assert sender.dropped == 1
        assert "192.0.2.1:9" in sender.error
    sender.close()


@pytest.mark.parametrize(
    ("host", "port", "address", "rate_hz", "words"),
    [
        ("synth.local", 9000, "/a", 10.0, "not looked up"),
        ("::1", 9000, "/a", 10.0, "not an IPv4 address"),
        ("0.0.0.0", 9000, "/a", 10.0, "one computer"),  # noqa: S104 - refused
        ("224.0.0.1", 9000, "/a", 10.0, "one computer"),
        ("127.0.0.1", 0, "/a", 10.0, "not a port"),
        ("127.0.0.1", 70000, "/a", 10.0, "not a port"),
        ("127.0.0.1", 9000, "a", 10.0, "begins with '/'"),
        ("127.0.0.1", 9000, "/a b", 10.0, "no spaces"),
        ("127.0.0.1", 9000, "/*", 10.0, "none of"),
        ("127.0.0.1", 9000, "/" + "a" * 300, 10.0, "not an OSC address"),
        ("127.0.0.1", 9000, "/a", 0.0, "times a second"),
        ("127.0.0.1", 9000, "/a", math.nan, "times a second"),
        ("127.0.0.1", 9000, "/a", 1000.0, "times a second"),
    ],
)
def test_a_target_that_cannot_be_is_said(host: str, port: int, address: str, rate_hz: float, words: str) -> None:
    with pytest.raises(UserError, match=words):
        OscTarget(host, port, address, rate_hz)


def test_at_once_means_with_each_frame_and_with_each_change(ear: socket.socket) -> None:
    to = OscTarget("127.0.0.1", ear.getsockname()[1], "/wek/outputs", at_once=True)
    sender = OscSender([to])
    for fresh, level in ((True, 1.0), (True, 1.0), (False, 1.0), (False, 2.0), (False, 2.0)):
        sender.send(0.0, {"level": level}, {}, fresh=fresh)
    assert heard(ear) == [("/wek/outputs", [1.0]), ("/wek/outputs", [1.0]), ("/wek/outputs", [2.0])]
    sender.close()
