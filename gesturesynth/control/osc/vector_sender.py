"""A vector of numbers sent to another program over OSC in one message, as a preset asks for (`what: latent`).

It never waits, and drops what the network does not take: the next vector is newer.
"""

from __future__ import annotations

import socket
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.control.osc.codec import encode
from gesturesynth.control.osc.sender import OscTarget

LATENT: Final = "latent"
"""What a target gets, if it gets the vector."""


class VectorMessage:
    """A message that always carries a vector of the same size: built once, filled often.

    Args:
        address: of the message.
        size: numbers of the vector.
        blob: as one blob (OSC 1.0: its size in bytes, then big-endian 32-bit floats) instead of a list of floats.
    """

    def __init__(self, address: str, size: int, *, blob: bool) -> None:
        if blob:
            name = encode(address)[: -len(b",\0\0\0")]
            self._head = name + b",b\0\0" + struct.pack(">i", 4 * size)
        else:
            self._head = encode(address, *[0.0] * size)[: -4 * size]

    def fill(self, vector: NDArray[np.float32]) -> bytes:
        """The message with this vector, float32 (size,)."""
        return self._head + vector.astype(">f4").tobytes()


class VectorSender:
    """Sends vectors to one target, as often as it asks for.

    Args:
        target: where, and how often.
        size: numbers of the vector.
        blob: as `VectorMessage`.

    Attributes:
        error: why the network did not take the last vector, as a sentence; empty when it did.

    Raises:
        OSError: there is no socket to be had.
    """

    def __init__(self, target: OscTarget, size: int, *, blob: bool) -> None:
        self._target, self._receiver = target, target.receiver
        self._message = VectorMessage(target.address, size, blob=blob)
        self._due_s = 0.0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self.error = ""

    def is_due(self, now_s: float) -> bool:
        """Whether a vector is to be sent now, monotonic seconds; when it is, the next one is due later."""
        if now_s < self._due_s:
            return False
        interval_s = 1 / self._target.rate_hz
        self._due_s = self._due_s + interval_s if now_s - self._due_s < interval_s else now_s + interval_s
        return True

    def send(self, vector: NDArray[np.float32]) -> None:
        """Sends a vector."""
        try:
            self._socket.sendto(self._message.fill(vector), self._receiver)
        except OSError as error:
            host, port = self._receiver
            self.error = f"nothing reaches {host}:{port} ({error.strerror or 'the network is busy'})"
        else:
            self.error = ""

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()
