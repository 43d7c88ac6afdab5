"""What a conductor tells lamps, made by hand; and a receiver of what is sent over UDP.

desk.take(told([LampSetup("front", 1, 1, level=LampSource("output", "level"))], positions={"level": 0.5}), now_s)
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from typing import Self

from gesturesynth.runtime.light_message import LampSetup, LightMessage, LightSetup
from gesturesynth.runtime.piece_state import PieceState, VoiceState
from gesturesynth.runtime.tempo import Tempo

NOTHING: Mapping[str, float] = {}


def voice(
    positions: Mapping[str, float] = NOTHING,
    *,
    features: Mapping[str, float] = NOTHING,
    recognised: str = "",
    entered: Mapping[str, int] | None = None,
    performed: Mapping[str, int] | None = None,
    struck: Mapping[str, int] | None = None,
    present: bool = True,
) -> VoiceState:
    """What one voice does."""
    return VoiceState(
        1.0,
        1,
        present,
        1.0,
        {},
        dict(positions),
        dict(features),
        recognised,
        dict(entered or {}),
        dict(performed or {}),
        dict(struck or {}),
    )


def state(
    *voices: VoiceState,
    pid: int = 1,
    changes: int = 1,
    tempo: Tempo | None = None,
    muted: bool = False,
    panic: bool = False,
    closed: bool = False,
) -> PieceState:
    """What a piece does."""
    people = sum(one.present for one in voices)
    return PieceState(0.0, pid, "Piece", changes, "", (), voices, 0, people, tempo, 0.0, muted, panic, closed)


def told(
    lamps: Sequence[LampSetup],
    *voices: VoiceState,
    positions: Mapping[str, float] = NOTHING,
    of: PieceState | None = None,
) -> LightMessage:
    """A message of the conductor: that of one voice with these positions, unless voices or a state are given."""
    given = voices or (voice(positions),)
    return LightMessage(of or state(*given), LightSetup(tuple(lamps), len(of.voices if of else given)))


class UdpReceiver:
    """Receives datagrams on a port of its own. A context manager."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._bind()
        self._socket.settimeout(10.0)
        self.port: int = self._socket.getsockname()[1]

    def _bind(self) -> None:
        self._socket.bind(("127.0.0.1", 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def next(self) -> bytes:
        """The next datagram; fails without one for ten seconds."""
        return self._socket.recv(2048)

    def all(self) -> list[bytes]:
        """Those that have arrived."""
        found = []
        self._socket.setblocking(False)
        try:
            while True:
                found.append(self._socket.recv(2048))
        except BlockingIOError:
            return found
        finally:
            self._socket.settimeout(10.0)


class GroupReceiver(UdpReceiver):
    """Receives what is sent to a multicast group by this computer's loopback."""

    def __init__(self, group: str, port: int) -> None:
        self._place = group, port
        super().__init__()

    def _bind(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(self._place)
        member = socket.inet_aton(self._place[0]) + socket.inet_aton("127.0.0.1")
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)


def free_udp_port() -> int:
    """A port that no program has."""
    with UdpReceiver() as receiver:
        return receiver.port
