"""The process `pose-server`: receives the poses of this computer's tracker, and sends them over the network, encrypted.

It is apart from the tracker so that the process that sees people has no network, and the one that has a network never
has a picture: poses are all that comes to it.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import zmq

from gesturesynth.core import log
from gesturesynth.remote_poses.addresses import TcpAddress
from gesturesynth.remote_poses.allowed_keys import AllowedKeysFile
from gesturesynth.remote_poses.keys import OwnKey, own_key
from gesturesynth.remote_poses.pose_server import PoseServer
from gesturesynth.runtime.messages import Pose, TrackerStatus
from gesturesynth.runtime.pubsub import Publisher, Subscriber
from gesturesynth.runtime.service import Service
from gesturesynth.runtime.tracking_request import ReceiversRequest

POLL_S: Final = 0.1
FLOODED_POLL_S: Final = 0.01
RETRY_S: Final = 2.0
"""Between two attempts to get an address that another program has."""
REQUEST_S: Final = 0.5
"""Between two requests to the tracker that are the same; another one is sent at once."""
FRESH_S: Final = 3.0
"""A tracker whose status is older than this is silent."""


@dataclass(frozen=True)
class PoseServerSettings:
    """Where to listen, and the runtime folder of the tracker; by default this process's own."""

    address: TcpAddress
    runtime: Path | None = None


def run_pose_server(settings: PoseServerSettings, service: Service) -> int:
    """Serves poses until the service is asked to stop.

    Returns:
        The exit code, 0.

    Raises:
        UserError: this computer has no key, or pyzmq has no CURVE.
    """
    own = own_key()
    allowed = AllowedKeysFile()
    if allowed.error:
        log.get().error("allowed keys not read", message=allowed.error)
    elif not allowed.names:
        log.get().warning(
            "no key allowed", message="no computer may receive poses yet: `gesturesynth keys allow NAME KEY`"
        )
    with zmq.Context() as context:
        server = _wait_for_address(context, settings.address, own, allowed, service)
        if server is None:
            return 0
        with (
            closing(server),
            closing(Subscriber(context, Pose, settings.runtime)) as poses,
            closing(Subscriber(context, TrackerStatus, settings.runtime)) as statuses,
            closing(_RequestSender(context, server)) as requests,
        ):
            log.get().info("pose server started", address=server.endpoint, allowed=len(allowed.names))
            service.ready(_line(server))
            _serve(server, poses, statuses, service, requests)
            service.notify_stopping()
    log.get().info("pose server stopped")
    return 0


class _RequestSender:
    """Tells the tracker what the receivers ask for."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], server: PoseServer) -> None:
        self._publisher = Publisher(context, ReceiversRequest)
        self._server = server
        self._sent: ReceiversRequest | None = None
        self._due_s = 0.0

    def send_if_due(self, now_s: float) -> None:
        wanted = self._server.wishes.all(now_s)
        if wanted != self._sent or now_s >= self._due_s:
            if wanted != (self._sent or ReceiversRequest()):
                log.get().info("receivers' request changed", **msgspec.structs.asdict(wanted))
            self._sent, self._due_s = wanted, now_s + REQUEST_S
            self._publisher.send(wanted)

    def close(self) -> None:
        self._publisher.close()


def _serve(
    server: PoseServer,
    poses: Subscriber[Pose],
    statuses: Subscriber[TrackerStatus],
    service: Service,
    requests: _RequestSender,
) -> None:
    """The loop of the process. While receivers send too much, their socket is not looked at."""
    others = (poses.socket, statuses.socket, server.authenticator.socket)
    with_reports, without = zmq.Poller(), zmq.Poller()
    for poller in (with_reports, without):
        for socket in others:
            poller.register(socket, zmq.POLLIN)
    with_reports.register(server.socket, zmq.POLLIN)
    status: TrackerStatus | None = None
    while not service.stopping:
        quiet = server.wants_reports(time.monotonic())
        (with_reports if quiet else without).poll(round((POLL_S if quiet else FLOODED_POLL_S) * 1000))
        pose = poses.newest()
        if pose:
            server.publish(pose)
        status = statuses.newest() or status
        now_s = time.monotonic()
        fresh = status is not None and now_s - status.time_s <= FRESH_S
        server.step(status.state if status and fresh else "silent", now_s)
        requests.send_if_due(now_s)
        service.heartbeat(_line(server))


def _wait_for_address(
    context: zmq.Context[zmq.Socket[bytes]],
    address: TcpAddress,
    own: OwnKey,
    allowed: AllowedKeysFile,
    service: Service,
) -> PoseServer | None:
    """The server, as soon as its address can be had; None when told to stop before."""
    due_s, said = 0.0, False
    while not service.stopping:
        if time.monotonic() >= due_s:
            due_s = time.monotonic() + RETRY_S
            try:
                return PoseServer(context, address, own, allowed)
            except OSError as error:
                if not said:
                    said = True
                    message = f"{address} cannot be listened at ({error.strerror}); it is tried again until it can"
                    log.get().warning("pose server waits", message=message)
                    service.ready(f"waiting for {address}")
        service.heartbeat()
        time.sleep(POLL_S)
    return None


def _line(server: PoseServer) -> str:
    """The status in one line."""
    names = ", ".join(server.receivers)
    return f"{server.endpoint}, {f'poses go to {names}' if names else 'no receiver is connected'}"
