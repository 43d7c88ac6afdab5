"""Names of computers become addresses in numbers, in a thread of their own.

libzmq looks names up itself, in the one thread that serves all sockets of a context: where a name server does not
answer, every other connection of the process would stand still for half a minute at a time.
"""

from __future__ import annotations

import socket
import threading

from gesturesynth.remote_poses.addresses import TcpAddress


class NameLookup:
    """Looks up one name, again and again. The methods are called from one thread, and never wait.

    Args:
        address: with a name, or in numbers already.
    """

    def __init__(self, address: TcpAddress) -> None:
        self._address = address
        self._found: tuple[TcpAddress, ...] = (address,) if address.numeric else ()
        self._asked = 0
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Asks for the addresses, unless that is under way, or they are known for good."""
        if self._address.numeric or (self._thread and self._thread.is_alive()):
            return
        # It may wait for half a minute, which nothing can end: the end of the program does not wait for it.
        self._thread = threading.Thread(target=self._look_up, name="names", daemon=True)
        self._thread.start()

    def take(self) -> TcpAddress | None:
        """An address in numbers, another one of several with each call; None while none is known."""
        found = self._found
        if not found:
            return None
        self._asked += 1
        return found[(self._asked - 1) % len(found)]

    def _look_up(self) -> None:
        try:
            answers = socket.getaddrinfo(self._address.host, self._address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return  # what was known before may be right still
        hosts = dict.fromkeys(str(answer[4][0]) for answer in answers)
        found = tuple(TcpAddress(host, self._address.port) for host in hosts)
        self._found = tuple(one for one in found if one.numeric and "%" not in one.host) or self._found
