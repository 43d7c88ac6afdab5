"""Listens on JACK for the beginnings of sounds, and says when each was there: for `gesturesynth latency`.

A process of its own, `python jack_listener.py loop|microphone`: a callback of Python in the audio thread must not share
an interpreter with the program that measures, and JACK's library may end the process when its server dies. It writes
JSON objects, one a line: first what it listens to, then each onset. It ends when its standard input does.

`loop` hears what the engine gives to the first loudspeaker, before the sound card; `microphone` the first input of the
card, after the air. Times of buffers are JACK's own, which do not depend on when the callback came to run; where JACK
has lost the pace on a busy computer, they are those of the callback.
"""

from __future__ import annotations

import ctypes
import json
import queue
import select
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.synthesis.audio.device_probe import load_libjack, open_jack_client

# From JACK's public headers, types.h.
_INPUT: Final = 0x1
_OUTPUT: Final = 0x2
_PHYSICAL: Final = 0x4
_AUDIO: Final = b"32 bit float mono audio"
_CAPTURE: Final = 0
_PLAYBACK: Final = 1
_CALLBACK: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)
_ENGINE: Final = b"^gesturesynth[^:]*:.*"

ABOVE: Final = 6.0
"""An onset is so many times louder than the loudest buffers of the last second ..."""
LEAST: Final = 0.003
"""... and at least this, of full scale: -50 dB."""
REST_S: Final = 0.35
"""After an onset none counts for so long."""
LEARNING_S: Final = 0.5
"""At first, what is heard is noise ..."""
AFTER_S: Final = 0.02
"""... and for so long after each rest."""
MEMORY: Final = 0.98
"""Of the loudness of the past, for each 5 ms."""


class OnsetFinder:
    """Finds where sounds begin. Pure: buffers and their times come in.

    Args:
        rate: samples a second.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._floor = 0.0
        self._rest_until_s = -np.inf
        self._learn_until_s: float | None = None

    def find(self, samples: NDArray[np.float32], start_s: float) -> float | None:
        """The time at which a sound begins in a buffer, or None.

        Args:
            samples: (n,).
            start_s: of the first one; an onset has the time of its own sample.
        """
        size = np.abs(samples)
        loud = float(size.max(initial=0.0))
        limit = max(LEAST, ABOVE * self._floor)
        if self._learn_until_s is None:
            self._learn_until_s = start_s + LEARNING_S
        if start_s < self._rest_until_s:  # what follows an onset belongs to it, and is no noise
            return None
        if loud < limit or start_s < self._learn_until_s:
            kept = MEMORY ** (len(samples) / self._rate / 0.005)
            self._floor = max(loud, self._floor * kept)
            return None
        onset_s = start_s + float(np.argmax(size >= limit)) / self._rate
        self._rest_until_s = onset_s + REST_S
        self._learn_until_s = self._rest_until_s + AFTER_S  # what sounds on is noise from now on
        return onset_s


class _Client:
    """A JACK client with one input. `buffers` has what came: (monotonic seconds, samples)."""

    def __init__(self, library: Any, client: ctypes.c_void_p) -> None:  # noqa: ANN401 - a C library
        self._jack, self._client = library, client
        for name in ("jack_port_register", "jack_port_get_buffer", "jack_port_name", "jack_port_by_name"):
            getattr(library, name).restype = ctypes.c_void_p
        library.jack_port_name.restype = ctypes.c_char_p
        library.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
        library.jack_get_time.restype = library.jack_frames_to_time.restype = ctypes.c_uint64
        library.jack_last_frame_time.restype = library.jack_get_sample_rate.restype = ctypes.c_uint32
        library.jack_get_buffer_size.restype = ctypes.c_uint32
        self.rate = float(library.jack_get_sample_rate(client))
        self.buffer_frames = int(library.jack_get_buffer_size(client))
        self.buffers: queue.SimpleQueue[tuple[float, NDArray[np.float32]]] = queue.SimpleQueue()
        self._offset_s = time.monotonic() - library.jack_get_time() / 1e6  # the two clocks differ by a constant
        self._port = ctypes.c_void_p(library.jack_port_register(client, b"in", _AUDIO, _INPUT, ctypes.c_ulong(0)))
        self._callback = _CALLBACK(self._process)
        library.jack_set_process_callback(client, self._callback, None)
        if library.jack_activate(client):
            raise RuntimeError("JACK does not let this client run")

    def _process(self, frames: int, _argument: object) -> int:
        called_s = time.monotonic()
        began = self._jack.jack_frames_to_time(self._client, self._jack.jack_last_frame_time(self._client))
        began_s = began / 1e6 + self._offset_s
        if not 0.0 <= called_s - began_s <= frames / self.rate:  # its estimate follows a busy server slowly
            began_s = called_s
        address = self._jack.jack_port_get_buffer(self._port, ctypes.c_uint32(frames))
        samples = np.frombuffer(ctypes.string_at(address, 4 * frames), np.float32)
        self.buffers.put((began_s, samples))
        return 0

    def connect(self, pattern: bytes | None, flags: int) -> str:
        """Listens to the first port that fits; returns its name, empty where there is none."""
        names = self._jack.jack_get_ports(self._client, pattern, _AUDIO, ctypes.c_ulong(flags))
        if not names or not names[0]:
            return ""
        mine = self._jack.jack_port_name(self._port)
        return names[0].decode() if not self._jack.jack_connect(self._client, names[0], mine) else ""

    def latency_frames(self, port: str, direction: int) -> int:
        """What JACK says of a port: frames from it to the loudspeaker, or from the microphone to it."""
        found = (ctypes.c_uint32 * 2)()
        handle = ctypes.c_void_p(self._jack.jack_port_by_name(self._client, port.encode()))
        self._jack.jack_port_get_latency_range(handle, ctypes.c_int(direction), ctypes.byref(found))
        return int(found[1])

    def close(self) -> None:
        """Leaves the server."""
        self._jack.jack_deactivate(self._client)
        self._jack.jack_client_close(self._client)


def listen(way: str) -> Iterator[dict[str, object]]:
    """What is said, line by line; the first one has `error` where nothing can be heard."""
    library = load_libjack()
    client = open_jack_client(library, "gesturesynth-latency") if library else None
    if library is None or client is None:
        yield {"error": "there is no JACK server to listen on"}
        return
    ears = _Client(library, client)
    loop = way == "loop"
    port = ears.connect(_ENGINE if loop else None, _OUTPUT if loop else _OUTPUT | _PHYSICAL)
    if not port:
        yield {"error": "the engine has no port on JACK" if loop else "JACK has no microphone"}
        return
    card = ears.latency_frames(port, _PLAYBACK if loop else _CAPTURE) / ears.rate
    yield {"port": port, "rate": ears.rate, "buffer_frames": ears.buffer_frames, "card_s": card}
    finder = OnsetFinder(ears.rate)
    try:
        while not _ended():
            try:
                start_s, samples = ears.buffers.get(timeout=0.5)
            except queue.Empty:
                continue
            onset_s = finder.find(samples, start_s)
            if onset_s is not None:
                yield {"onset_s": onset_s}
    finally:
        ears.close()


def _ended() -> bool:
    """Whether standard input was closed, by its end or with its writer."""
    return bool(select.select([sys.stdin], [], [], 0.0)[0])


def main(arguments: list[str]) -> int:
    """Writes until its reader has gone."""
    try:
        for line in listen(arguments[0] if arguments else "loop"):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
