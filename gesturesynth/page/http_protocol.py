"""Limits that a connection meets before the application: how many, from where, how long a request may take.

uvicorn reads requests (h11) and WebSockets; these classes add what it leaves to a proxy in front, which is not there.
A connection that is one too many, or comes from where it may not, is cut off without an answer: an answer would cost
more than the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gesturesynth.page.admission import is_loopback

MOST_CONNECTIONS: Final = 128
"""Of all other computers together: those of this one never find the places taken. A browser has up to six for files,
and one WebSocket for each window."""
MOST_OF_HOST: Final = 48
"""Of one address."""
MOST_UNREAD_BYTES: Final = 1 << 18
"""Answers to pings that a client has not read."""
REQUEST_S: Final = 10.0
"""From the beginning of a connection, or of waiting for another request, to the end of a request with its body."""


@dataclass
class ConnectionLimits:
    """Counts connections.

    Attributes:
        permits: whether an address may connect.
        most, most_of_host: how many connections there may be: of all other computers, and of one address.
        request_s: the time for a request, seconds.
        refused: how many connections were refused.
    """

    permits: Callable[[str], bool]
    most: int = MOST_CONNECTIONS
    most_of_host: int = MOST_OF_HOST
    request_s: float = REQUEST_S
    refused: int = 0
    _counts: dict[str, int] = field(default_factory=dict)
    _elsewhere: int = 0

    def enter(self, host: str) -> bool:
        """Counts a connection of this address, if it may be made; `leave` follows."""
        full = self._elsewhere >= self.most and not is_loopback(host)
        if not self.permits(host) or full or self._counts.get(host, 0) >= self.most_of_host:
            self.refused += 1
            return False
        self._counts[host] = self._counts.get(host, 0) + 1
        self._elsewhere += not is_loopback(host)
        return True

    def leave(self, host: str) -> None:
        """A connection that was counted has ended."""
        self._counts[host] -= 1
        self._elsewhere -= not is_loopback(host)
        if self._counts[host] <= 0:
            del self._counts[host]

    def __len__(self) -> int:
        return sum(self._counts.values())


class LimitedHttp(H11Protocol):
    """An HTTP connection; `limits` belongs to a subclass, one for each server."""

    limits: ConnectionLimits
    _host: str | None = None
    _deadline: asyncio.TimerHandle | None = None
    _upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Refuses it, or starts the time for its first request."""
        peer = transport.get_extra_info("peername")
        host = str(peer[0]) if peer else ""
        if not self.limits.enter(host):
            transport.abort()
            return
        self._host = host
        super().connection_made(transport)
        self._start_deadline()

    def data_received(self, data: bytes) -> None:
        """A request that is complete has ended its time."""
        if self._host is None:
            return
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.more_body and not cycle.response_complete:
            self._end_deadline()

    def on_response_complete(self) -> None:
        """Starts the time for the next request."""
        super().on_response_complete()
        self._start_deadline()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """From here on it is a `LimitedWebSocket`, which ends its count."""
        self._end_deadline()
        self._upgraded = True
        self.app_state = self.app_state | {"host": self._host}
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends its count."""
        self._end_deadline()
        if self._host is not None:
            if not self._upgraded:
                self.limits.leave(self._host)
            super().connection_lost(exc)

    def _start_deadline(self) -> None:
        self._end_deadline()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(self.limits.request_s, self.transport.abort)

    def _end_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket; `limits` belongs to a subclass, one for each server."""

    limits: ConnectionLimits

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Tells the application how to cut it off: a close waits until what was written has been read."""
        super().connection_made(transport)
        self.app_state = self.app_state | {"abort": self.transport.abort}

    def handle_ping(self) -> None:
        """Answers a ping, unless earlier answers have not been read: nothing else would limit what waits."""
        if self.transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self.transport.abort()
        else:
            super().handle_ping()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends its count."""
        self.limits.leave(self.app_state["host"])
        super().connection_lost(exc)


def limited_protocols(limits: ConnectionLimits) -> tuple[type[asyncio.Protocol], type[asyncio.Protocol]]:
    """The classes of HTTP and WebSocket connections for uvicorn, with these limits."""
    http = type("Http", (LimitedHttp,), {"limits": limits})
    return http, type("Live", (LimitedWebSocket,), {"limits": limits})
