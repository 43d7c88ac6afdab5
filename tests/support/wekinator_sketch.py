"""A program that talks to Wekinator, beside a conductor that a test moves on."""

from __future__ import annotations

import socket
from pathlib import Path

from pythonosc.osc_message import OscMessage

from gesturesynth.conductor.loop import TICK_S
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


def wekinator_message(name: float | str, *values: float | str) -> WekinatorMessage:
    """As the server of inputs gives it."""
    numbers = tuple(float(value) for value in values if not isinstance(value, str))
    return WekinatorMessage(
        f"{CONTROL}{name}", numbers if len(numbers) == len(values) else None, "here:1", tuple(values)
    )


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
        self.controls((name, *values))

    def controls(self, *messages: tuple[float | str, ...]) -> None:
        """Likewise, several that arrive between two ticks."""
        harness, control = self.harness, self.harness.conductor._wekinator
        control.advance([wekinator_message(*message) for message in messages], harness.now_s)
        while control._held_up or control._messages or control._steps:
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
