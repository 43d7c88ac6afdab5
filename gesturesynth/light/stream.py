"""Sends frames over UDP: numbered, repeated while nothing changes, ended in order. Never waits.

A socket is connected to its receiver, because the system then reports a receiver that is not there, where it can know.
"""

from __future__ import annotations

import errno
import os
import socket
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from gesturesynth.light import artnet, sacn
from gesturesynth.light.protocols import ARTNET, MULTICAST, SACN, Destination, LightSettings

REFRESH_S: Final = 0.8
"""Between two packets of a frame that stays the same: E1.31 (6.6.2) asks for 0.8 to 1 s, Art-Net recommends it."""
REPEATS: Final = 3
"""A frame is sent so often again before only every REFRESH_S (E1.31, 6.6.1): the network may lose one."""
RETRY_S: Final = 1.0
"""Between two attempts to make a socket."""
REFUSED_S: Final = 2.0
"""So long a report of the system that there is no receiver counts; it comes once for each packet or two."""
TTL: Final = 8
"""Routers that a multicast packet may pass: lamps of one house."""
BLACK: Final = bytes(512)
_FULL: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS})
"""The system takes no more just now: the next frame is newer."""


def component_id() -> bytes:
    """The 16 bytes that tell this source from others, the same at each start of this user on this computer."""
    machine = ""
    with suppress(OSError):
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip()
    return uuid.uuid5(uuid.NAMESPACE_OID, f"gesturesynth light {machine or uuid.getnode()} {os.getuid()}").bytes


