"""Measures the loudness of a JACK server every tenth of a second, for as long as there is one.

`python -m tests.soak.jack_listener FILE` does so in a process of its own that ends with its server, because the library
of JACK serves one server per process, and may end the process when that server goes.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.soak.record import Loudness
from tests.support.jack_server import JackServer
from tests.support.waiting import wait_for

WINDOW_S: Final = 0.1
ROOT: Final = Path(__file__).parents[2]
_RECORD: Final = struct.Struct("<ddd")


class JackListener:
    """Measures the sound of a server; after a restart of the server `listen` has to be called again.

    Args:
        server: one that runs.
        file: a new file for the measurements.
    """

    def __init__(self, server: JackServer, file: Path) -> None:
        self._server = server
        self._file = file
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0
        self.listen()

    def listen(self) -> None:
        """Starts to measure a server that runs (again)."""
        self.close()
        before = self._size()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.jack_listener", str(self._file)],
            env=self._server.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self._size() > before, "the first measurement")

    def _size(self) -> int:
        return self._file.stat().st_size if self._file.exists() else 0

    def new_samples(self) -> list[Loudness]:
        """The measurements since the last call."""
        with self._file.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        content = content[: len(content) // _RECORD.size * _RECORD.size]
        self._read += len(content)
        return [Loudness(*values) for values in _RECORD.iter_unpack(content)]

    def close(self) -> None:
        """Ends the process that measures."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()  # which ends it
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listen(path: Path) -> None:
    """Appends time (monotonic), RMS and peak of both channels to the file, until stdin ends or the server goes."""
    import jack  # noqa: PLC0415 - the soak's own process keeps clear of it

    client: Any = jack.Client("soak-listener", no_start_server=True)
    inputs = [client.inports.register(f"in_{number}") for number in (1, 2)]
    window: list[tuple[float, float]] = []
    with path.open("ab", buffering=0) as file:

        def process(frames: int) -> None:
            both = np.concatenate([np.frombuffer(port.get_buffer(), np.float32) for port in inputs])
            window.append((float(np.mean(np.square(both, dtype=np.float64))), float(np.abs(both).max())))
            if len(window) * frames >= WINDOW_S * client.samplerate:
                mean, peak = np.mean([part[0] for part in window]), np.max([part[1] for part in window])
                file.write(_RECORD.pack(time.monotonic(), float(np.sqrt(mean)), float(peak)))
                window.clear()

        client.set_process_callback(process)
        client.set_shutdown_callback(lambda *_: os._exit(0))
        client.activate()
        for number, port in enumerate(inputs, 1):
            client.connect(f"system:monitor_{number}", port)
        sys.stdin.read()
        client.deactivate()
        client.close()


if __name__ == "__main__":
    _listen(Path(sys.argv[1]))
