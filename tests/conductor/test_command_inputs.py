"""Command inputs: turns of command socket and OSC, and what is logged about OSC."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest
import zmq

from gesturesynth.conductor.background_jobs import ReplyCallback
from gesturesynth.conductor.command_inputs import LOG_PERIOD_S, CommandInputs
from gesturesynth.conductor.session_controller import SessionController
from gesturesynth.control.command_socket import CommandClient
from gesturesynth.control.commands import KEYBOARD, Call, call
from gesturesynth.control.osc.codec import decode, encode
from gesturesynth.control.osc.server import OscSettings
from gesturesynth.core import log
from gesturesynth.runtime.messages import ConductorStatus
from tests.support.statuses import conductor_status
from tests.support.waiting import wait_for

NO_CONTROLLER = cast("SessionController", None)  # nothing that arrives here is a command


@pytest.fixture
def log_output() -> io.StringIO:
    out = io.StringIO()
    log.configure("conductor", json_lines=True, stream=out)
    return out


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    made: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    yield made
    made.destroy(linger=0)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def no_status() -> ConductorStatus:
    raise AssertionError("no client has requested it")


def test_the_port_is_logged_and_a_flood_of_malformed_messages_is_one_line(
    context: zmq.Context[zmq.Socket[bytes]], log_output: io.StringIO
) -> None:
    inputs = CommandInputs(context, OscSettings(port=0))
    osc = inputs.osc
    assert osc is not None
    try:
        (opened,) = lines(log_output)
        assert (opened["event"], opened["port"]) == ("OSC input opened", osc.port)
        now_s = 100.0
        inputs.poll(NO_CONTROLLER, now_s, no_status, {})
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
            for _ in range(50):
                program.sendto(b"no OSC at all", ("127.0.0.1", osc.port))

        def all_received() -> bool:
            inputs.poll(NO_CONTROLLER, now_s, no_status, {})
            return osc.counts.malformed + osc.counts.limited >= 50

        wait_for(all_received, "fifty datagrams")
        assert len(lines(log_output)) == 1, "no line before its time"
        for _ in range(3):
            inputs.poll(NO_CONTROLLER, now_s + LOG_PERIOD_S, no_status, {})
        (_, refused) = lines(log_output)
        assert refused["level"] == "warning"
        assert refused["malformed"] + refused.get("limited", 0) == 50
        assert refused["newest"].startswith("a datagram from 127.0.0.1:")
        assert "does not begin with '/'" in refused["newest"]
        inputs.poll(NO_CONTROLLER, now_s + 3 * LOG_PERIOD_S, no_status, {})
        assert len(lines(log_output)) == 2, "what was logged is not logged again"
    finally:
        inputs.close()


class FakeController:
    """In the place of the session controller: keeps the commands and their senders."""

    def __init__(self) -> None:
        self.received: list[str] = []

    def submit(self, call: Call, _now_s: float, reply: ReplyCallback, _outcome: ReplyCallback) -> None:
        """Answers at once."""
        self.received.append(f"{call.sender.partition(' ')[0]}: {call.text}")
        reply(True, f"did {call.text}")


def test_keys_and_osc_take_turns_and_stop_when_the_time_is_up(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    inputs, fake = CommandInputs(context, OscSettings(port=0)), FakeController()
    controller = cast("SessionController", fake)
    assert inputs.osc is not None
    try:
        with (
            CommandClient("keyboard", context) as keys,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program,
        ):
            keys.socket.poll(5000, zmq.POLLOUT)
            for number in range(1, 10):
                assert keys.send(call("select", (number,), KEYBOARD))
                program.sendto(encode("/gesturesynth/select", number), ("127.0.0.1", inputs.osc.port))
            wait_for(lambda: bool(inputs.command_server.socket.poll(0)), "the keys")
            for turn in range(1, 6):
                inputs.poll(controller, 0.0, conductor_status, {}, for_s=0.0)
                assert sorted(fake.received) == sorted(
                    f"{by}: select {number}" for number in range(1, turn + 1) for by in ("keyboard", "osc")
                ), "one of each"
            inputs.poll(controller, 0.0, conductor_status, {}, for_s=10.0)
            assert len(fake.received) == 18
            assert not inputs.waiting
    finally:
        inputs.close()


def test_a_burst_of_volumes_is_one_volume_on_either_input(context: zmq.Context[zmq.Socket[bytes]]) -> None:
    inputs, fake = CommandInputs(context, OscSettings(port=0)), FakeController()
    assert inputs.osc is not None
    try:
        with (
            CommandClient("keyboard", context) as keys,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program,
        ):
            program.settimeout(5.0)
            keys.socket.poll(5000, zmq.POLLOUT)
            for number in range(30):
                assert keys.send(call("volume", (-float(number),), KEYBOARD))
                program.sendto(encode("/gesturesynth/volume", -30.0 - number), ("127.0.0.1", inputs.osc.port))

            def polled() -> bool:
                inputs.poll(cast("SessionController", fake), 0.0, conductor_status, {})
                return sum(line.startswith("keyboard") for line in fake.received) > 0

            wait_for(polled, "the keys")
            assert [line for line in fake.received if line.startswith("osc")] == ["osc: volume -59"]
            assert len([line for line in fake.received if line.startswith("keyboard")]) < 30
            answers = [decode(program.recv(4096))[0].address for _ in range(30)]
            assert answers == ["/gesturesynth/ack"] * 30
    finally:
        inputs.close()


def test_a_port_that_belongs_to_another_program_costs_only_osc(
    context: zmq.Context[zmq.Socket[bytes]], log_output: io.StringIO
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        inputs = CommandInputs(context, OscSettings(port=other.getsockname()[1]))
        try:
            assert inputs.osc is None
            inputs.poll(NO_CONTROLLER, 0.0, no_status, {})
        finally:
            inputs.close()
    (line,) = lines(log_output)
    assert line["event"] == "OSC input failed"
    assert "another port" in line["reason"]
