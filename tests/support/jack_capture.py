"""Sound with the time at which it was played, and the pitch of a voice in it.

`python -m tests.support.jack_capture OUT` is the client of `TimedCapture`: in a process of its own, because the library
of JACK serves one server per process, and ends the process when that server goes at the wrong moment.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tests.support.jack_server import JackServer
from tests.support.waiting import wait_for

LOWEST_HZ = 80.0
HIGHEST_HZ = 2000.0


class TimedCapture:
    """What is played on a private JACK server, and when. A context manager.

    For sound alone use `JackServer.capture`, which does without Python in the audio thread.

    Attributes:
        samples: of the left channel, float32 (n,), complete once the capture has ended.
        times_s: the monotonic time of each, float64 (n,).
    """

    def __init__(self, server: JackServer) -> None:
        self._server = server
        self.samples: NDArray[np.float32] = np.empty(0, np.float32)
        self.times_s: NDArray[np.float64] = np.empty(0)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="gs-capture-")
        self._file = Path(self._folder.name) / "heard"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.jack_capture", str(self._file)],
            env=self._server.environment,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self._file.is_file() and self._file.stat().st_size > 0, "the first captured buffer")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # which ends it
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        record = np.dtype([("time_s", "<f8"), ("samples", "<f4", self._server.buffer_frames)])
        content = self._file.read_bytes()
        blocks = np.frombuffer(content[: len(content) // record.itemsize * record.itemsize], record)
        self._folder.cleanup()
        self.samples = blocks["samples"].ravel()
        starts = np.arange(len(blocks)) * self._server.buffer_frames
        self.times_s = np.interp(np.arange(len(self.samples)), starts, blocks["time_s"])


def _listen(path: Path) -> None:
    """Writes, for each of JACK's buffers, its monotonic time (float64) and its samples (float32), until stdin ends."""
    import jack  # noqa: PLC0415 - the tests' own process keeps clear of it

    with path.open("wb") as file:
        client: Any = jack.Client("timed-capture", no_start_server=True)
        port = client.inports.register("in")

        def process(_frames: int) -> None:
            file.write(np.float64(time.monotonic()).tobytes() + bytes(port.get_buffer()))

        client.set_process_callback(process)
        client.activate()
        client.connect("system:monitor_1", port)
        sys.stdin.read()
        client.deactivate()
        client.close()


def voice_pitch_hz(samples: NDArray[np.float32], sample_rate: float) -> float:
    """The pitch of a voice, 80 to 2000 Hz, by the first high peak of the autocorrelation; NaN when there is none.

    The autocorrelation of a windowed piece is divided by that of its window (Boersma 1993), so that long periods are
    not underrated.
    """
    piece = samples.astype(np.float64) - samples.mean()
    size = 2 ** int(np.ceil(np.log2(2 * len(piece))))

    def correlation(signal: NDArray[np.float64]) -> NDArray[np.float64]:
        spectrum = np.abs(np.fft.rfft(signal, size)) ** 2
        result = np.fft.irfft(spectrum)[: round(sample_rate / LOWEST_HZ) + 1]
        return np.asarray(result / max(result[0], 1e-30), dtype=np.float64)

    window = np.hanning(len(piece))
    similar = correlation(piece * window) / np.maximum(correlation(window), 0.05)
    shortest = int(sample_rate / HIGHEST_HZ)
    middle = similar[shortest:-1]
    is_peak = (middle > similar[shortest - 1 : -2]) & (middle >= similar[shortest + 1 :])
    peaks = np.flatnonzero(is_peak) + shortest
    if not len(peaks) or similar[peaks].max() < 0.3:
        return float("nan")
    first = peaks[similar[peaks] > 0.9 * similar[peaks].max()][0]
    left, top, right = similar[first - 1 : first + 2]
    return float(sample_rate / (first + 0.5 * (left - right) / (left - 2 * top + right)))


if __name__ == "__main__":
    _listen(Path(sys.argv[1]))
