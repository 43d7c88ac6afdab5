"""A FAKE of rtmidi2: ports that a test plugs in and out, where no driver is.

Its names are those of the real module, which `tests/midi/test_ports.py` compares. What can be tried with the real one,
over JACK, is tried in `tests/midi/test_process.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class FakeRtMidi:
    """The module.

    Attributes:
        outputs, inputs: names of ports that are plugged in.
        sent: what was sent, with the name of the port.
        broken: calls fail as those of a driver do.
    """

    API_LINUX_ALSA = 2
    API_UNIX_JACK = 3
    API_MACOSX_CORE = 1

    outputs: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    broken: bool = False
    receivers: list[FakeMidiIn] = field(default_factory=list)

    def MidiOut(self, clientname: str, *, api: int) -> FakeMidiOut:  # noqa: N802 - the library's name
        return FakeMidiOut(self)

    def MidiIn(self, clientname: str, *, api: int) -> FakeMidiIn:  # noqa: N802 - the library's name
        self.receivers.append(FakeMidiIn(self))
        return self.receivers[-1]

    def arrive(self, *octets: int) -> None:
        """A message arrives at each port that is open."""
        for receiver in self.receivers:
            if receiver.opened and receiver.callback:
                receiver.callback(list(octets), 0.0)


class FakeDevice:
    """What both have in common."""

    def __init__(self, module: FakeRtMidi) -> None:
        self.module = module
        self.opened = ""

    @property
    def ports(self) -> Sequence[str]:
        raise NotImplementedError

    def open_port(self, port: int) -> None:
        if self.module.broken:
            raise RuntimeError("the driver says no")
        self.opened = self.ports[port]

    def open_virtual_port(self, port_name: str) -> None:
        self.opened = port_name

    def close_port(self) -> None:
        self.opened = ""


class FakeMidiOut(FakeDevice):
    @property
    def ports(self) -> Sequence[str]:
        return list(self.module.outputs)

    def send_raw(self, *octets: int) -> None:
        if self.module.broken:
            raise RuntimeError("the driver says no")
        self.module.sent.append((self.opened, bytes(octets)))


class FakeMidiIn(FakeDevice):
    callback: Callable[[Sequence[int], float], None] | None = None

    @property
    def ports(self) -> Sequence[str]:
        return list(self.module.inputs)
