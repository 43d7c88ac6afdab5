"""The receiver's end of one connection to a pose server: reports out, checked poses in, and the state for people.

Whatever comes is bounded before it is looked at: by size (libzmq closes the connection), by rate (beyond it the socket
is not read, so the sender waits), and by what `wire` checks. What is not used is counted by its reason.
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from typing import Final

import msgspec
import zmq
from zmq.utils.monitor import recv_monitor_message

from gesturesynth.remote_poses import wire
from gesturesynth.remote_poses.addresses import TrackerAddress
from gesturesynth.remote_poses.clock_offset import ClockOffset
from gesturesynth.remote_poses.keys import OwnKey, z85_encoded
from gesturesynth.remote_poses.merging import STALE_S
from gesturesynth.remote_poses.name_lookup import NameLookup
from gesturesynth.remote_poses.rate_limit import MessageBudget
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.tracker_readings import TrackerReading, TrackerState
from gesturesynth.runtime.tracking_request import NO_REQUEST

REPORT_S: Final = 0.25
"""Between two reports when no delivery comes."""
DELIVERIES_HZ: Final = 150.0
BURST: Final = 64
MOST_AT_ONCE: Final = 16
SILENT_S: Final = 2.0
"""Without a delivery for so long the tracker counts as lost."""
RECONNECT_S: Final = 5.0
"""Then the socket is made again: libzmq does not try again once a key was refused."""
FUTURE_S: Final = 0.05
"""A pose may be so much newer than now, beyond what its clock may be wrong."""
SESSION_S: Final = 1.0
"""A server cannot begin a new session sooner after the last."""
REFUSAL_S: Final = 2 * RECONNECT_S
"""A server that refuses says so again at each attempt; what it said longer ago says nothing about what is there now."""
RATE_OVER_S: Final = 2.0
_REMEMBERED: Final = 64
_PULSE_MS: Final = 1000
_PULSE_LIMIT_MS: Final = 4000
_FAILED: Final = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
_EVENTS: Final = _FAILED | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED


class RemoteTracker:
    """One tracker on another computer. All methods are called from one thread.

    Args:
        context: for the socket.
        tracker: which; it has an address and a key.
        own: the key of this computer.

    Attributes:
        socket: for a `zmq.Poller`; it is another one after a silence.
        counts: of messages that were not used, by reason.
        request: what it is asked to look for; may be replaced in another thread.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], tracker: TrackerAddress, own: OwnKey) -> None:
        if tracker.address is None:
            raise ValueError(f"the tracker {tracker.name} has no address")
        self.name, self.room, self.address = tracker.name, tracker.room, tracker.address
        self.counts: Counter[str] = Counter()
        self.request = NO_REQUEST
        self._context = context
        self._key = z85_encoded(tracker.key)
        self._own = own
        self._names = NameLookup(self.address)
        self._clock = ClockOffset()
        self._bucket = MessageBudget(DELIVERIES_HZ, BURST, time.monotonic())
        self._session = 0
        self._session_s = -math.inf
        self._number = 0  # of the newest delivery
        self._source: wire.SourceText = "silent"
        self._report = 0
        self._reported: dict[int, float] = {}  # when the newest reports left, by number
        self._report_s = -math.inf
        self._came_s = -math.inf  # when the newest delivery came
        self._refusal: TrackerState | None = None
        self._refusal_s = -math.inf
        self._failed = 0
        self._captured_s = -math.inf  # of the newest pose, by this computer's clock
        self._clock_steps = 0
        self._arrivals: deque[float] = deque()
        self._people = 0
        self._open()

    def _open(self) -> None:
        self._made_s = time.monotonic()
        socket = self.socket = self._context.socket(zmq.DEALER)
        socket.set(zmq.LINGER, 0)
        socket.set(zmq.CURVE_SECRETKEY, self._own.secret)
        socket.set(zmq.CURVE_PUBLICKEY, z85_encoded(self._own.public))
        socket.set(zmq.CURVE_SERVERKEY, self._key)
        socket.set(zmq.MAXMSGSIZE, wire.DELIVERY_BYTES + wire.HANDSHAKE_BYTES)
        socket.set(zmq.IMMEDIATE, 1)  # nothing is queued for a server that is not there
        socket.set(zmq.SNDHWM, 8)
        socket.set(zmq.RCVHWM, 16)
        socket.set(zmq.RECONNECT_IVL, 200)
        socket.set(zmq.RECONNECT_IVL_MAX, 2000)
        socket.set(zmq.HEARTBEAT_IVL, _PULSE_MS)
        socket.set(zmq.HEARTBEAT_TIMEOUT, _PULSE_LIMIT_MS)
        socket.set(zmq.CONNECT_TIMEOUT, 3000)
        self._monitor = socket.get_monitor_socket(_EVENTS)
        self._connected = False
        self._names.begin()
        self._connect()

    def _connect(self) -> None:
        """Connects as soon as the address is known in numbers."""
        address = None if self._connected else self._names.take()
        if address is not None:
            self._connected = True
            self.socket.set(zmq.IPV6, int(address.ipv6))
            self.socket.connect(str(address))

    def _reopen(self) -> None:
        self._shut()
        self._open()

    def _shut(self) -> None:
        self.socket.disable_monitor()
        self._monitor.close()
        self.socket.close()

    def may_read(self, now_s: float) -> bool:
        """Whether deliveries may be read now; false while there are too many."""
        return self._bucket.available(now_s)

    def poll(self, now_s: float) -> Pose | None:
        """Reads what has come and reports; the newest pose that is new and fresh, its times by this clock, or None."""
        self._connect()
        self._watch()
        newest: Pose | None = None
        read = 0
        while read < MOST_AT_ONCE and self._bucket.available(now_s):
            try:
                data = self.socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                break
            self._bucket.take(now_s)  # looking costs nothing: other trackers wake this thread, too
            read += 1
            if self.socket.get(zmq.RCVMORE):
                self._skip_rest()
                continue
            try:
                newest = self._take(data) or newest
            except wire.NotUsable as error:
                self.counts[error.reason] += 1
        now_s = time.monotonic()
        if read or now_s - self._report_s >= REPORT_S:
            self._send_report()
        if now_s - max(self._came_s, self._made_s) > RECONNECT_S:
            self._reopen()
        return newest

    def _skip_rest(self) -> None:
        self.counts["malformed"] += 1
        while self.socket.get(zmq.RCVMORE):
            self.socket.recv(zmq.NOBLOCK)

    def _watch(self) -> None:
        """Takes what happened to the connection."""
        while self._monitor.poll(0):
            event = int(recv_monitor_message(self._monitor)["event"])
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self._refusal, self._failed = None, 0
            elif event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                self._refusal, self._refusal_s = "refused", time.monotonic()
            elif event & _FAILED:
                self._failed += 1  # one may be a server that was just ending
                if self._failed > 1:
                    self._refusal, self._refusal_s = "wrong key", time.monotonic()

    def _send_report(self) -> None:
        self._report_s = time.monotonic()
        self._report += 1
        asked = self.request
        wish = (asked.people, asked.hands, asked.face, asked.everyone)
        report = wire.Report(wire.VERSION, self._report, self._session, self._number, *wish)
        try:
            self.socket.send(wire.encode(report), zmq.NOBLOCK)
        except zmq.ZMQError:
            return
        self._reported[self._report] = self._report_s
        while len(self._reported) > _REMEMBERED:
            del self._reported[next(iter(self._reported))]

    def _take(self, data: bytes) -> Pose | None:
        """Takes a delivery; its pose if that is to be used. Raises NotUsable."""
        delivery = wire.decode_delivery(data)
        came_s = time.monotonic()
        if delivery.session != self._session:
            self._begin_session(delivery.session, came_s)
        if delivery.number <= self._number:
            raise wire.NotUsable("repeated")
        self._number, self._came_s, self._source = delivery.number, came_s, delivery.source
        left_s = self._reported.pop(delivery.report, None)
        if left_s is not None and not self._clock.add(left_s, delivery.report_came_s, delivery.sent_s, came_s):
            raise wire.NotUsable("impossible time")
        return self._use(delivery.pose, came_s) if delivery.pose else None

    def _begin_session(self, session: int, now_s: float) -> None:
        if now_s - self._session_s < SESSION_S:
            raise wire.NotUsable("too many sessions")
        self._session, self._session_s, self._number = session, now_s, 0

    def _use(self, pose: Pose, now_s: float) -> Pose | None:
        if not self._clock.known:
            return None  # only in the first moment
        if self._clock_steps != self._clock.steps:
            self._clock_steps, self._captured_s = self._clock.steps, -math.inf
        captured_s = self._clock.here(pose.capture_time_s)
        if captured_s > now_s + FUTURE_S + self._clock.error_s(now_s):
            raise wire.NotUsable("impossible time")
        captured_s = min(captured_s, now_s)
        if captured_s <= self._captured_s:
            raise wire.NotUsable("repeated")
        self._captured_s, self._people = captured_s, len(pose.bodies)
        self._arrivals.append(now_s)
        if now_s - captured_s > STALE_S:
            raise wire.NotUsable("stale")
        return msgspec.structs.replace(pose, capture_time_s=captured_s)

    # ------------------------------------------------------------------------------------------------------- the state
    def state(self, now_s: float) -> TrackerState:
        """How the connection is now."""
        if now_s - self._came_s <= SILENT_S:
            return "live" if self._source == "live" else "no frames"
        if self._refusal and now_s - self._refusal_s <= REFUSAL_S:
            return self._refusal
        return "connecting" if self._came_s == -math.inf else "silent"

    def reading(self, now_s: float, *, used: bool) -> TrackerReading:
        """The state for people; `used` is whether its poses are used."""
        while self._arrivals and now_s - self._arrivals[0] > RATE_OVER_S:
            self._arrivals.popleft()
        age_s = now_s - self._captured_s if self._captured_s > -math.inf else math.nan
        return TrackerReading(
            self.name,
            self.room,
            self.state(now_s),
            used,
            self._people if age_s <= STALE_S else 0,
            len(self._arrivals) / RATE_OVER_S,
            age_s * 1e3,
            self._clock.offset_s * 1e3,
            self._clock.error_s(now_s) * 1e3 if self._clock.known else math.nan,
            self._clock.round_trip_s * 1e3,
            dict(self.counts),
        )

    def close(self) -> None:
        """Closes the sockets."""
        self._shut()
