"""OSC commands by rate: how soon each is acknowledged, and how many never are.

Another program moves the volume, as a fader does. The server takes so many messages a second from one sender
(`osc_limits.RATE_HZ`); rates above that come from several, each with an address of its own, and one row shows what
becomes of one that asks for more.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterator

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from gesturesynth.control.osc.limits import RATE_HZ
from tests.benchmarks.figures import Figure, of, single
from tests.benchmarks.setup import Plan, jack, supervised

TITLE = "OSC: /gesturesynth/volume and its acknowledgement"
RATES = (100, 500, 1000, 2000)
SHARE = 400
"""Messages a second that each sender may send, well within what it is allowed."""
STEPS = 600
"""Volumes from -60 to -0.1 dB in tenths: each of so many messages has its own, by which its answer is known."""
LATE_S = 0.5
_ACK = re.compile(r"Volume (-?[\d.]+) dB")


def measure(plan: Plan) -> Iterator[Figure]:
    """Each rate, then one sender that asks for more than it is allowed."""
    with jack() as server, supervised(plan, server) as running:
        port = int(running.until_logged("OSC input opened")["port"])
        for rate in RATES if not plan.quick else (500,):
            senders = -(-rate // SHARE)
            yield from _at(port, rate, senders, plan.choose(6, 2), f"{rate}/s from {senders}")
        yield from _at(port, 1000, 1, plan.choose(6, 2), f"1000/s from 1, which may send {RATE_HZ:g}")


def _at(port: int, rate: int, senders: int, seconds: float, what: str) -> Iterator[Figure]:
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(senders)]
    for number, one in enumerate(sockets, 1):
        one.bind((f"127.0.0.{number}", 0))
        one.connect(("127.0.0.1", port))
        one.setblocking(False)
    try:
        sent, round_trips_ms = _talk(sockets, rate, seconds)
    finally:
        for one in sockets:
            one.close()
    lost = 100 * (1 - len(round_trips_ms) / sent)
    yield of(f"{what}: round trip", "ms", round_trips_ms)
    yield single(f"{what}: lost, or late by half a second", "%", lost, note=f"of {sent}")


def _talk(sockets: list[socket.socket], rate: int, seconds: float) -> tuple[int, list[float]]:
    """Sends evenly, the sockets in turn; how many, and how long each answer took, ms."""
    open_since: dict[tuple[int, int], float] = {}
    round_trips_ms: list[float] = []
    packets = [_volume(step) for step in range(STEPS)]
    sent = 0
    begun_s = time.monotonic()
    while (now_s := time.monotonic()) < begun_s + seconds + LATE_S:
        due = min(int((now_s - begun_s) * rate), int(seconds * rate))
        while sent < due:
            at = sent % len(sockets)
            step = sent // len(sockets) % STEPS
            open_since[at, step] = time.monotonic()
            sockets[at].send(packets[step])
            sent += 1
        next_s = begun_s + (sent + 1) / rate if sent < seconds * rate else now_s + 0.01
        ready, _, _ = select.select(sockets, [], [], max(0.0, min(0.01, next_s - time.monotonic())))
        for one in ready:
            arrived_s = time.monotonic()
            step_back = _step(one.recv(4096))
            asked_s = open_since.pop((sockets.index(one), step_back), None)
            if asked_s is not None:
                round_trips_ms.append(1000 * (arrived_s - asked_s))
    return sent, round_trips_ms


def _volume(step: int) -> bytes:
    builder = OscMessageBuilder("/gesturesynth/volume")
    builder.add_arg(-60.0 + step / 10, "f")
    packet: bytes = builder.build().dgram
    return packet


def _step(packet: bytes) -> int:
    """Which of the volumes an acknowledgement is about; -1 for any other answer."""
    message = OscMessage(packet)
    found = _ACK.search(" ".join(map(str, message.params)))
    return round((float(found[1]) + 60) * 10) if found and message.address.endswith("/ack") else -1
