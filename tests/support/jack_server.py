"""A private JACK server without a sound card, and a recording of what is played on it.

    with JackServer() as server:
        process = subprocess.Popen(..., env=server.environment)
        with server.capture() as capture:
            ...
        samples = capture.samples      # float32, (frames, 2)

The server is synchronous (-S): it waits for its clients, so a busy machine makes it slow but never leaves holes in what
is captured. What clients send to `system:playback_1` and `_2` is recorded by `jack_rec`, from beginning to end, whether
or not there is a client at the moment. Where clients are killed it must not be synchronous: it would wait for them for
100 seconds.

A computer can have eight JACK servers, and one that was killed keeps its place until another of the same name starts.
So tests share a few names, each locked while it is in use.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.audio import device_probe
from tests.support.waiting import DEADLINE_S, wait_for

NAMES = 5
REALTIME_PRIORITY = 70
"""As our own unit has it."""
PORTS = 128
"""As our own unit has it: room for JACK's usual 2048 is 215 MB in each client."""


def _take_name() -> tuple[int, str]:
    """A name that is not in use, and the file descriptor whose closing releases it."""
    end_s = time.monotonic() + DEADLINE_S * 3
    while time.monotonic() < end_s:
        for number in range(NAMES):
            path = Path(tempfile.gettempdir()) / f"gesturesynth-test-jack-{os.getuid()}-{number}.lock"
            lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            return lock, f"gesturesynth-test-{number}"
        time.sleep(0.1)
    raise AssertionError(f"all {NAMES} names for JACK servers are in use")


@dataclass
class Capture:
    """Stereo sound: `samples` is float32 (frames, 2), complete once the capture has ended."""

    sample_rate: int
    samples: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 2), np.float32))


class JackServer:
    """A running jackd with the dummy driver. Clients started with `environment` find it."""

    def __init__(
        self,
        sample_rate: int = 48000,
        buffer_frames: int = 256,
        *,
        synchronous: bool = True,
        realtime: bool = False,
        playback_ports: int = 2,
        capture_ports: int = 2,
    ) -> None:
        for program in ("jackd", "jack_rec", "jack_lsp", "jack_wait"):
            assert shutil.which(program), f"{program} is missing: apt install jackd2 jack-tools"
        self.sample_rate = sample_rate
        self.buffer_frames = buffer_frames
        self.playback_ports = playback_ports
        self.capture_ports = capture_ports
        self._waits = ["-S", "-t", "5000"] if synchronous else []
        self._scheduling = ["-R", "-P", str(REALTIME_PRIORITY)] if realtime else ["-r"]
        self._lock, self.name = _take_name()
        self.environment = os.environ | {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen = False

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            os.close(self._lock)  # or the name would stay taken for as long as this process lives
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        os.close(self._lock)

    def start(self) -> None:
        """Starts the server and waits for it. After `kill` it may be started again under the same name."""
        self._frozen = False
        # Semaphores of clients of a server that was killed keep their counts; new clients of the name would get them.
        for stale in Path("/dev/shm").glob(f"jack*_{self.name}_*"):
            stale.unlink(missing_ok=True)
        driver = ["-d", "dummy", "-r", str(self.sample_rate), "-p", str(self.buffer_frames), "-m"]
        driver += ["-P", str(self.playback_ports), "-C", str(self.capture_ports)]
        self._process = subprocess.Popen(
            ["jackd", "-n", self.name, *self._scheduling, "-p", str(PORTS), *self._waits, *driver],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        waiting = self._wait()
        if waiting in (-signal.SIGBUS, -signal.SIGSEGV) and device_probe.remove_metadata():
            waiting = self._wait()  # a jackd was killed while it wrote the metadata that all clients of this user read
        if waiting:
            self.kill()
            raise AssertionError(f"jackd '{self.name}' did not start (try `jackd -n {self.name} -d dummy` by hand)")

    def _wait(self) -> int:
        """Waits until clients can come; 0 when they can."""
        waiting = ["jack_wait", "-s", self.name, "-w", "-t", "10"]
        return subprocess.run(waiting, env=self.environment, capture_output=True, check=False).returncode

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it with SIGTERM; does nothing when it has ended."""
        self._end(signal.SIGKILL if self._frozen else signal.SIGTERM)

    def freeze(self) -> None:
        """Lets it hang (SIGSTOP) until it is killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        self._frozen = True

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def ports(self) -> list[str]:
        """Names of all ports."""
        listing = subprocess.run(["jack_lsp"], env=self.environment, capture_output=True, text=True, check=False)
        return listing.stdout.split()

    @contextmanager
    def capture(self) -> Iterator[Capture]:
        """Records what is played while the block runs."""
        capture = Capture(self.sample_rate)
        with tempfile.TemporaryDirectory(prefix="gs-capture-") as folder:
            file = Path(folder) / "capture.wav"
            command = ["jack_rec", "-f", str(file), "-d", "-1", "-b", "32", "-B", "65536"]
            process = subprocess.Popen(
                [*command, *(f"system:monitor_{number + 1}" for number in range(self.playback_ports))],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                wait_for(lambda: file.is_file() and file.stat().st_size > 44, "jack_rec to record")
                yield capture
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            capture.samples = read_wav(file)[1]


def read_wav(path: Path) -> tuple[int, NDArray[np.float32]]:
    """Sample rate and samples, float32 (frames, channels), of a WAV file of 16, 24 or 32 bit integers or floats.

    Takes what is there when the sizes in the header say otherwise.
    """
    content = path.read_bytes()
    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WAVE"
    position, kind, channels, rate, bits, data = 12, 0, 0, 0, 0, b""
    while position + 8 <= len(content) and not data:
        name, size = struct.unpack_from("<4sI", content, position)
        position += 8
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content, position)
            kind = struct.unpack_from("<H", content, position + 24)[0] if kind == 0xFFFE else kind
        elif name == b"data":
            # jack_rec leaves the size at 0 when it is interrupted.
            data = content[position : position + size] if size else content[position:]
        position += size + size % 2
    data = data[: len(data) // (channels * bits // 8) * (channels * bits // 8)]
    if kind == 3:
        samples = np.frombuffer(data, "<f4")
    elif bits == 24:
        padded = np.zeros((len(data) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        samples = (padded.view("<i4")[:, 0] / 2**31).astype(np.float32)
    else:
        samples = (np.frombuffer(data, f"<i{bits // 8}") / 2 ** (bits - 1)).astype(np.float32)
    return rate, samples.reshape(-1, channels)
