"""The watch over the JACK server, where there is none."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import ctypes, gc
from gesturesynth.midi.jack_server import JackServer

for _ in range(3):
    try:
        JackServer()
    except ConnectionError as error:
        print(error)
gc.collect()
filled = [bytes(size) for size in range(16, 512) for _ in range(50)]
library = ctypes.CDLL("libjack.so.0")
library.jack_client_open(b"another", 1, ctypes.byref(ctypes.c_int(0)))  # libjack reports that there is no server
"""


def test_what_libjack_calls_lives_on_after_a_server_was_not_found() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={"JACK_DEFAULT_SERVER": "gesturesynth-none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.returncode}: {done.stderr}"
    assert done.stdout == "no JACK server runs\n" * 3
