"""Lines of text sent to another program over OSC, as a preset asks for (`what: words`). Never waits, never raises."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Final

from gesturesynth.control.osc.codec import bundles, encode
from gesturesynth.control.osc.sender import OscTarget

WORDS: Final = "words"
"""What a target gets, if it gets lines."""


def line_packets(address: str, line: str, number: int, cause: str) -> Iterable[bytes]:
    """The datagram of a line: one message with the text; with a `/` at the address's end, a bundle of three.

    Args:
        address: of the target.
        line: empty where a line goes and no other comes.
        number: counts lines.
        cause: what brought it.
    """
    if not address.endswith("/"):
        return (encode(address, line),)
    parts = (encode(f"{address}line", line), encode(f"{address}number", number), encode(f"{address}cause", cause))
    return bundles(parts)


class TextSender:
    """Sends lines to one target.

    Args:
        target: where.

    Attributes:
        error: why the network did not take the last line, as a sentence; empty when it did.

    Raises:
        OSError: there is no socket to be had.
    """

    def __init__(self, target: OscTarget) -> None:
        self._target = target
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self.error = ""

    def send(self, line: str, number: int, cause: str) -> None:
        """Sends a line; see `line_packets`."""
        host, port = self._target.receiver
        for packet in line_packets(self._target.address, line, number, cause):
            try:
                self._socket.sendto(packet, (host, port))
            except OSError as error:
                self.error = f"nothing reaches {host}:{port} ({error.strerror or 'the network is busy'})"
            else:
                self.error = ""

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()
