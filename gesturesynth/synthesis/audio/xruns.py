"""Counting JACK's xruns by a client that has no ports.

pyo does not count them, and a Python callback would need the interpreter's lock in JACK's thread. So a second client
without ports lets JACK call the C library's own `sem_post` on a semaphore of ours: no Python runs, and the semaphore's
value is the count. (`int sem_post(sem_t *)` is exactly the callback that `jack_set_xrun_callback` asks for.)
"""

from __future__ import annotations

import ctypes
from typing import Final

from gesturesynth.synthesis.audio.device_probe import load_libjack, open_jack_client

_SEMAPHORE_BYTES: Final = 128
"""Room for a sem_t; 32 bytes on 64-bit Linux."""
UNKNOWN: Final = -1


class XrunCounter:
    """Counts from its construction to `close`.

    Where there is no unnamed semaphore (macOS) or no JACK library, the count stays -1.

    Args:
        client_name: JACK appends a number when it is taken.
    """

    def __init__(self, client_name: str) -> None:
        self._client: ctypes.c_void_p | None = None
        self._library = load_libjack()
        self._semaphore = ctypes.create_string_buffer(_SEMAPHORE_BYTES)
        self._c = ctypes.CDLL(None)
        if self._library is None or not hasattr(self._c, "sem_getvalue") or self._c.sem_init(self._semaphore, 0, 0):
            return
        client = open_jack_client(self._library, client_name)
        if client is None:
            return
        self._library.jack_set_xrun_callback.argtypes = [ctypes.c_void_p] * 3
        self._library.jack_activate.argtypes = [ctypes.c_void_p]
        callback = ctypes.cast(self._c.sem_post, ctypes.c_void_p)
        failed = self._library.jack_set_xrun_callback(client, callback, ctypes.cast(self._semaphore, ctypes.c_void_p))
        if failed or self._library.jack_activate(client):
            self._library.jack_client_close(client)
            return
        self._client = client

    def count(self) -> int:
        """Xruns so far, or -1 when they cannot be counted."""
        if self._client is None:
            return UNKNOWN
        value = ctypes.c_int()
        self._c.sem_getvalue(self._semaphore, ctypes.byref(value))
        return value.value

    def close(self) -> None:
        """Closes the client. Not to be called when the server has died: the call would wait for it."""
        if self._client is not None and self._library is not None:
            self._library.jack_client_close(self._client)
            self._client = None
