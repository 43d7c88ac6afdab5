"""The JACK server, as MIDI needs it: whether there is one, and when it ends. Through the system's own libjack.

rtmidi2 brings a libjack of its own, which a server of another version does not understand; the system's, loaded first
and for all, is used in its place. Its client stays open as a watch: RtMidi does not notice that a server has ended, and
crashes when it closes a port of it.
"""

from __future__ import annotations

import ctypes
import threading
from typing import Any, Final

from gesturesynth.midi.systems import CLIENT

NAMES: Final = ("libjack.so.0", "libjack.0.dylib")
_NO_START_SERVER: Final = 1
"""`JackNoStartServer` of jack/types.h."""
_OnShutdown = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_OnMessage = ctypes.CFUNCTYPE(None, ctypes.c_char_p)
_ON_MESSAGE: Final = _OnMessage(lambda _: None)
"""Libjack keeps it for as long as the process lives, and calls it for whatever uses libjack: so it is never freed."""
_left: list[object] = []
"""What clients of servers that have ended may still call."""


class JackServer:
    """A watch over the JACK server that runs now.

    Raises:
        ConnectionError: there is none, or no libjack; its text says which.
    """

    def __init__(self) -> None:
        self._library = _load()
        self._gone = threading.Event()
        gone = self._gone
        self._on_shutdown = _OnShutdown(lambda _: gone.set())  # lives as long as the library may call it
        self._library.jack_set_error_function(_ON_MESSAGE)
        self._library.jack_set_info_function(_ON_MESSAGE)
        status = ctypes.c_int(0)
        name = f"{CLIENT} watch".encode()
        self._client = self._library.jack_client_open(name, _NO_START_SERVER, ctypes.byref(status))
        if not self._client:
            raise ConnectionError("no JACK server runs")
        self._library.jack_on_shutdown(self._client, self._on_shutdown, None)
        self._library.jack_activate(self._client)

    @property
    def gone(self) -> bool:
        """Whether it has ended since."""
        return self._gone.is_set()

    def close(self) -> None:
        """Ends the watch. The client of a server that has ended is left as it is."""
        if self._client and not self.gone:
            self._library.jack_client_close(self._client)
        elif self._client:
            _left.append(self._on_shutdown)
        self._client = None


def _load() -> Any:  # noqa: ANN401 - a library of C has no types
    for name in NAMES:
        try:
            library = ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        library.jack_client_open.restype = ctypes.c_void_p
        library.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
        library.jack_on_shutdown.argtypes = [ctypes.c_void_p, _OnShutdown, ctypes.c_void_p]
        library.jack_activate.argtypes = [ctypes.c_void_p]
        library.jack_client_close.argtypes = [ctypes.c_void_p]
        return library
    raise ConnectionError(f"the library of JACK is not installed ({' or '.join(NAMES)})")
