"""Tried with the tools that people have: `oscsend` and `oscdump` (Debian: liblo-tools)."""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from gesturesynth.control.osc import Asked, OscServer, OscSettings
from gesturesynth.control.osc_sender import OscSender, OscTarget

DEADLINE_S = 20.0


@pytest.fixture
def server() -> Iterator[OscServer]:
    server = OscServer(OscSettings(port=0))
    yield server
    server.close()


def tool(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is missing; install liblo-tools"
    return found


def oscsend(server: OscServer, *words: str) -> None:
    subprocess.run([tool("oscsend"), "127.0.0.1", str(server.port), *words], check=True, timeout=DEADLINE_S)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("", 0))
        return int(finder.getsockname()[1])


def polled(server: OscServer) -> list[Asked]:
    """What the next datagram brings."""
    with selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        assert selector.select(DEADLINE_S), "nothing arrived"
    return server.poll(time.monotonic())


class Dump:
    """`oscdump` on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [tool("oscdump"), "-L", str(self.port)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.text = ""

    def shows(self, *words: str) -> bool:
        """Reads what it has printed, without waiting for long."""
        assert self.process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if selector.select(0.05):
                self.text += os.read(self.process.stdout.fileno(), 65536).decode()
        return all(word in self.text for word in words)


@pytest.fixture
def dump() -> Iterator[Dump]:
    dump = Dump()
    yield dump
    dump.process.terminate()
    dump.process.communicate(timeout=DEADLINE_S)


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
    oscsend(server, f"/gesturesynth/{words[0]}", *words[1:])
    (asked,) = polled(server)
    assert asked.call.words == does


@pytest.mark.parametrize(
    "words", [["select", "s", "three"], ["select", "N"], ["selec?"], ["record", "m", "90406040"], ["volume", "I"]]
)
def test_oscsend_cannot_do_what_makes_no_sense(server: OscServer, words: list[str]) -> None:
    oscsend(server, f"/gesturesynth/{words[0]}", *words[1:])
    assert polled(server) == []
    assert server.counts.refused + server.counts.malformed == 1


def test_oscdump_shows_state_and_outputs_to_whoever_subscribed_it(server: OscServer, dump: Dump) -> None:
    oscsend(server, "/gesturesynth/subscribe", "ii", str(dump.port), "60")
    assert polled(server) == []
    deadline_s = time.monotonic() + DEADLINE_S
    while not dump.shows('/gesturesynth/state s "{}"', "/gesturesynth/output/pitch f 440.0", "/output/level f -12.0"):
        assert time.monotonic() < deadline_s, dump.text
        server.stream(time.monotonic(), lambda: "{}", {"pitch": 440.0, "level": -12.0})


def test_oscdump_shows_what_a_preset_sends_to_other_programs(dump: Dump) -> None:
    here = ("localhost", dump.port)
    sender = OscSender(
        [
            OscTarget(*here, "/wek/inputs", 200.0, "features"),
            OscTarget(*here, "/synth/", 200.0, "outputs"),
            OscTarget(*here, "/cutoff", 200.0, "pitch"),
        ]
    )
    wanted = "/wek/inputs ff 0.25", "/synth/pitch f 440.0", "/synth/level f -12.0", "/cutoff f 440.0"
    deadline_s = time.monotonic() + DEADLINE_S
    while not dump.shows(*wanted):
        assert time.monotonic() < deadline_s, dump.text
        sender.send(time.monotonic(), {"pitch": 440.0, "level": -12.0}, {"hand": 0.25, "lean": 0.5})
    sender.close()
