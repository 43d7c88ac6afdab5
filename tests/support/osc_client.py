"""A client of the OSC server, and everything that it receives."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol as Interface

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from gesturesynth.control.osc.server import OscCall, OscServer

STATE = json.dumps({"phase": "playing", "target": "3"})
"""What the conductor answers with, in tests of the wire."""
OUTPUTS = {"pitch": 440.0, "level": -12.0}


@dataclass
class OscClient:
    """A client with a socket of its own, on an address of its own if necessary."""

    server: OscServer
    host: str = "127.0.0.1"
    socket: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))

    def __post_init__(self) -> None:
        self.socket.bind((self.host, 0))
        self.socket.setblocking(False)

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, ("127.0.0.1", self.server.port))

    def packets(self) -> list[bytes]:
        """All datagrams that have arrived. Loop-back delivers before `sendto` returns, so no other was sent."""
        packets = []
        while True:
            try:
                packets.append(self.socket.recv(65536))
            except BlockingIOError:
                return packets

    def messages(self) -> list[tuple[str, list[object]]]:
        """Address and values of each message since the last call, bundles flattened."""
        messages: list[OscMessage] = []
        for packet in self.packets():
            messages += OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]
        return [(message.address, message.params) for message in messages]


class MakeOscClient(Interface):
    def __call__(self, host: str = "127.0.0.1") -> OscClient: ...


@contextmanager
def osc_clients(server: OscServer) -> Iterator[MakeOscClient]:
    """Makes clients, and closes them at the end."""
    made: list[OscClient] = []

    def make(host: str = "127.0.0.1") -> OscClient:
        made.append(OscClient(server, host))
        return made[-1]

    yield make
    for program in made:
        program.socket.close()


def answer_all(server: OscServer, requested: Sequence[OscCall]) -> None:
    for one in requested:
        server.answer(one, True, f"did {one.call.text}")
