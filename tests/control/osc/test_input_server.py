"""Inputs over real UDP sockets: what counts, what is refused, and what silence means."""

from __future__ import annotations

import math
import random
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from gesturesynth.control.osc.codec import MalformedError
from gesturesynth.control.osc.input_server import DATAGRAMS_A_POLL, OCTETS_A_POLL, InputServer, InputSettings
from gesturesynth.control.osc.number_messages import NumberMessage, read
from gesturesynth.core.errors import UserError
from gesturesynth.runtime.inputs import InputSetup

PHONE = InputSetup("phone", "/accxyz", 3, -1.0, 1.0, rate_hz=60.0)
KNOB = InputSetup("knob", "/1/knob", 1)


def message(address: str, *values: tuple[object, str]) -> bytes:
    builder = OscMessageBuilder(address)
    for value, tag in values:
        builder.add_arg(value, tag)
    dgram = builder.build().dgram
    assert isinstance(dgram, bytes)
    return dgram


def floats(address: str, *values: float) -> bytes:
    return message(address, *((value, "f") for value in values))


@pytest.fixture
def server() -> Iterator[InputServer]:
    opened = InputServer(InputSettings(port=0))
    opened.follow([PHONE, KNOB])
    yield opened
    opened.close()


def send(server: InputServer, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        for datagram in datagrams:
            ours.sendto(datagram, (server.host, server.port))


def test_the_newest_message_of_each_input_counts(server: InputServer) -> None:
    send(server, floats("/accxyz", 9, 9, 9), floats("/1/knob", 0.5), floats("/accxyz", 0.25, -1, 2))
    assert server.poll(10.0)
    assert server.values(10.0) == {"phone": (0.25, -1.0, 2.0), "knob": (0.5,)}
    assert not server.poll(10.1)
    assert server.counts.values == 3


def test_an_input_that_falls_silent_is_not_seen_and_says_so(server: InputServer) -> None:
    send(server, floats("/accxyz", 1, 2, 3), floats("/1/knob", 1))
    server.poll(10.0)
    assert set(server.values(10.25)) == {"phone", "knob"}
    assert set(server.values(10.3)) == {"knob"}  # 60 messages a second were promised
    assert server.silent(10.3) == (f"input 'phone' is silent (/accxyz at port {server.port})",)
    assert server.values(11.1) == {}


def test_numbers_of_all_kinds_are_numbers(server: InputServer) -> None:
    send(server, message("/accxyz", (1, "i"), (True, "T"), (0.1, "d")))
    server.poll(1.0)
    assert server.values(1.0)["phone"] == (1.0, 1.0, 0.1)
    bundle = OscBundleBuilder(IMMEDIATELY)
    bundle.add_content(OscMessageBuilder("/1/knob").build())
    inner = OscBundleBuilder(IMMEDIATELY)
    knob = OscMessageBuilder("/1/knob")
    knob.add_arg(False, "F")
    inner.add_content(knob.build())
    bundle.add_content(inner.build())
    send(server, bundle.build().dgram)
    server.poll(1.1)
    assert server.values(1.1)["knob"] == (0.0,)
    assert "0 numbers, where input 'knob' has 1" in server.refusal


@pytest.mark.parametrize(
    ("datagram", "sentence"),
    [
        (floats("/accxyz", 1, 2), "/accxyz from 127.0.0.1"),
        (floats("/other", 1), "no input has this address; there are /accxyz, /1/knob"),
        (message("/1/knob", ("1", "s")), "at most 512 values, all of them numbers"),
        (b"hello, I am no OSC", "this is not an OSC message"),
        (floats("/1/knob", 1)[:-4], "not as long as the type tags say"),
        (b"#bundle\0" + bytes(8) + struct.pack(">i", -4), "of a length that cannot be"),
        (b"/" + b"x" * 9000, "at most 8192 bytes"),
    ],
)
def test_what_is_wrong_is_counted_and_changes_nothing(server: InputServer, datagram: bytes, sentence: str) -> None:
    send(server, floats("/1/knob", 0.5), datagram)
    server.poll(1.0)
    assert server.values(1.0) == {"knob": (0.5,)}
    assert server.counts.refused == 1
    assert sentence in server.refusal


def test_what_is_not_finite_is_not_seen(server: InputServer) -> None:
    send(server, floats("/accxyz", math.nan, math.inf, 0.5))
    server.poll(1.0)
    first, second, third = server.values(1.0)["phone"]
    assert math.isnan(first)
    assert math.isnan(second)
    assert third == 0.5


def test_another_preset_keeps_what_it_has_in_common(server: InputServer) -> None:
    send(server, floats("/accxyz", 1, 2, 3), floats("/1/knob", 1))
    server.poll(1.0)
    server.follow([KNOB, InputSetup("phone", "/accxyz", 2)])
    assert server.values(1.0) == {"knob": (1.0,)}


def test_a_flood_takes_a_bounded_part_of_one_poll(server: InputServer) -> None:
    send(server, *[floats("/1/knob", 1)] * (DATAGRAMS_A_POLL + 10))
    server.poll(1.0)
    assert server.counts.datagrams == DATAGRAMS_A_POLL
    server.poll(1.0)
    assert server.counts.values == DATAGRAMS_A_POLL + 10


def test_what_is_in_bundles_counts_too(server: InputServer) -> None:
    empty = b"#bundle\0" + bytes(8)
    bundle = empty + (struct.pack(">i", len(empty)) + empty) * 400
    send(server, *[bundle] * 20)
    server.poll(1.0)
    assert 0 < server.counts.datagrams <= 1 + OCTETS_A_POLL // len(bundle)


def test_what_came_while_nothing_was_received_is_no_news(server: InputServer) -> None:
    server.follow([])
    send(server, floats("/1/knob", 0.25))
    server.follow([KNOB])
    assert not server.poll(100.0)
    send(server, floats("/1/knob", 0.5))
    server.poll(100.1)
    assert server.values(100.1) == {"knob": (0.5,)}


def test_a_refused_computer_is_told_of(server: InputServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesturesynth.control.osc.limits.AllowList.permits", lambda *_: False)  # a fake: one computer
    send(server, floats("/1/knob", 0.5))
    assert not server.poll(1.0)
    assert server.counts.not_allowed == 1
    assert server.refusal.startswith("a datagram from 127.0.0.1: inputs.allow")


def test_a_computer_that_may_not_send_is_not_read() -> None:
    with pytest.raises(UserError, match=r"inputs\.host: 0\.0\.0\.0 lets other computers in, but inputs\.allow"):
        InputServer(InputSettings("0.0.0.0", 0))  # noqa: S104 - it is refused


def test_a_port_that_is_taken_is_a_sentence(server: InputServer) -> None:
    with pytest.raises(UserError, match="OSC inputs: another program has UDP port"):
        InputServer(InputSettings(port=server.port))


def test_an_input_may_have_an_address_like_those_of_control_messages(server: InputServer) -> None:
    server.obeys = True
    server.follow([InputSetup("own", "/wekinator/own", 1)])
    send(server, floats("/wekinator/own", 0.25), floats("/wekinator/control/train"))
    assert server.poll(5.0)
    assert server.values(5.0) == {"own": (0.25,)}
    assert [one.address for one in server.take_controls()] == ["/wekinator/control/train"]


def test_512_numbers_arrive(server: InputServer) -> None:
    server.follow([InputSetup("many", "/wek/inputs", 512)])
    send(server, floats("/wek/inputs", *map(float, range(512))))
    server.poll(1.0)
    assert server.values(1.0)["many"] == tuple(map(float, range(512)))


@given(st.binary(max_size=200))
def test_no_bytes_raise(octets: bytes) -> None:
    for found in read(octets):
        assert isinstance(found, NumberMessage | MalformedError)


def test_no_mutated_message_raises() -> None:
    draw = random.Random(5)
    good = [floats("/accxyz", 1, 2, 3), message("/a", (1, "i"), (0.5, "d"), (True, "T"))]
    for _ in range(20_000):
        octets = bytearray(draw.choice(good))
        for _ in range(draw.randint(1, 4)):
            octets[draw.randrange(len(octets))] = draw.randrange(256)
        for found in read(bytes(octets[: draw.randint(0, len(octets))])):
            assert isinstance(found, NumberMessage | MalformedError)
