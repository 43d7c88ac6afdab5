"""Figures for Prometheus over HTTP, for this computer only: `/metrics`, and `/health` for whatever else looks after it.

One thread, which listens to the status messages by itself as `gesturesynth status` does. The loop that plays takes no
part in it; when that loop hangs, the figures say so.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import msgspec
import zmq
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.metrics_core import Metric

from gesturesynth.errors import GestureSynthError
from gesturesynth.upkeep.health import FRESH_S
from gesturesynth.upkeep.metrics import Look, collect
from gesturesynth.upkeep.onlooker import Onlooker

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HOST: Final = "127.0.0.1"
LOOK_S: Final = 0.2
"""Between looks at what has been said, so that a clock that stands still is seen to stand."""
PATIENCE_S: Final = 3.0
"""Whoever asks slower than this is left: there is one thread for all."""
CONTENT: Final = "application/json; charset=utf-8"


class _Handler(WSGIRequestHandler):
    """One question and its answer, without a line in the log for each."""

    timeout = PATIENCE_S

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the name that it has there
        """Says nothing."""

    def handle(self) -> None:
        """Answers; whoever hangs up in the midst of it is no news."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True


class _Server(WSGIServer):
    """Looks on between the questions."""

    def __init__(self, port: int, onlooker: Onlooker) -> None:
        self.onlooker = onlooker
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Binds; unlike the class above this one, without asking a name server for our own name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()

    def service_actions(self) -> None:
        """Called at least every `LOOK_S`."""
        self.onlooker.fetch()


class MetricsServer:
    """Serves until `close`.

    Args:
        context: for the sockets that it listens with.
        folder: the runtime folder of what is looked at.
        port: of TCP; 0 for any that is free.

    Attributes:
        port: where it listens.

    Raises:
        GestureSynthError: the port cannot be had.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path, port: int) -> None:
        self._onlooker = Onlooker(context, folder)
        try:
            self._server = _Server(port, self._onlooker)
        except OSError as error:
            self._onlooker.close()
            raise GestureSynthError(
                f"TCP port {port} of {HOST} cannot be had: {error.strerror}. Perhaps another program (or another "
                "Gesture Synth) has it: choose another with `metrics.port` in gesturesynth.yaml, or 0 for any"
            ) from error
        self.port: int = self._server.server_port
        registry = CollectorRegistry()  # not the global one: that would tell of this process alone
        registry.register(self)
        self._metrics = make_wsgi_app(registry)
        self._server.set_app(self._answer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(LOOK_S,), name="metrics", daemon=True)
        self._thread.start()

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        return collect(self._look())

    def describe(self) -> Iterable[Metric]:
        """For the registry: nothing that it would have to tell apart from others."""
        return ()

    def _look(self) -> Look:
        onlooker, now_s = self._onlooker, time.monotonic()
        onlooker.fetch()
        tracker, conductor, engine = onlooker.tracker, onlooker.conductor, onlooker.engine
        return Look(
            now_s,
            onlooker.health(now_s),
            tracker if tracker and now_s - tracker.time_s <= FRESH_S else None,
            conductor if conductor and now_s - conductor.time_s <= FRESH_S else None,
            engine if engine and now_s - engine.time_s <= FRESH_S else None,
        )

    def _answer(self, environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path, method = environment["PATH_INFO"], environment["REQUEST_METHOD"]
        if method not in ("GET", "HEAD"):
            return _said(start, "405 Method Not Allowed", b"allowed are GET and HEAD\n", "text/plain", head=False)
        if path == "/metrics":
            figures: Iterable[bytes] = self._metrics(environment, start)
            return figures
        if path == "/health":
            health = self._look().health
            facts = {"healthy": health.healthy, "problems": health.problems, "notes": health.notes}
            status = "200 OK" if health.healthy else "503 Service Unavailable"
            return _said(start, status, msgspec.json.encode(facts), CONTENT, head=method == "HEAD")
        return _said(start, "404 Not Found", b"there are /metrics and /health\n", "text/plain", head=method == "HEAD")

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._onlooker.close()


def _said(start: StartResponse, status: str, words: bytes, content: str, *, head: bool) -> Iterable[bytes]:
    start(status, [("Content-Type", content), ("Content-Length", str(len(words)))])
    return [] if head else [words]
