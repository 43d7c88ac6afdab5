"""Who may connect: answers libzmq's questions about keys (ZAP, rfc.zeromq.org/spec/27) in the pose server's own loop.

Everything but a CURVE key that is on the list is refused, whatever the mechanism. pyzmq's own authenticator would let
connections without encryption pass (libzmq refuses those before it asks), and would write keys into logs. The socket
that is guarded has ZAP_ENFORCE_DOMAIN: where this handler does not run, no connection is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import zmq

ENDPOINT: Final = "inproc://zeromq.zap.01"
DOMAIN: Final = b"poses"
_VERSION: Final = b"1.0"
_KEY_PARTS: Final = 7  # version, request, domain, address, identity, mechanism, key
MOST_AT_ONCE: Final = 16


class KeyAuthenticator:
    """The handler. Bind it before the socket that it guards.

    Args:
        context: that of the guarded socket: a handler counts for its context alone.
        is_allowed: whether a public key (32 bytes) may connect.

    Attributes:
        socket: for a `zmq.Poller`.
        refused: how many connections were refused.
        last_refused: the address of the newest one; empty for none.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], is_allowed: Callable[[bytes], bool]) -> None:
        self._is_allowed = is_allowed
        self.refused = 0
        self.last_refused = ""
        self.socket = context.socket(zmq.ROUTER)
        self.socket.set(zmq.LINGER, 0)
        self.socket.bind(ENDPOINT)

    def poll(self) -> None:
        """Answers what was asked, at most `MOST_AT_ONCE` questions."""
        for _ in range(MOST_AT_ONCE):
            try:
                parts = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            if b"" not in parts:
                continue
            border = parts.index(b"") + 1
            envelope, question = parts[:border], parts[border:]
            number = question[1] if len(question) > 1 else b""
            status, text, user = self._judge(question)
            try:
                self.socket.send_multipart([*envelope, _VERSION, number, status, text, user, b""], zmq.NOBLOCK)
            except zmq.ZMQError:
                continue  # the connection has ended

    def _judge(self, question: list[bytes]) -> tuple[bytes, bytes, bytes]:
        """Status, its text, and the user: the key in hexadecimal digits."""
        if len(question) == _KEY_PARTS and (question[0], question[2], question[5]) == (_VERSION, DOMAIN, b"CURVE"):
            key = question[6]
            if self._is_allowed(key):
                return b"200", b"OK", key.hex().encode()
        self.refused += 1
        self.last_refused = question[3][:64].decode("ascii", "replace") if len(question) > 3 else ""
        return b"400", b"not allowed", b""

    def close(self) -> None:
        """Closes the socket; from now on nothing may connect."""
        self.socket.close()
