"""Plays sound into the engine's microphone on a private JACK server, as a client of its own.

`python -m tests.support.jack_player FILE.npy` connects to the engine's input, plays the samples once (float32, mono)
and writes the monotonic time at which the first one was given to JACK; it ends when its standard input does.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tests.support.jack_server import JackServer


class JackPlayer:
    """Plays while it is entered. A context manager.

    Attributes:
        began_s: when the first sample was given to JACK, monotonic.
    """

    def __init__(self, server: JackServer, samples: NDArray[np.float32], folder: Path) -> None:
        self._server = server
        self._file = folder / "sound.npy"
        np.save(self._file, samples.astype(np.float32))
        self.began_s = 0.0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.jack_player", str(self._file)],
            env=self._server.environment,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout
        self.began_s = float(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def _play(path: Path) -> None:
    import jack  # noqa: PLC0415 - the tests' own process keeps clear of it

    samples = np.load(path)
    client: Any = jack.Client("player", no_start_server=True)
    port = client.outports.register("out")
    place, began_s, begun = 0, [0.0], threading.Event()

    def process(frames: int) -> None:
        nonlocal place
        buffer = port.get_array()
        buffer[:] = 0.0
        if not port.number_of_connections:
            return
        if place == 0:
            began_s[0] = time.monotonic()
            begun.set()
        part = samples[place : place + frames]
        buffer[: len(part)] = part
        place += frames

    client.set_process_callback(process)
    client.activate()
    (ear,) = client.get_ports("^gesturesynth.*", is_input=True, is_audio=True)
    client.connect(port, ear)
    begun.wait(10)
    sys.stdout.write(f"{began_s[0]}\n")
    sys.stdout.flush()
    sys.stdin.read()
    client.deactivate()
    client.close()


if __name__ == "__main__":
    _play(Path(sys.argv[1]))
