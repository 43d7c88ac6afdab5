"""Processes that send: `python -m tests.flood.sender PORT RATE COUNT HOST FIRST`, and busy ones that only burn time.

It says so when it begins, and how many datagrams the kernel took when it has sent them all or is asked to end.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gesturesynth.control.osc.codec import encode

PORTS: Final = 64
"""The ports of the sender; to the receiver each is a program of its own."""
PORTION: Final = 64
COMMANDS: Final = (
    encode("/gesturesynth/volume", -6.0),
    encode("/gesturesynth/select", 1),
    encode("/gesturesynth/undo"),
    encode("/gesturesynth/volume", -7.0),
    encode("/gesturesynth/redo"),
    encode("/gesturesynth/audition", True),
    encode("/gesturesynth/randomise"),
    encode("/gesturesynth/mute", False),
)
"""Valid, all of them."""


def flood(port: int, rate_hz: float, count: int, host: str) -> int:
    """Sends from many ports; returns how many datagrams left. A rate of 0 is as many as it can."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(PORTS)]
    for one in sockets:
        one.bind((host, 0))
        one.connect(("127.0.0.1", port))
        one.setblocking(False)
    asked_to_end: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked_to_end.append(number))
    print("flooding", flush=True)
    turns = itertools.cycle(sockets)
    packets = itertools.cycle(COMMANDS)
    sent = tried = 0
    begun_s = time.monotonic()
    while tried < count and not asked_to_end:
        due = count if rate_hz == 0 else min(count, int((time.monotonic() - begun_s) * rate_hz))
        for _ in range(min(PORTION, due - tried)):
            tried += 1
            try:
                next(turns).send(next(packets))
            except (BlockingIOError, ConnectionRefusedError):  # a full queue, or an answer that was not read
                continue
            sent += 1
        if due <= tried:
            time.sleep(0.002)
    for one in sockets:
        one.close()
    return sent


@contextmanager
def busy(programs: int) -> Iterator[None]:
    """So many programs that use all the time they get, each as important as any other."""
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(programs)]
    try:
        yield
    finally:
        for one in started:
            one.kill()
        for one in started:
            one.wait()


class Flood:
    """A process that floods a port, from now on. `end` returns how many datagrams it has sent."""

    def __init__(self, port: int, rate_hz: float, count: int, host: str = "127.0.0.1", niceness: int = 0) -> None:
        text = [sys.executable, "-m", "tests.flood.sender", str(port), str(rate_hz), str(count), host, str(niceness)]
        self._process = subprocess.Popen(text, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "it did not begin"

    @property
    def running(self) -> bool:
        """Whether it still sends."""
        return self._process.poll() is None

    def end(self) -> int:
        """Ends it; how many datagrams it has sent."""
        if self.running:
            self._process.terminate()
        said, _ = self._process.communicate(timeout=60)
        return int(said)


if __name__ == "__main__":
    os.nice(int(sys.argv[5]))
    print(flood(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
