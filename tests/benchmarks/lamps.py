"""Lamps: what a frame costs, and what an hour of frames leaves behind.

Times are passed in, so an hour of frames takes as long as they cost. The packets are really sent, to a socket of this
computer. sACN's packets are made by ours and by the library sacn, whose packets have the same bytes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import psutil
from sacn.messages.data_packet import DataPacket

from gesturesynth.light import artnet, sacn
from gesturesynth.light.desk import LightDesk
from gesturesynth.light.protocols import SACN, LightSettings
from gesturesynth.light.stream import REFRESH_S, LightSender
from gesturesynth.runtime.light_message import LampSetup, LampSource
from tests.benchmarks.figures import Figure, of, single
from tests.benchmarks.setup import Plan
from tests.support.lamps import UdpReceiver, told, voice

TITLE = "Lamps: processor time of one frame, and an hour of frames"
RATE_HZ = 40.0
LEVEL, HUE = LampSource("output", "level"), LampSource("output", "hue")
PACKETS = 2000


def measure(plan: Plan) -> Iterator[Figure]:
    """Frames of few and of many lamps, packets, and an hour."""
    for count in (4, 64):
        yield of(
            f"{count} lamps (RGB, 16 bits): a frame, made and sent", "ms", _frames_ms(count, plan.choose(2000, 200))
        )
    yield from _packets(plan.choose(PACKETS, 100))
    yield from _hour(float(plan.choose(3600, 60)))


def lamps(count: int) -> list[LampSetup]:
    """Lamps of six channels each, 85 of them in a universe."""
    return [
        LampSetup(f"lamp_{n}", 1 + n // 85, 1 + n % 85 * 6, "rgb", wide=True, level=LEVEL, hue=HUE)
        for n in range(count)
    ]


def _frames_ms(count: int, frames: int) -> list[float]:
    setup = lamps(count)
    took_ms = []
    with UdpReceiver() as receiver:
        desk, sender = LightDesk(LightSettings()), LightSender(LightSettings(SACN, port=receiver.port))
        for number in range(frames):
            now_s = number / RATE_HZ
            message = told(setup, voice(_positions(now_s)))
            begun_s = time.thread_time()
            desk.take(message, now_s)
            sender.send(desk.step(now_s), now_s)
            took_ms.append(1000.0 * (time.thread_time() - begun_s))
            receiver.all()
        sender.end(frames / RATE_HZ)
    return took_ms


def _positions(now_s: float) -> dict[str, float]:
    return {"level": 0.5 + 0.5 * math.sin(now_s), "hue": now_s / 10.0 % 1.0}


def _packets(count: int) -> Iterator[Figure]:
    """All 512 levels change in each packet."""
    frames = [bytes((place + number) & 0xFF for place in range(512)) for number in range(count)]
    cid, name = bytes(16), "Gesture Synth"

    def theirs(number: int, frame: bytes) -> bytes:
        packet.dmxData = tuple(frame)
        packet.sequence = number & 0xFF
        return bytes(packet.getBytes())

    packet = DataPacket(tuple(cid), name, 1)
    makers: dict[str, Callable[[int, bytes], bytes]] = {
        "sACN, ours": lambda number, frame: sacn.data_packet(1, frame, number & 0xFF, cid=cid, name=name),
        "sACN, the library sacn": theirs,
        "Art-Net, ours": lambda number, frame: artnet.dmx_packet(1, frame, number % 255 + 1),
    }
    assert makers["sACN, ours"](7, frames[0]) == theirs(7, frames[0])
    for what, make in makers.items():
        begun_s = time.thread_time()
        for number, frame in enumerate(frames):
            make(number, frame)
        yield single(f"a packet of {what}", "µs", 1e6 * (time.thread_time() - begun_s) / count, note=f"mean of {count}")


def _hour(seconds: float) -> Iterator[Figure]:
    """Eight lamps, for half of each minute a person who moves; then nothing changes."""
    setup, process = lamps(8), psutil.Process()
    received, longest_s, last_s = 0, 0.0, 0.0
    begun_mb = math.nan
    with UdpReceiver() as receiver:
        desk, sender = LightDesk(LightSettings()), LightSender(LightSettings(SACN, port=receiver.port))
        for number in range(round(seconds * RATE_HZ)):
            now_s = number / RATE_HZ
            moves_s = min(now_s % 60.0, 30.0)
            desk.take(told(setup, voice(_positions(moves_s))), now_s)
            sender.send(desk.step(now_s), now_s)
            if arrived := len(receiver.all()):
                received += arrived
                longest_s, last_s = max(longest_s, now_s - last_s), now_s
            if number == round(30 * RATE_HZ):
                begun_mb = process.memory_info().rss / 1e6
        grown_mb = process.memory_info().rss / 1e6 - begun_mb
        yield single("an hour: frames sent and received", "", received, note=f"lost: {sender.packets - received}")
        yield single("an hour: the longest pause between two packets", "s", longest_s, aim=max(1.0, REFRESH_S))
        yield single("an hour: memory that was added after the first half minute", "MB", grown_mb, aim=1.0)
        sender.end(seconds)
