"""Which audio servers and devices there are on this computer, found out in a process of its own.

The search may fail in ways that raise no exception: a JACK library can wait for ever for a server that hangs, an audio
library can end its process at a broken sound card, and both write useless lines to standard error. So this file is also
a program: `python device_probe.py jack portaudio` writes one JSON object a line and ends.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from gesturesynth.core.json_lines import parse_json_lines
from gesturesynth.core.search_paths import child_environment, forbid_programs, python_command

TIMEOUT_S: Final = 5.0
"""A healthy computer answers in 0.3 s, a cold one in 2."""

METADATA_FOLDER: Final = Path("/dev/shm")  # noqa: S108 - where JACK has it
"""Here JACK's library keeps its metadata of clients, a database for each user."""

# From JACK's public headers, types.h.
_NO_START_SERVER: Final = 0x01
_PORT_IS_INPUT: Final = 0x1
_PORT_IS_OUTPUT: Final = 0x2
_PORT_IS_PHYSICAL: Final = 0x4
_AUDIO: Final = b"32 bit float mono audio"


def probe_command(*kinds: str) -> list[str]:
    """The command line that probes `jack`, `portaudio` or both."""
    return python_command(str(Path(__file__)), *kinds)


def probe(*kinds: str) -> dict[str, Any]:
    """Runs the probe and waits for it.

    A JACK process that was killed at the wrong moment leaves its user's database of metadata half written, and from
    then on the library ends every process that becomes a client. Nothing in it matters to us, so after such an end it
    is removed, and the probe repeated.

    Returns:
        `{"jack": {"sample_rate": int, "buffer_frames": int, "playback": [port, ...], "capture": [port, ...]}}` when a
        JACK server can be reached, `{"portaudio": [{"index": int, "name": str, "default": bool, "channels": int},
        ...]}` with the devices that can play, and `"portaudio_inputs"` with those that can record; what is not there
        has no entry.
    """
    output, exit_code = _run(kinds)
    if exit_code in _CRASHES and "jack" in kinds and remove_metadata():
        output, _ = _run(kinds)
    return parse_json_lines(output)


_CRASHES: Final = (-signal.SIGBUS, -signal.SIGSEGV, -signal.SIGABRT)


def _run(kinds: tuple[str, ...]) -> tuple[bytes, int]:
    """Standard output and exit code of the probe."""
    try:
        done = subprocess.run(
            probe_command(*kinds),
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b"", 0
    return done.stdout, done.returncode


def remove_metadata() -> bool:
    """Removes this user's database of JACK's metadata; returns whether there was one. Processes that use it go on."""
    folder = METADATA_FOLDER / f"jack_db-{os.getuid()}"
    if not folder.is_dir():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def load_libjack() -> ctypes.CDLL | None:
    """JACK's client library, or None."""
    for name in ("libjack.so.0", "libjack.0.dylib", ctypes.util.find_library("jack")):
        if name:
            try:
                return ctypes.CDLL(name)
            except OSError:
                continue
    return None


def open_jack_client(library: ctypes.CDLL, name: str) -> ctypes.c_void_p | None:
    """A client of the running server (JACK_DEFAULT_SERVER names it); starts none. None when there is none."""
    library.jack_client_open.restype = ctypes.c_void_p
    library.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    library.jack_client_close.argtypes = [ctypes.c_void_p]
    client = library.jack_client_open(name.encode(), _NO_START_SERVER, None)
    return ctypes.c_void_p(client) if client else None


def _probe_jack() -> dict[str, Any]:
    library = load_libjack()
    client = open_jack_client(library, "gesturesynth-probe") if library else None
    if not library or not client:
        return {}
    library.jack_get_sample_rate.argtypes = library.jack_get_buffer_size.argtypes = [ctypes.c_void_p]
    library.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
    library.jack_get_ports.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong]
    playback, capture = (
        _names(library.jack_get_ports(client, None, _AUDIO, direction | _PORT_IS_PHYSICAL))
        for direction in (_PORT_IS_INPUT, _PORT_IS_OUTPUT)
    )
    found = {
        "sample_rate": library.jack_get_sample_rate(client),
        "buffer_frames": library.jack_get_buffer_size(client),
        "playback": playback,
        "capture": capture,
    }
    library.jack_client_close(client)
    return {"jack": found}


def _names(ports: Any) -> list[str]:  # noqa: ANN401 - a pointer of ctypes
    """The names in a list of JACK's, which ends with a null pointer."""
    found: list[str] = []
    while ports and (name := ports[len(found)]):
        found.append(name.decode())
    return found


def _probe_portaudio() -> dict[str, Any]:
    # Not through the package: run as a program, this file is alone.
    os.environ["PYO_GUI_WX"] = "0"
    import pyo

    if pyo.pa_count_devices() < 1:
        return {}
    outputs = _devices(pyo.pa_get_output_devices(), pyo.pa_get_default_output(), pyo.pa_get_output_max_channels)
    inputs = _devices(pyo.pa_get_input_devices(), pyo.pa_get_default_input(), pyo.pa_get_input_max_channels)
    found = {"portaudio": outputs, "portaudio_inputs": inputs}
    return {kind: devices for kind, devices in found.items() if devices}


def _devices(listed: tuple[list[str], list[int]], default: int, channels: Callable[[int], int]) -> list[dict[str, Any]]:
    """A row for each device that PortAudio lists."""
    return [
        {"index": int(index), "name": str(name), "default": index == default, "channels": int(channels(index))}
        for name, index in zip(*listed, strict=True)
    ]


if __name__ == "__main__":
    forbid_programs()
    for kind in sys.argv[1:]:
        sys.stdout.write(json.dumps({"jack": _probe_jack, "portaudio": _probe_portaudio}[kind]()) + "\n")
        sys.stdout.flush()
