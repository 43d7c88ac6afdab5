"""Tried with the tools that people have: `oscsend` and `oscdump` (Debian: liblo-tools)."""

from __future__ import annotations

import selectors
import time
from collections.abc import Iterator

import pytest

from gesturesynth.control.osc.sender import OscSender, OscTarget
from gesturesynth.control.osc.server import OscCall, OscServer, OscSettings
from tests.support.osc_tools import DEADLINE_S, OscDump, oscsend
from tests.support.waiting import wait_for


@pytest.fixture
def server() -> Iterator[OscServer]:
    server = OscServer(OscSettings(port=0))
    yield server
    server.close()


def polled(server: OscServer) -> list[OscCall]:
    """What the next datagram brings."""
    with selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        assert selector.select(DEADLINE_S), "nothing arrived"
    return server.poll(time.monotonic())


@pytest.fixture
def dump() -> Iterator[OscDump]:
    with OscDump() as dump:
        yield dump


@pytest.mark.parametrize(
    ("words", "does"),
    [
        (["select", "i", "3"], "select 3"),
        (["select", "f", "3"], "select 3"),
        (["volume", "d", "-6.5"], "volume -6.5"),
        (["preset", "s", "theremin"], "preset theremin"),
        (["mute", "T"], "mute on"),
        (["record"], "record"),
    ],
)
def test_oscsend_commands(server: OscServer, words: list[str], does: str) -> None:
    oscsend(server.port, f"/gesturesynth/{words[0]}", *words[1:])
    (requested,) = polled(server)
    assert requested.call.text == does


@pytest.mark.parametrize(
    "words", [["select", "s", "three"], ["select", "N"], ["selec?"], ["record", "m", "90406040"], ["volume", "I"]]
)
def test_oscsend_cannot_do_what_makes_no_sense(server: OscServer, words: list[str]) -> None:
    oscsend(server.port, f"/gesturesynth/{words[0]}", *words[1:])
    assert polled(server) == []
    assert server.counts.refused + server.counts.malformed == 1


def test_oscdump_shows_state_and_outputs_when_it_is_subscribed(server: OscServer, dump: OscDump) -> None:
    oscsend(server.port, "/gesturesynth/subscribe", "ii", str(dump.port), "60")
    assert polled(server) == []

    def told() -> bool:
        server.stream(time.monotonic(), lambda: "{}", {"pitch": 440.0, "level": -12.0})
        return dump.shows('/gesturesynth/state s "{}"', "/gesturesynth/output/pitch f 440.0", "/output/level f -12.0")

    wait_for(told, "state and outputs")


def test_oscdump_shows_what_a_preset_sends_to_other_programs(dump: OscDump) -> None:
    here = ("localhost", dump.port)
    sender = OscSender(
        [
            OscTarget(*here, "/wek/inputs", 200.0, "features"),
            OscTarget(*here, "/synth/", 200.0, "outputs"),
            OscTarget(*here, "/cutoff", 200.0, "pitch"),
        ]
    )
    wanted = "/wek/inputs ff 0.25", "/synth/pitch f 440.0", "/synth/level f -12.0", "/cutoff f 440.0"

    def told() -> bool:
        sender.send(time.monotonic(), {"pitch": 440.0, "level": -12.0}, {"hand": 0.25, "lean": 0.5})
        return dump.shows(*wanted)

    wait_for(told, "all four of them")
    sender.close()
