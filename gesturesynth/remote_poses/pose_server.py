"""The pose server: gives the newest pose to every receiver whose key is allowed. Never blocks, holds no pose for long.

A receiver gets the newest pose when it is ready for one: at most `WINDOW` deliveries are under way to it, and what
comes meanwhile replaces what waits. So a slow network makes fewer poses, and hardly older ones.
"""

from __future__ import annotations

import secrets
import socket
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

import msgspec
import zmq

from gesturesynth.core import log
from gesturesynth.remote_poses import wire
from gesturesynth.remote_poses.addresses import TcpAddress
from gesturesynth.remote_poses.allowed_keys import AllowedKeysFile
from gesturesynth.remote_poses.authenticator import DOMAIN, KeyAuthenticator
from gesturesynth.remote_poses.keys import OwnKey
from gesturesynth.remote_poses.merging import STALE_S
from gesturesynth.remote_poses.rate_limit import MessageBudget
from gesturesynth.remote_poses.wishes import Wishes
from gesturesynth.runtime.messages import Pose

WINDOW: Final = 8
"""Deliveries under way to one receiver; see docs/network-trackers.md."""
ALIVE_S: Final = 0.5
"""Between two deliveries without a pose."""
LEASE_S: Final = 3.0
"""A receiver that reports nothing for so long is forgotten until it does."""
REPORTS_HZ: Final = 150.0
"""Of one receiver, which sends one for each pose and four a second; more are not read."""
ALL_REPORTS_HZ: Final = 1200.0
"""Of all; while there are more, they wait in their senders."""
MOST_RECEIVERS: Final = 16
MOST_OF_A_KEY: Final = 4
"""Of them, those with the same key: the connections that broke in the last `LEASE_S`, and the one that stands. So one
computer cannot take the places of all others."""
BROKEN_S: Final = 0.6
"""Receivers report four times a second at least."""
HELD_S: Final = STALE_S
"""A pose that was captured longer ago is forgotten: no receiver would play it."""
HANDSHAKE_MS: Final = 3000
"""A connection that has not shown a key by then is closed."""
PULSE_MS: Final = 1000
PULSE_LIMIT_MS: Final = 4000
KEYS_CHECKED_S: Final = 1.0
BACKLOG: Final = 32
_REFUSALS_SAID_S: Final = 60.0


@dataclass
class _Receiver:
    key: bytes
    name: str
    session: int
    reports: MessageBudget
    seen_s: float
    report: int = 0
    report_came_s: float = 0.0
    sent: int = 0
    received: int = 0
    sent_s: float = float("-inf")
    pose_number: int = 0  # the newest pose that it was sent


