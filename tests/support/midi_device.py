"""A MIDI device at a JACK server, as a program of its own that is plugged in when it starts: the real rtmidi2.

Run as a script, it writes each message that arrives as a line of hexadecimal octets, and sends each line that it reads.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Self

from tests.support.midi_reader import Receiver
from tests.support.waiting import wait_for


class MidiDevice:
    """The device.

    Args:
        name: of its client; it has one port `in` and one port `out`.
        environment: names the JACK server.

    Attributes:
        receiver: has what arrived.
    """

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.receiver = Receiver()
        self._ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.midi_device", name],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        wait_for(lambda: self._ready, "the MIDI device")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join(10)
        assert self._process.stdout
        self._process.stdout.close()

    def send(self, *octets: int) -> None:
        """Sends one message."""
        assert self._process.stdin
        self._process.stdin.write(f"{bytes(octets).hex()}\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("ready"):
                self._ready = True
            else:
                self.receiver.feed(bytes.fromhex(line))


def main(name: str) -> None:
    """The program."""
    from gesturesynth.midi.library import open_system  # noqa: PLC0415 - the test's process loads no libjack

    system = open_system("jack")
    receiver = system.library.MidiIn(f"{name} receiver", api=system.api)
    receiver.ignore_types(midi_sysex=True, midi_time=False, midi_sense=True)  # type: ignore[attr-defined]
    receiver.callback = lambda message, _: print(bytes(message).hex(), flush=True)
    receiver.open_virtual_port("in")
    sender = system.library.MidiOut(f"{name} sender", api=system.api)
    sender.open_virtual_port("out")
    print("ready", flush=True)
    for line in sys.stdin:
        sender.send_raw(*bytes.fromhex(line))
    time.sleep(0.05)  # JACK fetches what was sent with its next period
    receiver.close_port()
    sender.close_port()
    system.close()


if __name__ == "__main__":
    main(sys.argv[1])
