"""Other programs, all the time: commands and questions by OSC, subscribers that come and go, and rubbish."""

from __future__ import annotations

import socket
import time
from collections import Counter, deque
from typing import Final

from gesturesynth.control.osc.addresses import ACK, BY_ADDRESS, ERROR
from gesturesynth.control.osc.codec import MalformedError, decode, encode
from gesturesynth.control.osc.streams import STATE
from tests.soak.record import OscTraffic
from tests.support.malformed_osc import mutants
from tests.support.thread_scope import ThreadScope

STEP_S: Final = 0.05
RENEW_S: Final = 4.0
VISIT_S: Final = 5.0
"""As often a new client subscribes, and ends without unsubscribing."""
VISITORS: Final = 2
"""So many of them have not crashed yet."""
FLOOD_S: Final = 20.0
FLOOD: Final = 1000
"""As often, so many datagrams come at once."""


class Traffic(ThreadScope):
    """OSC clients that send while it is entered. A context manager.

    Attributes:
        talk: the datagrams sent and received so far.
    """

    def __init__(self, port: int) -> None:
        self.talk = OscTraffic()
        self._there = ("127.0.0.1", port)
        super().__init__("traffic")
        self._rubbish = (datagram for datagram in mutants(4) if is_rubbish(datagram))
        self._hand, self._stranger, self._subscriber = (_socket() for _ in range(3))
        self._visitors: deque[socket.socket] = deque()

    def _after_end(self) -> None:
        for one in (self._hand, self._stranger, self._subscriber, *self._visitors):
            one.close()

    def _run(self) -> None:
        turn = 0
        renew_s = visit_s = 0.0
        flood_s = time.monotonic() + FLOOD_S
        while not self._end.wait(STEP_S):
            now_s = time.monotonic()
            turn += 1
            sent: Counter[str] = Counter()
            if turn % 5 == 0:
                self._send(self._hand, encode("/gesturesynth/volume", -(turn % 30) / 10))
                sent["commands"] += 1
            if turn % 20 == 0:
                self._send(self._hand, encode("/gesturesynth/query"))
            if now_s >= renew_s:
                renew_s = now_s + RENEW_S
                self._send(self._subscriber, encode("/gesturesynth/subscribe"))
            if now_s >= visit_s:
                visit_s = now_s + VISIT_S
                self._visit()
            sent["rubbish"] = FLOOD if now_s >= flood_s else 1
            flood_s = now_s + FLOOD_S if now_s >= flood_s else flood_s
            for _ in range(sent["rubbish"]):
                self._send(self._stranger, next(self._rubbish))
            self._count(sent, now_s)

    def _visit(self) -> None:
        self._visitors.append(_socket())
        self._send(self._visitors[-1], encode("/gesturesynth/subscribe"))
        if len(self._visitors) > VISITORS:
            self._visitors.popleft().close()

    def _count(self, sent: Counter[str], now_s: float) -> None:
        _addresses(self._stranger)  # errors, at a slow rate; they are not ours
        heard = Counter(_addresses(self._hand))
        heard[STATE] += sum(_addresses(one).count(STATE) for one in (self._subscriber, *self._visitors))
        before = self.talk
        self.talk = OscTraffic(
            commands=before.commands + sent["commands"],
            acks=before.acks + heard[ACK],
            errors=before.errors + heard[ERROR],
            rubbish=before.rubbish + sent["rubbish"],
            states=before.states + heard[STATE],
            answered_s=now_s if heard[ACK] else before.answered_s,
        )

    def _send(self, sender: socket.socket, datagram: bytes) -> None:
        try:
            sender.sendto(datagram, self._there)
        except (BlockingIOError, ConnectionRefusedError):  # a full buffer; a conductor that is just being restarted
            return


def is_rubbish(datagram: bytes) -> bool:
    """Whether nothing in it is an address of ours: a flood is not to press `panic` by accident."""
    try:
        return all(message.address not in BY_ADDRESS for message in decode(datagram))
    except MalformedError:
        return True


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.setblocking(False)
    return made


def _addresses(receiver: socket.socket) -> list[str]:
    """The address of each datagram that has come."""
    found: list[str] = []
    while True:
        try:
            datagram = receiver.recv(65536)
        except BlockingIOError:
            return found
        except ConnectionRefusedError:
            continue
        found.append(datagram.partition(b"\0")[0].decode(errors="replace"))
