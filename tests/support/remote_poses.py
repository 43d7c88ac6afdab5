"""A pose server in a thread, with keys in memory, and a receiver for it: both ends over real sockets on this computer.

with pose_server(folder, allowed={"stage": stage.public}) as server:
    receiver = server.receiver(stage)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import zmq

from gesturesynth.remote_poses.addresses import TcpAddress, TrackerAddress, parse_address
from gesturesynth.remote_poses.allowed_keys import AllowedKeysFile
from gesturesynth.remote_poses.keys import OwnKey, key_text, z85_decoded
from gesturesynth.remote_poses.pose_server import PoseServer
from gesturesynth.remote_poses.receiver import PoseReceiver
from gesturesynth.runtime.messages import Body, Pose

RATE_HZ = 60.0
LOCALHOST = TcpAddress("127.0.0.1", 0)


def new_key() -> OwnKey:
    """A key that is in no file."""
    public, secret = zmq.curve_keypair()
    return OwnKey(secret, z85_decoded(public), "2026-11-27T12:00:00Z")


def body(visibility: float = 0.9, person: int = 0, x: float = 0.5) -> Body:
    """A body whose landmarks are all at one place, and equally visible."""
    image = np.full((33, 4), 0.5, dtype=np.float32)
    image[:, 0], image[:, 3] = x, visibility
    return Body.from_arrays(image, np.zeros((33, 3), dtype=np.float32), person)


def pose(time_s: float, number: int = 0, *bodies: Body) -> Pose:
    """A pose of a frame of 640x480."""
    return Pose(time_s, number, 640, 480, bodies)


def write_allowed(file: Path, allowed: Mapping[str, bytes]) -> None:
    """Writes a list of allowed keys."""
    stamp = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    new = file.with_suffix(".new")
    new.write_text("".join(f"{name} {key_text(public)} {stamp}\n" for name, public in allowed.items()))
    new.replace(file)


class ServerInThread:
    """A pose server that publishes a body, as a tracker of 60 frames a second would.

    Attributes:
        server: read by its thread; tests look at `counts` and `receivers`.
        own: its key.
        publishing: whether poses are published.
        body: that is in them.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        file: Path,
        address: TcpAddress = LOCALHOST,
        own: OwnKey | None = None,
    ) -> None:
        self.own = own or new_key()
        self.publishing = True
        self.body = body()
        self.server = PoseServer(context, address, self.own, AllowedKeysFile(file))
        self.address = parse_address(self.server.endpoint)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        number = 0
        while not self._ending.wait(1 / RATE_HZ):
            now_s = time.monotonic()
            if self.publishing:
                number += 1
                self.server.publish(pose(now_s, number, self.body))
            self.server.step("live", now_s)

    def tracker(self, key: bytes | None = None, name: str = "hall", room: str = "hall") -> TrackerAddress:
        """As it is in the settings of a receiver; with another key it is not this server."""
        return TrackerAddress(name, room, self.address, self.own.public if key is None else key)

    def close(self) -> None:
        """Ends it; may be called again."""
        if self._ending.is_set():
            return
        self._ending.set()
        self._thread.join()
        self.server.close()


@contextmanager
def pose_server(
    folder: Path, allowed: Mapping[str, bytes], address: TcpAddress = LOCALHOST
) -> Iterator[ServerInThread]:
    """A running server; its list is `folder/allowed`."""
    write_allowed(folder / "allowed", allowed)
    with zmq.Context() as context:
        server = ServerInThread(context, folder / "allowed", address)
        try:
            yield server
        finally:
            server.close()


@contextmanager
def receiving(own: OwnKey, *trackers: TrackerAddress) -> Iterator[PoseReceiver]:
    """A receiver of these trackers."""
    with zmq.Context() as context:
        receiver = PoseReceiver(context, trackers, own)
        try:
            yield receiver
        finally:
            receiver.close()


def poses_within(receiver: PoseReceiver, seconds: float, most: int = 10_000) -> list[Pose]:
    """The poses that come within a time, or the first `most` of them."""
    found: list[Pose] = []
    end_s = time.monotonic() + seconds
    while len(found) < most and (left_s := end_s - time.monotonic()) > 0:
        if receiver.socket.poll(round(left_s * 1000) + 1) and (one := receiver.newest()):
            found.append(one)
    return found
