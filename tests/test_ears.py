"""The conductor's ears: what a journal learns of OSC."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest
import zmq

from gesturesynth import log
from gesturesynth.bus import ConductorStatus
from gesturesynth.control.osc import OscSettings
from gesturesynth.ears import TELL_S, Ears
from gesturesynth.teaching import Teaching
from tests.jackserver import wait_for

NOBODY = cast("Teaching", None)  # nothing that arrives here is a command


@pytest.fixture
def said() -> io.StringIO:
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
    raise AssertionError("nobody has asked for it")


def test_the_port_is_said_and_a_flood_of_rubbish_is_one_line(
    context: zmq.Context[zmq.Socket[bytes]], said: io.StringIO
) -> None:
    ears = Ears(context, OscSettings(port=0))
    osc = ears.osc
    assert osc is not None
    try:
        (hello,) = lines(said)
        assert (hello["event"], hello["port"]) == ("listening to OSC", osc.port)
        now_s = 100.0
        ears.listen(NOBODY, now_s, no_status, {})
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
            for _ in range(50):
                program.sendto(b"no OSC at all", ("127.0.0.1", osc.port))

        def heard_all() -> bool:
            ears.listen(NOBODY, now_s, no_status, {})
            return osc.counts.malformed + osc.counts.limited >= 50

        wait_for(heard_all, "fifty datagrams")
        assert len(lines(said)) == 1, "not a word before its time"
        for _ in range(3):
            ears.listen(NOBODY, now_s + TELL_S, no_status, {})
        (_, told) = lines(said)
        assert told["level"] == "warning"
        assert told["malformed"] + told.get("limited", 0) == 50
        ears.listen(NOBODY, now_s + 3 * TELL_S, no_status, {})
        assert len(lines(said)) == 2, "what was said is not said again"
    finally:
        ears.close()


def test_a_port_that_belongs_to_another_program_costs_only_osc(
    context: zmq.Context[zmq.Socket[bytes]], said: io.StringIO
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        ears = Ears(context, OscSettings(port=other.getsockname()[1]))
        try:
            assert ears.osc is None
            ears.listen(NOBODY, 0.0, no_status, {})
        finally:
            ears.close()
    (line,) = lines(said)
    assert line["event"] == "no remote control by OSC"
    assert "another port" in line["reason"]
