"""The process `light` as it runs: a real conductor's messages in, packets out that other authors' libraries receive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sacn
import zmq

from gesturesynth.runtime.light_message import LampSetup, LampSource, LightMessage, LightStatus
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from tests.support.lamps import UdpReceiver, free_udp_port, told, voice
from tests.support.waiting import wait_for

WALL = LampSetup("wall", 1, 2, "rgb", level=LampSource("output", "level"), hue=LampSource(value=1 / 3), glide_s=0.0)
FAR = LampSetup("far", 2, 512, level=LampSource("output", "level"), glide_s=0.0, wide=False)


class RunningLight:
    """`gesturesynth light` in a process of its own, and a conductor that this test plays."""

    def __init__(self, home: Path, settings: str) -> None:
        (home / "config").mkdir()
        (home / "config" / "gesturesynth.yaml").write_text(f"light: {{{settings}}}\n")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gesturesynth", "light"], stderr=subprocess.PIPE, text=True
        )
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.messages = Publisher(self.context, LightMessage)
        self.statuses = Subscriber(self.context, LightStatus)

    def send(self, level: float = 1.0, *, present: bool = True) -> None:
        """A message of the conductor."""
        self.messages.send(told([WALL, FAR], voice({"level": level}, present=present)))

    def until(self, state: str) -> LightStatus:
        """Goes on to send until there is a status with this state."""
        found: list[LightStatus] = []

        def so() -> bool:
            self.send()
            status = self.statuses.newest(0.02)
            found.extend([status] if status and status.state == state else [])
            return bool(found)

        wait_for(so, f"the state {state}", 30.0)
        return found[-1]

    def end(self) -> str:
        """Ends it in order; returns its log."""
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, log
        return log

    def close(self) -> None:
        """Ends everything."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.messages.close()
        self.statuses.close()
        self.context.term()


@pytest.fixture
def home(own_folders: Path) -> Path:
    return own_folders


@pytest.fixture
def running(home: Path) -> Iterator[tuple[RunningLight, int]]:
    port = free_udp_port()
    made = RunningLight(home, f"protocol: sacn, port: {port}, universes: {{2: 300}}, rate: 40")
    yield made, port
    made.close()


def test_another_library_receives_sacn(running: tuple[RunningLight, int]) -> None:
    light, port = running
    receiver = sacn.sACNreceiver(bind_address="127.0.0.1", bind_port=port)
    received: dict[int, list[sacn.DataPacket]] = {1: [], 300: []}
    for universe, packets in received.items():
        receiver.register_listener("universe", packets.append, universe=universe)
    ended: list[int] = []
    receiver.register_listener(
        "availability", lambda universe, changed: ended.append(universe) if changed == "timeout" else None
    )
    receiver.start()
    try:
        light.until("live")
        wait_for(lambda: _full(light, received), "full light", 30.0)
        statuses = [light.until("live") for _ in range(3)]
        log = light.end()
        wait_for(lambda: set(ended) == {1, 300}, "the end of both streams", 10.0)
    finally:
        receiver.stop()
    frames = (statuses[2].packets - statuses[0].packets) / 2
    assert frames <= 44.0 * (statuses[2].time_s - statuses[0].time_s) + 1
    first = received[1][0]
    assert (first.sourceName, first.priority, first.universe) == ("Gesture Synth", 100, 1)
    assert max(packet.dmxData[511] for packet in received[300]) == 255
    assert all(max(packet.dmxData[1], packet.dmxData[3]) == 0 for packet in received[1]), "green alone"
    assert max(received[1][-1].dmxData) == max(received[300][-1].dmxData) == 0
    assert "lights stopped" in log


def _full(light: RunningLight, received: dict[int, list[sacn.DataPacket]]) -> bool:
    light.send()
    return bool(received[1] and received[1][-1].dmxData[2] == 255)


def test_shells_show_what_is_sent_and_a_receiver_that_is_not_there(
    running: tuple[RunningLight, int], home: Path
) -> None:
    light, port = running
    status = light.until("live")
    assert list(status.frames) == ["1", "300"]
    shown = json.loads(_said("light", "show", "--json"))
    assert [len(levels) for levels in shown["universes"].values()] == [512, 512]
    text = _said("light", "show")
    assert f"sACN to 127.0.0.1, port {port}: " in text
    assert f"! no program receives at 127.0.0.1, port {port}" in text
    for words in (("light", "test", "1", "1"), ("light",)):
        tested = subprocess.run(_command(*words), capture_output=True, text=True, check=False, timeout=30)
        assert (tested.returncode, tested.stdout) == (2, "")
        assert "lamps are driven now" in tested.stderr


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "gesturesynth", *words]


def _said(*words: str) -> str:
    return subprocess.run(_command(*words), capture_output=True, text=True, check=True, env=os.environ).stdout


def test_a_channel_is_tested_slowly_and_left_dark(home: Path) -> None:
    (home / "config").mkdir()
    with UdpReceiver() as receiver:
        text = f"light: {{protocol: artnet, port: {receiver.port}, universes: {{1: 5}}, most: 80 %}}\n"
        (home / "config" / "gesturesynth.yaml").write_text(text)
        said = _said("light", "test", "1", "17", "--seconds", "1.1")
        packets = receiver.all()
    assert "channel 17 of universe 1, 1.1 s" in said
    assert {packet[14] for packet in packets} == {5}
    levels = [packet[18 + 16] for packet in packets]
    assert max(levels) == 204
    assert len(set(levels)) > 5
    assert levels[-3:] == [0, 0, 0]
    assert all(sum(packet[18:]) == packet[18 + 16] for packet in packets)


def test_a_test_that_a_signal_ends_leaves_its_channel_dark(home: Path) -> None:
    (home / "config").mkdir()
    with UdpReceiver() as receiver:
        (home / "config" / "gesturesynth.yaml").write_text(f"light: {{protocol: artnet, port: {receiver.port}}}\n")
        with subprocess.Popen(_command("light", "test", "1", "17"), stdout=subprocess.DEVNULL) as process:
            wait_for(lambda: receiver.next()[18 + 16] > 50, "light", 30.0)
            process.terminate()
        assert process.returncode == 0
        assert [packet[18 + 16] for packet in receiver.all()][-3:] == [0, 0, 0]