class UniverseStream:
    """The packets of one universe.

    Args:
        to: where they go.
        settings: of the machine.
        cid: see `component_id`.

    Attributes:
        error: why the newest packet could not be sent, or was not received; empty when all is well.
        frame: the newest that was handed over.
    """

    def __init__(self, to: Destination, settings: LightSettings, cid: bytes) -> None:
        self._settings, self._cid = settings, cid
        self._number = to.number
        address = sacn.multicast_address(to.number) if to.address == MULTICAST else to.address
        self._peer = address, settings.udp_port
        self._via = settings.via
        self._multicast = to.address == MULTICAST
        self._socket: socket.socket | None = None
        self._retry_s = float("-inf")
        self._refused_s = float("-inf")
        self._sequence = 0 if settings.protocol == SACN else 1
        self._sent_s = float("-inf")
        self._left = 0
        self.frame = BLACK
        self.error = ""
        self.packets = self.lost = 0

    def send(self, levels: bytes, now_s: float) -> None:
        """Sends a frame if it has changed, is to be repeated, or was not sent for REFRESH_S."""
        if levels != self.frame:
            self.frame, self._left = levels, REPEATS + 1
        if self._left or now_s - self._sent_s >= REFRESH_S:
            self._left = max(0, self._left - 1)
            self._sent_s = now_s
            self._send_packet(self._packet(levels), now_s)

    def end(self, now_s: float) -> None:
        """Sends black, and that no more will come; closes the socket."""
        self.frame = BLACK
        for _ in range(REPEATS):
            self._send_packet(self._packet(BLACK), now_s)
        for _ in range(sacn.TERMINATIONS if self._settings.protocol == SACN else 0):
            self._send_packet(self._packet(BLACK, terminated=True), now_s)
        self.close()

    def send_list(self, universes: list[int], now_s: float) -> None:
        """Sends the list of all universes (sACN)."""
        for packet in sacn.discovery_packets(universes, cid=self._cid, name=self._settings.name):
            self._send_packet(packet, now_s)

    def _packet(self, levels: bytes, *, terminated: bool = False) -> bytes:
        sequence = self._sequence
        if self._settings.protocol == ARTNET:
            self._sequence = artnet.next_sequence(sequence)
            return artnet.dmx_packet(self._number, levels, sequence)
        self._sequence = (sequence + 1) & 0xFF
        name, priority = self._settings.name, self._settings.priority
        return sacn.data_packet(
            self._number, levels, sequence, cid=self._cid, name=name, priority=priority, terminated=terminated
        )

    def _send_packet(self, packet: bytes, now_s: float) -> None:
        try:
            self._open(now_s)
            if self._socket is None:
                self.lost += 1
                return
            try:
                self._socket.send(packet)
            except ConnectionRefusedError:  # about the packet before; this one was not sent
                self._refused_s = now_s
                self._socket.send(packet)
        except ConnectionRefusedError:
            self._refused_s = now_s
            self.lost += 1
        except OSError as error:
            self.lost += 1
            if error.errno not in _FULL:
                self.close()
                self._retry_s = now_s + RETRY_S
                self.error = f"{self._peer[0]} cannot be reached: {error.strerror}"
            return
        else:
            self.packets += 1
        refused = now_s - self._refused_s < REFUSED_S
        self.error = f"no program receives at {self._peer[0]}, port {self._peer[1]}" if refused else ""

    def _open(self, now_s: float) -> None:
        if self._socket is not None or now_s < self._retry_s:
            return
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            if self._multicast:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
            if self._via:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(self._via))
                made.bind((self._via, 0))
            made.connect(self._peer)
        except OSError:
            made.close()
            raise
        self._socket = made

    def close(self) -> None:
        """Closes the socket; another packet opens it again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class LightSender:
    """Sends the frames of all universes.

    Args:
        settings: of the machine.
        cid: see `component_id`; by default that of this computer.

    Attributes:
        packets: how many were sent; `lost` how many could not be.
    """

    def __init__(self, settings: LightSettings, cid: bytes = b"") -> None:
        self._settings, self._cid = settings, cid or component_id()
        self._streams: dict[Destination, UniverseStream] = {}
        self._ended_packets = self._ended_lost = 0
        self._list: UniverseStream | None = None
        self._listed_s = float("-inf")

    @property
    def packets(self) -> int:
        """How many packets were sent."""
        return self._ended_packets + sum(stream.packets for stream in self._streams.values())

    @property
    def lost(self) -> int:
        """How many packets could not be sent."""
        return self._ended_lost + sum(stream.lost for stream in self._streams.values())

    @property
    def error(self) -> str:
        """Why packets cannot be sent, or are not received; empty when all is well."""
        return "; ".join(dict.fromkeys(stream.error for stream in self._streams.values() if stream.error))

    @property
    def frames(self) -> dict[str, bytes]:
        """The newest frame of each universe, by its number on the network, and its address where nodes share it."""
        numbers = [to.number for to in self._streams]
        names = {to: f"{to.number}{f' at {to.address}' * (numbers.count(to.number) > 1)}" for to in self._streams}
        return {names[to]: self._streams[to].frame for to in sorted(names, key=lambda to: (to.number, to.address))}

    def send(self, frames: Mapping[Destination, bytes], now_s: float) -> None:
        """Sends what has to be sent now. A universe that is not among the frames any more is ended in order."""
        for to in [to for to in self._streams if to not in frames]:
            self._end(to, now_s)
        for to, levels in frames.items():
            stream = self._streams.get(to)
            if stream is None:
                stream = self._streams[to] = UniverseStream(to, self._settings, self._cid)
            stream.send(levels, now_s)
        self._send_list(now_s)

    def end(self, now_s: float) -> None:
        """Ends all universes in order."""
        for to in [*self._streams]:
            self._end(to, now_s)
        if self._list is not None:
            self._list.close()

    def _end(self, to: Destination, now_s: float) -> None:
        stream = self._streams.pop(to)
        stream.end(now_s)
        self._ended_packets += stream.packets
        self._ended_lost += stream.lost

    def _send_list(self, now_s: float) -> None:
        """The list of universes, which sACN wants every ten seconds where it is multicast."""
        numbers = [to.number for to in self._streams if to.address == MULTICAST]
        if not numbers or now_s - self._listed_s < sacn.DISCOVERY_S:
            return
        self._listed_s = now_s
        if self._list is None:
            self._list = UniverseStream(Destination(sacn.DISCOVERY_UNIVERSE, MULTICAST), self._settings, self._cid)
        self._list.send_list(numbers, now_s)
