"""Threads that make requests, one for each server, so that a slow server holds up no request to another.

Nothing queues up: of each action one request waits at most, the newest one, and what has waited too long is left out.
To one server requests go one after the other, so that what switches a lamp off never overtakes what switches it on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gesturesynth.actions.http.addresses import IpNetwork
from gesturesynth.actions.http.request import WebRequest, send_request

STALE_S: Final = 2.0
"""A request that has waited for so long is not made any more: what it belonged to is over."""
MOST_SERVERS: Final = 32
"""As many as the settings may list: one that was asked once keeps its thread."""
MOST_OUTCOMES: Final = 256
"""That wait for the loop."""


@dataclass(frozen=True)
class Outcome:
    """What has become of a request.

    Attributes:
        action: the name of the action that it was for.
        failure: why it failed; empty where it did not.
        made_s: when the request was made, monotonic seconds.
        left_out: whether it was not sent at all; replaced: because a newer one of its action took its place.
    """

    action: str
    failure: str
    made_s: float
    left_out: bool = False
    replaced: bool = False


class _Server:
    """What waits for one server, and the thread that makes its requests.

    Args:
        send: makes a request and returns why it failed.
        outcomes: receives what came of it.
    """

    def __init__(self, send: Callable[[WebRequest], str], outcomes: deque[Outcome]) -> None:
        self._send, self._outcomes = send, outcomes
        self._waiting: dict[str, WebRequest] = {}
        self._changed = threading.Condition()
        self._stopping = False
        # A thread that hangs in the system's resolver must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, daemon=True, name="requests")
        self._thread.start()

    def add(self, request: WebRequest) -> WebRequest | None:
        """Adds a request, in the place of an older one of the same action; returns that one."""
        with self._changed:
            replaced = self._waiting.pop(request.action, None)
            self._waiting[request.action] = request
            self._changed.notify()
        return replaced

    def stop(self) -> None:
        """Makes no further request."""
        with self._changed:
            self._stopping = True
            self._waiting.clear()
            self._changed.notify()

    def join(self, timeout_s: float) -> None:
        """Waits for the request that is under way."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                request = self._waiting.pop(next(iter(self._waiting)))
            if time.monotonic() - request.made_s > STALE_S:
                late = f"{request.address.origin} is busy with what was asked before"
                self._outcomes.append(Outcome(request.action, late, request.made_s, left_out=True))
            else:
                self._outcomes.append(Outcome(request.action, self._send(request), request.made_s))


class RequestWorkers:
    """Makes the requests of actions.

    Args:
        networks: see `send_request`.
        send: makes a request; by default `send_request`.
    """

    def __init__(self, networks: Sequence[IpNetwork], send: Callable[[WebRequest], str] | None = None) -> None:
        self._send = send or (lambda request: send_request(request, networks))
        self._outcomes: deque[Outcome] = deque(maxlen=MOST_OUTCOMES)
        self._servers: dict[str, _Server] = {}

    def add(self, request: WebRequest) -> str:
        """Has a request made soon; returns why it is not, as a sentence, or an empty text. Never waits."""
        server = self._servers.get(request.address.origin)
        if server is None:
            if len(self._servers) == MOST_SERVERS:
                return f"there are requests to {MOST_SERVERS} servers already"
            server = self._servers[request.address.origin] = _Server(self._send, self._outcomes)
        if older := server.add(request):
            late = "a newer request took its place"
            self._outcomes.append(Outcome(older.action, late, older.made_s, left_out=True, replaced=True))
        return ""

    def take(self) -> list[Outcome]:
        """What has come of requests since the last call."""
        found = []
        while self._outcomes:
            found.append(self._outcomes.popleft())
        return found

    def close(self, timeout_s: float) -> None:
        """Makes no further request, and waits for those under way, for so long at most."""
        until_s = time.monotonic() + timeout_s
        for server in self._servers.values():
            server.stop()
        for server in self._servers.values():
            server.join(max(0.0, until_s - time.monotonic()))
