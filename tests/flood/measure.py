"""What a flood does to those who behave: sounds that leave and answers that come, before it, during it and after it."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import psutil

from gesturesynth.control.osc.addresses import ACK
from gesturesynth.control.osc.codec import decode, encode
from gesturesynth.runtime.messages import ConductorStatus, Sound
from tests.flood.sender import Flood, busy
from tests.support.app_process import AppProcess, MessageListener

CLIENT_HOST: Final = "127.0.0.2"
"""Another address than the flood's."""
CLIENT_HZ: Final = 20.0
LATE_S: Final = 2.0
"""An answer that takes longer than this is none."""
AFTER_S: Final = 1.0
"""So soon after a flood all is as it was before."""


class Client:
    """A program that behaves: it asks for volumes, twenty a second, and knows each answer by its value.

    A context manager.
    """

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((CLIENT_HOST, 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._open: dict[str, float] = {}
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send_for(self, seconds: float) -> list[float | None]:
        """Asks for so long; of each question how long its answer took, or None."""
        self._open = {}
        took: dict[str, float] = {}
        requested: list[str] = []
        begun_s = time.monotonic()
        while (now_s := time.monotonic()) < begun_s + seconds:
            due = int((now_s - begun_s) * CLIENT_HZ) + 1
            while len(requested) < due:
                self._count = (self._count + 1) % 600
                value = f"{-60 + self._count / 10:.3g}"
                requested.append(value)
                self._open[value] = time.monotonic()
                self.socket.send(encode("/gesturesynth/volume", float(value)))
            self._receive(took, 1 / CLIENT_HZ / 4)
        end_s = time.monotonic() + LATE_S
        while self._open and time.monotonic() < end_s:
            self._receive(took, 0.05)
        return [took.get(value) for value in requested]

    def _receive(self, took: dict[str, float], most_s: float) -> None:
        if not select.select([self.socket], [], [], most_s)[0]:
            return
        while True:
            try:
                (message,) = decode(self.socket.recv(65536))
            except (BlockingIOError, ConnectionRefusedError):
                return
            text = str(message.values[-1]).split()
            if message.address == ACK and text[0] == "Volume" and text[1] in self._open:
                took[text[1]] = time.monotonic() - self._open.pop(text[1])


@dataclass(frozen=True)
class Phase:
    """What was so for some seconds.

    Attributes:
        sounds_hz: `Sound` messages that arrived, a second.
        asked, answered: questions of the program that behaves, and those of them that were answered.
        slowest_s: the answer that took longest; 0 without any.
    """

    sounds_hz: float
    asked: int
    answered: int
    slowest_s: float

    @property
    def sound_share(self) -> float:
        """The share of questions that was answered."""
        return self.answered / max(1, self.asked)


@dataclass(frozen=True)
class Contention:
    """A flood beside busy programs, and what was so before and after it; all in one run."""

    rate_hz: int
    before: Phase
    during: Phase
    after: Phase
    sent: int

    @property
    def ratio(self) -> float:
        """Of the sounds before and after the flood, those that left during it."""
        return self.during.sounds_hz / (0.5 * (self.before.sounds_hz + self.after.sounds_hz))

    @property
    def recovered(self) -> float:
        """Of the sounds before the flood, those that left after it."""
        return self.after.sounds_hz / self.before.sounds_hz


@contextmanager
def playing(stack: ExitStack) -> Iterator[tuple[AppProcess, int]]:
    """`gesturesynth run` without a sound device, and the port of its OSC."""
    running = stack.enter_context(AppProcess("--source", "demo", "--audio", "null"))
    running.wait_until_playing()
    yield running, int(running.until_logged("OSC input opened")["port"])


def phase(client: Client, sounds: MessageListener, seconds: float) -> Phase:
    """Some seconds of the program that behaves."""
    first, begun_s = len(sounds.fetch()), time.monotonic()
    # What arrives while the last answers are waited for counts, too: so does the time.
    took = client.send_for(seconds)
    count, over_s = len(sounds.fetch()) - first, time.monotonic()
    answered = [one for one in took if one is not None]
    return Phase(count / (over_s - begun_s), len(took), len(answered), max(answered, default=0.0))


def contend(rates: tuple[int, ...], programs: int, seconds: float) -> Generator[Contention]:
    """Each rate, with so many busy programs beside it all the time."""
    with ExitStack() as stack, playing(stack) as (running, port):
        sounds = running.listen(Sound)
        client = stack.enter_context(Client(port))
        client.send_for(1.0)
        stack.enter_context(busy(programs))
        client.send_for(6.0)  # a host that has behaved for a while
        for rate_hz in rates:
            before = phase(client, sounds, seconds)
            flood = Flood(port, rate_hz, 1 << 40)
            client.send_for(1.0)
            during = phase(client, sounds, seconds)
            sent = flood.end()
            time.sleep(AFTER_S)
            after = phase(client, sounds, seconds)
            yield Contention(rate_hz, before, during, after, sent)


@dataclass(frozen=True)
class FloodResult:
    """Very many datagrams, as fast as they can be sent.

    Attributes:
        sent: by the flood and by the program that behaves.
        counted: by the conductor, since the flood began.
        dropped: by the kernel, because the socket's queue was full.
        took_s: seconds of flood.
        ratio: of the sounds before the flood, those that left during it.
        heard: the share of the client's requests that was answered during it.
        own_mb: memory of the conductor's own, 1e6 bytes: before the flood, and the most since.
        restarts: of processes.
    """

    sent: int
    counted: int
    dropped: int
    took_s: float
    ratio: float
    heard: float
    own_mb: tuple[float, float]
    restarts: int


def measure_flood(count: int, niceness: int = 10) -> FloodResult:
    """So many datagrams, from a process that gives way to others."""
    with ExitStack() as stack, playing(stack) as (running, port):
        sounds, statuses = running.listen(Sound), running.listen(ConductorStatus)
        pids = running.pids()
        client = stack.enter_context(Client(port))
        client.send_for(6.0)
        before = phase(client, sounds, 5.0)
        own_mb = _own_mb(pids["conductor"])
        most_mb = own_mb
        counted_before, dropped_before = _counted(running), _dropped(port)
        begun_s = time.monotonic()
        flood = Flood(port, 0, count, niceness=niceness)
        phases: list[Phase] = []
        while flood.running:
            phases.append(phase(client, sounds, 2.0))
            sounds.messages.clear()
            statuses.messages.clear()
            most_mb = max(most_mb, _own_mb(pids["conductor"]))
        took_s = time.monotonic() - begun_s
        sent = flood.end() + sum(one.asked for one in phases)
        time.sleep(AFTER_S)  # what is still in the kernel is read
        most_mb = max(most_mb, _own_mb(pids["conductor"]))
        counted, dropped = _counted(running), _dropped(port)
        after = running.pids()
        whole = phases[:-1] or phases  # the flood ended during the last
        return FloodResult(
            sent=sent,
            counted=counted - counted_before,
            dropped=dropped - dropped_before,
            took_s=took_s,
            ratio=sum(one.sounds_hz for one in whole) / len(whole) / before.sounds_hz,
            heard=sum(one.answered for one in whole) / sum(one.asked for one in whole),
            own_mb=(own_mb, most_mb),
            restarts=sum(after[name] != pid for name, pid in pids.items()),
        )


def _counted(running: AppProcess) -> int:
    """Datagrams that the conductor has counted."""
    listener = running.listen(ConductorStatus)
    first = len(listener.fetch())
    status = running.until(ConductorStatus, lambda status: bool(status.osc), "a count of datagrams")
    del listener.messages[:first]
    return status.osc["datagrams"]


def _dropped(port: int) -> int:
    """Datagrams that the kernel dropped because the queue of our UDP port was full (proc_net_udp(5))."""
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].partition(":")[2], 16) == port:
            return int(fields[-1])
    raise ValueError(f"no process listens to UDP port {port}")


def _own_mb(pid: int) -> float:
    return float(psutil.Process(pid).memory_full_info().uss) / 1e6