class PoseServer:
    """The network's end. All methods are called from one thread.

    Args:
        context: of this server alone: keys are checked for the whole context.
        address: where to listen.
        own: the key of this computer.
        allowed: the computers that may receive.

    Attributes:
        counts: of messages that were not used, by reason.
        wishes: what the receivers ask the tracker to look for.
        socket: for a `zmq.Poller`; so is `authenticator.socket`.

    Raises:
        OSError: the address cannot be had.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        address: TcpAddress,
        own: OwnKey,
        allowed: AllowedKeysFile,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._allowed = allowed
        self._receivers: dict[bytes, _Receiver] = {}
        self.wishes = Wishes()
        self._pose: Pose | None = None
        self._pose_number = 0
        self._source: wire.SourceText = "silent"
        now_s = time.monotonic()
        self._all_reports = MessageBudget(ALL_REPORTS_HZ, 128, now_s)
        self._keys_checked_s = now_s
        self._refusal_said_s = float("-inf")
        self._refusals_said = 0
        listening = _listening(address)  # before anything that an attempt after this one would find in its way
        self.authenticator = KeyAuthenticator(context, lambda key: key in self._allowed.names)
        self.socket = context.socket(zmq.ROUTER)
        try:
            self._set_up(address, own, listening)
        except BaseException:
            self.close()
            raise

    def _set_up(self, address: TcpAddress, own: OwnKey, listening: socket.socket) -> None:
        server = self.socket
        server.set(zmq.LINGER, 0)
        server.set(zmq.CURVE_SERVER, 1)
        server.set(zmq.CURVE_SECRETKEY, own.secret)
        server.set(zmq.ZAP_DOMAIN, DOMAIN)
        server.set(zmq.ZAP_ENFORCE_DOMAIN, 1)
        server.set(zmq.MAXMSGSIZE, wire.HANDSHAKE_BYTES)
        server.set(zmq.HANDSHAKE_IVL, HANDSHAKE_MS)
        server.set(zmq.HEARTBEAT_IVL, PULSE_MS)
        server.set(zmq.HEARTBEAT_TIMEOUT, PULSE_LIMIT_MS)
        server.set(zmq.SNDHWM, 4 * WINDOW)
        server.set(zmq.RCVHWM, 32)
        server.set(zmq.IPV6, int(address.ipv6))
        server.set(zmq.USE_FD, listening.detach())
        server.bind(str(address))

    @property
    def endpoint(self) -> str:
        """The address with its real port."""
        return bytes(self.socket.get(zmq.LAST_ENDPOINT)).rstrip(b"\0").decode()

    @property
    def receivers(self) -> tuple[str, ...]:
        """The names of those that receive now."""
        return tuple(sorted({receiver.name for receiver in self._receivers.values()}))

    def wants_reports(self, now_s: float) -> bool:
        """Whether reports may be read now; false while there are too many."""
        return self._all_reports.available(now_s)

    def publish(self, pose: Pose) -> None:
        """The newest pose, in the place of one that waits. Its bodies travel; inputs, as recordings have them, stay."""
        self._pose = msgspec.structs.replace(pose, inputs={}) if pose.inputs else pose
        self._pose_number += 1

    def step(self, source: wire.SourceText, now_s: float) -> None:
        """Reads reports, answers questions about keys, and sends what may be sent. `source` is its state here."""
        changed, self._source = source != self._source, source
        self._check_keys(now_s)
        self.authenticator.poll()
        self._say_refusals(now_s)
        while self._all_reports.available(now_s) and self._read(now_s):
            self._all_reports.take(now_s)
        if self._pose and now_s - self._pose.capture_time_s > HELD_S:
            self._pose = None
        for routing_id, receiver in list(self._receivers.items()):
            if now_s - receiver.seen_s > LEASE_S:
                self._drop(routing_id, "has gone")
                continue
            self._serve(routing_id, receiver, now_s, at_once=changed)

    def _serve(self, routing_id: bytes, receiver: _Receiver, now_s: float, *, at_once: bool) -> None:
        under_way = receiver.sent - receiver.received
        if self._pose and receiver.pose_number != self._pose_number and under_way < WINDOW:
            receiver.pose_number = self._pose_number
            self._send(routing_id, receiver, self._pose, now_s)
        elif now_s - receiver.sent_s >= ALIVE_S or (at_once and under_way < WINDOW):
            self._send(routing_id, receiver, None, now_s)

    def _send(self, routing_id: bytes, receiver: _Receiver, pose: Pose | None, now_s: float) -> None:
        receiver.sent += 1
        receiver.sent_s = now_s
        delivery = wire.Delivery(
            wire.VERSION,
            receiver.session,
            receiver.sent,
            time.monotonic(),
            receiver.report,
            receiver.report_came_s,
            self._source,
            pose,
        )
        try:
            self.socket.send_multipart([routing_id, wire.encode(delivery)], zmq.NOBLOCK)
        except zmq.ZMQError:
            self.counts["unsent"] += 1

    def _read(self, now_s: float) -> bool:
        """Reads one report; whether there was one."""
        try:
            frames = self.socket.recv_multipart(zmq.NOBLOCK, copy=False)
        except zmq.Again:
            return False
        if len(frames) != 2:
            self.counts["malformed"] += 1
        else:
            self._take(bytes(frames[0].buffer), frames[1], now_s)
        return True

    def _take(self, routing_id: bytes, frame: zmq.Frame, now_s: float) -> None:
        came_s = time.monotonic()
        receiver = self._receivers.get(routing_id) or self._new_receiver(routing_id, frame, now_s)
        if receiver is None:
            return
        if not receiver.reports.take(now_s):
            self.counts["too many"] += 1
            return
        try:
            report = wire.decode_report(bytes(frame.buffer))
        except wire.NotUsable as error:
            self.counts[error.reason] += 1
            return
        same = report.session == receiver.session  # else it is about deliveries before the receiver was met again
        received = report.received if same else receiver.received
        if report.number <= receiver.report or not receiver.received <= received <= receiver.sent:
            self.counts["repeated"] += 1
            return
        receiver.seen_s = now_s
        receiver.report, receiver.report_came_s, receiver.received = report.number, came_s, received
        self.wishes.add(report.request, now_s)

    def _new_receiver(self, routing_id: bytes, frame: zmq.Frame, now_s: float) -> _Receiver | None:
        try:
            key = bytes.fromhex(str(frame.get("User-Id")))
        except (zmq.ZMQError, ValueError):
            key = b""
        name = self._allowed.names.get(key)
        if name is None:  # it was forgotten since it connected
            self.counts["forgotten"] += 1
            return None
        self._make_room(key, now_s)
        of_key = sum(one.key == key for one in self._receivers.values())
        if len(self._receivers) >= MOST_RECEIVERS or of_key >= MOST_OF_A_KEY:
            self.counts["too many receivers"] += 1
            return None
        receiver = _Receiver(key, name, 1 + secrets.randbits(52), MessageBudget(REPORTS_HZ, 64, now_s), now_s)
        self._receivers[routing_id] = receiver
        log.get().info("receiver connected", name=name, address=_address(frame))
        return receiver

    def _make_room(self, key: bytes, now_s: float) -> None:
        """Forgets a broken connection of a key that has all its own: its program was started again and again."""
        of_key = [(one.seen_s, routing_id) for routing_id, one in self._receivers.items() if one.key == key]
        if len(of_key) < MOST_OF_A_KEY:
            return
        seen_s, routing_id = min(of_key)
        if now_s - seen_s > BROKEN_S:
            self._drop(routing_id, "has gone")

    def _check_keys(self, now_s: float) -> None:
        """Reads the list of keys again when it has changed; who is not on it any more gets nothing more."""
        if now_s - self._keys_checked_s < KEYS_CHECKED_S:
            return
        self._keys_checked_s = now_s
        if not self._allowed.refresh():
            return
        if self._allowed.error:
            log.get().error("allowed keys not read", message=self._allowed.error)
        else:
            log.get().info("allowed keys read", computers=len(self._allowed.names))
        for routing_id, receiver in list(self._receivers.items()):
            if receiver.key not in self._allowed.names:
                self._drop(routing_id, "is not allowed any more")
            else:
                receiver.name = self._allowed.names[receiver.key]

    def _drop(self, routing_id: bytes, why: str) -> None:
        receiver = self._receivers.pop(routing_id)
        log.get().info("receiver disconnected", name=receiver.name, message=f"{receiver.name} {why}")

    def _say_refusals(self, now_s: float) -> None:
        refused = self.authenticator.refused
        if refused == self._refusals_said or now_s - self._refusal_said_s < _REFUSALS_SAID_S:
            return
        count, self._refusals_said, self._refusal_said_s = refused - self._refusals_said, refused, now_s
        message = "a computer whose key is not allowed has asked for poses and got none: `gesturesynth keys allow`"
        log.get().warning("key refused", address=self.authenticator.last_refused, times=count, message=message)

    def close(self) -> None:
        """Closes the sockets."""
        self.socket.close()
        self.authenticator.close()


def _listening(address: TcpAddress) -> socket.socket:
    """A socket that listens.

    Where libzmq makes it, it asks for the names of networks first, and ends its process when a sandbox forbids that.

    Raises:
        OSError: the address cannot be had.
    """
    listening = socket.socket(socket.AF_INET6 if address.ipv6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address.host, address.port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _address(frame: zmq.Frame) -> str:
    try:
        return str(frame.get("Peer-Address"))
    except zmq.ZMQError:
        return ""
