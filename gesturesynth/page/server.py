"""The server: uvicorn with our limits, on a socket of ours, beating the heart of the process."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from gesturesynth.page.conversation import MOST_BYTES
from gesturesynth.page.http_protocol import ConnectionLimits, limited_protocols

MOST_HEADER_BYTES: Final = 16384
PING_S: Final = 20.0
"""Between two pings of a quiet WebSocket; one that does not answer for as long is closed."""
STOPPING_S: Final = 1
"""At the end, so long for answers that are under way."""
BACKLOG: Final = 64


@dataclass(frozen=True)
class Tls:
    """The files of a certificate: PEM, the certificate with what it was signed by, and its key."""

    certificate: Path
    key: Path


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens; raises OSError where it cannot be had."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening


class PageServer(uvicorn.Server):
    """Serves until `tick` says that it is to stop.

    Args:
        app: the application.
        limits: of connections.
        tick: called ten times a second by the loop that serves; returns True to stop.
        tls: the certificate; None for plain HTTP.
    """

    def __init__(
        self, app: ASGIApp, limits: ConnectionLimits, tick: Callable[[], bool], tls: Tls | None = None
    ) -> None:
        http, websocket = limited_protocols(limits)
        # What is logged is said by our own log lines.
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=http,
            ws=websocket,
            ws_max_size=MOST_BYTES,
            ws_ping_interval=PING_S,
            ws_ping_timeout=PING_S,
            ws_per_message_deflate=False,
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=STOPPING_S,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        )
        super().__init__(config)
        self._tick = tick

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the process."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Called by uvicorn's loop."""
        return self._tick() or await super().on_tick(counter)
