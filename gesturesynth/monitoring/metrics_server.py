"""Metrics for Prometheus over HTTP, for this computer only: `/metrics`, and `/health` for other monitoring programs.

One thread, which receives the status messages by itself as `gesturesynth status` does. The loop that plays is not
involved; when that loop hangs, the metrics show it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import zmq
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.metrics_core import Metric

from gesturesynth.core.errors import GestureSynthError
from gesturesynth.monitoring.health import FRESH_S
from gesturesynth.monitoring.http_request import HttpRequest
from gesturesynth.monitoring.http_server import HttpAnswer, HttpServer, text_answer
from gesturesynth.monitoring.metric_spec import MetricsSnapshot
from gesturesynth.monitoring.metrics import collect
from gesturesynth.monitoring.status_monitor import StatusMonitor

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

HOST: Final = "127.0.0.1"
POLL_S: Final = 0.2
"""Between polls of the status messages, so that a clock that stands still is noticed."""
CONTENT: Final = "application/json; charset=utf-8"


class MetricsServer:
    """Serves until `close`.

    Args:
        context: for the sockets of the status messages.
        folder: the runtime folder of the processes.
        port: of TCP; 0 for any that is free.

    Attributes:
        port: where it listens.

    Raises:
        GestureSynthError: the port cannot be used.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path, port: int) -> None:
        self._monitor = StatusMonitor(context, folder)
        try:
            listening = _listening(port)
        except OSError as error:
            self._monitor.close()
            raise GestureSynthError(
                f"TCP port {port} of {HOST} cannot be had: {error.strerror}. Perhaps another program (or another "
                "Gesture Synth) has it: choose another with --metrics-port (as a service, `metrics.port` in "
                "gesturesynth.yaml), or 0 for any"
            ) from error
        self.port: int = listening.getsockname()[1]
        registry = CollectorRegistry()  # the global one has metrics of this process alone
        registry.register(self)
        self._metrics = make_wsgi_app(registry)
        self._server = HttpServer(listening, self._answer, self._monitor.poll, POLL_S)
        self._thread = threading.Thread(target=self._server.run, name="metrics", daemon=True)
        self._thread.start()

    def collect(self) -> Iterator[Metric]:
        """For the registry."""
        return collect(self._snapshot())

    def describe(self) -> Iterable[Metric]:
        """For the registry: no names, so that it does not compare them."""
        return ()

    def _snapshot(self) -> MetricsSnapshot:
        monitor, now_s = self._monitor, time.monotonic()
        monitor.poll()
        tracker, conductor, engine = monitor.tracker, monitor.conductor, monitor.engine
        return MetricsSnapshot(
            now_s,
            monitor.health(now_s),
            tracker if tracker and now_s - tracker.time_s <= FRESH_S else None,
            conductor if conductor and now_s - conductor.time_s <= FRESH_S else None,
            engine if engine and now_s - engine.time_s <= FRESH_S else None,
        )

    def _answer(self, request: HttpRequest) -> HttpAnswer:
        if request.path == "/metrics":
            return self._scrape(request)
        if request.path == "/health":
            health = self._snapshot().health
            facts = {"healthy": health.healthy, "problems": health.problems, "notes": health.notes}
            status = "200 OK" if health.healthy else "503 Service Unavailable"
            return HttpAnswer(status, (("Content-Type", CONTENT),), msgspec.json.encode(facts))
        return text_answer("404 Not Found", "there are /metrics and /health")

    def _scrape(self, request: HttpRequest) -> HttpAnswer:
        """Answers by the library's own WSGI application, which knows formats and compression."""
        environment: WSGIEnvironment = {
            "REQUEST_METHOD": "GET",  # HEAD is the same without the body, which the server leaves out
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "HTTP_ACCEPT": request.headers.get("accept", ""),
            "HTTP_ACCEPT_ENCODING": request.headers.get("accept-encoding", ""),
        }
        begun: list[tuple[str, tuple[tuple[str, str], ...]]] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            begun.append((status, tuple(headers)))

        body = b"".join(self._metrics(environment, start))
        status, headers = begun[-1]
        return HttpAnswer(status, headers, body)

    def close(self) -> None:
        """Ends it."""
        self._server.stop()
        self._thread.join()
        self._monitor.close()


def _listening(port: int) -> socket.socket:
    """A socket bound to this computer alone; raises OSError where it cannot be."""
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening
