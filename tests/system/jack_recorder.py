"""Records what is played on a JACK server, also when that ends and starts again: `python3 jack_recorder.py SERVER`.

It runs in a machine, as the user whose server it is, with Python's standard library alone. To standard output (a file
that is appended to) it writes a record for each of JACK's buffers: the monotonic time (float64), how many samples
follow (uint32), and these (float32) of the left channel. While there is no server it writes nothing and waits for one.

Each run of a server is recorded by a process of its own, because the library of JACK ends its process when the server
goes at the wrong moment.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import subprocess
import sys
import threading
import time

# jack/types.h
NO_START_SERVER = 0x01
SERVER_NAME = 0x04
PORT_IS_INPUT = 0x1
AUDIO = b"32 bit float mono audio"

HEADER = struct.Struct("<dI")
SOURCE = b"system:monitor_1"
AGAIN_S = 0.05


def listen(server: str) -> None:
    """Records one run of a server: returns when there is none, or when it has gone."""
    jack = ctypes.CDLL("libjack.so.0")
    for name, kind in {"jack_client_open": ctypes.c_void_p, "jack_port_register": ctypes.c_void_p}.items():
        getattr(jack, name).restype = kind
    jack.jack_port_get_buffer.restype = ctypes.c_void_p
    status = ctypes.c_int()
    client = jack.jack_client_open(
        b"recorder", NO_START_SERVER | SERVER_NAME, ctypes.byref(status), ctypes.c_char_p(server.encode())
    )
    if not client:
        return
    handle = ctypes.c_void_p(client)
    port = ctypes.c_void_p(jack.jack_port_register(handle, b"in", AUDIO, ctypes.c_ulong(PORT_IS_INPUT), 0))
    gone = threading.Event()

    def process(frames: int, _argument: int) -> int:
        heard = ctypes.string_at(jack.jack_port_get_buffer(port, frames), frames * 4)
        os.write(1, HEADER.pack(time.monotonic(), frames) + heard)
        return 0

    def shutdown(_argument: int) -> None:
        gone.set()

    on_process = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)(process)
    on_shutdown = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(shutdown)
    jack.jack_set_process_callback(handle, on_process, None)
    jack.jack_on_shutdown(handle, on_shutdown, None)
    if jack.jack_activate(handle) or jack.jack_connect(handle, SOURCE, b"recorder:in"):
        return
    gone.wait()


def main(server: str) -> None:
    """Records every run of a server, until SIGTERM."""
    child: subprocess.Popen[bytes] | None = None

    def leave(_number: int, _frame: object) -> None:
        if child:
            child.kill()
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    while True:
        child = subprocess.Popen([sys.executable, __file__, server, "once"], stderr=subprocess.DEVNULL)
        child.wait()
        time.sleep(AGAIN_S)


if __name__ == "__main__":
    if sys.argv[2:] == ["once"]:
        listen(sys.argv[1])
        os._exit(0)  # closing the client could wait for a server that hangs
    main(sys.argv[1])
