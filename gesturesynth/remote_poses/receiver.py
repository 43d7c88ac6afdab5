"""Receives the poses of all trackers in a thread of its own, and hands over the newest; for the conductor's loop.

The loop never waits for it: it looks at one place for the newest pose, as with a tracker of this computer alone.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import zmq

from gesturesynth.core import log
from gesturesynth.core.errors import GestureSynthError
from gesturesynth.remote_poses.addresses import TrackerAddress
from gesturesynth.remote_poses.keys import OwnKey
from gesturesynth.remote_poses.merging import STALE_S, MergedPose, PoseMerger
from gesturesynth.remote_poses.remote_tracker import RATE_OVER_S, SILENT_S, RemoteTracker
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.played_pose import PlayedPose
from gesturesynth.runtime.pubsub import OnDemandPublisher, Subscriber
from gesturesynth.runtime.tracker_readings import LOCAL, TrackerReading, TrackerState
from gesturesynth.runtime.tracking_request import TrackingRequest

POLL_S: Final = 0.05
LEAST_STEP_S: Final = 0.002
"""From one look at the sockets to the next: a flood costs no more than 500 looks a second."""
READINGS_S: Final = 0.1
SAID_AFTER_S: Final = 1.0
"""A state is said when it has lasted for so long, so that a bad network does not fill the log."""
_SAID: Final[dict[TrackerState, str]] = {
    "refused": "the tracker '{name}' does not allow this computer's key: on its computer, `gesturesynth keys allow "
    "NAME KEY` with what `gesturesynth keys show` says here",
    "wrong key": "what answers at {address} has not the key that the settings give for the tracker '{name}': compare "
    "with `gesturesynth keys show` on its computer",
    "live": "the tracker '{name}' sends poses",
    "no frames": "the tracker '{name}' is there, and its camera gives no frames",
    "silent": "nothing comes from the tracker '{name}' any more; it is asked until it answers",
    "connecting": "the tracker '{name}' does not answer at {address}; it is asked until it does",
}


class _LocalTracker:
    """The tracker of this computer, with what readings need."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], room: str) -> None:
        self.name, self.room = LOCAL, room
        self._poses = Subscriber(context, Pose)
        self.socket = self._poses.socket
        self._arrivals: deque[float] = deque()
        self._newest: Pose | None = None

    def may_read(self, _now_s: float) -> bool:
        return True

    def poll(self, _now_s: float) -> Pose | None:
        pose = self._poses.newest()
        if pose:
            self._newest = pose
            self._arrivals.append(time.monotonic())
        return pose

    def state(self, now_s: float) -> TrackerState:
        if self._newest is None:
            return "connecting"
        return "live" if now_s - self._newest.capture_time_s <= SILENT_S else "silent"

    def reading(self, now_s: float, *, used: bool) -> TrackerReading:
        while self._arrivals and now_s - self._arrivals[0] > RATE_OVER_S:
            self._arrivals.popleft()
        age_s = now_s - self._newest.capture_time_s if self._newest else math.nan
        people = len(self._newest.bodies) if self._newest and age_s <= STALE_S else 0
        rate_hz = len(self._arrivals) / RATE_OVER_S
        return TrackerReading(LOCAL, self.room, self.state(now_s), used, people, rate_hz, age_s * 1e3)

    def close(self) -> None:
        self._poses.close()


class PoseReceiver:
    """The poses of several trackers as those of one.

    Args:
        context: for the sockets.
        trackers: at least one.
        own: the key of this computer; may be None where no tracker has an address.

    Attributes:
        socket: becomes readable when there is a new pose; for a `zmq.Poller`.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], trackers: Sequence[TrackerAddress], own: OwnKey | None
    ) -> None:
        self._trackers = [self._tracker(context, one, own) for one in trackers]
        self._merger = PoseMerger([one.room for one in trackers])
        self._shown = OnDemandPublisher(context, PlayedPose)
        self._lock = threading.Lock()
        self._slot: MergedPose | None = None
        self._handed_over = False
        self._readings: tuple[TrackerReading, ...] = ()
        self._readings_due_s = -math.inf
        self._states: dict[str, tuple[TrackerState, float, TrackerState | None]] = {}  # state, since, said
        self._failure: Exception | None = None
        self.socket = context.socket(zmq.PULL)
        self._signal = context.socket(zmq.PUSH)
        for socket in (self.socket, self._signal):
            socket.set(zmq.LINGER, 0)
            socket.set(zmq.CONFLATE, 1)
        endpoint = f"inproc://poses-{id(self)}"
        self.socket.bind(endpoint)
        self._signal.connect(endpoint)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="poses", daemon=True)
        self._thread.start()

    @staticmethod
    def _tracker(
        context: zmq.Context[zmq.Socket[bytes]], one: TrackerAddress, own: OwnKey | None
    ) -> RemoteTracker | _LocalTracker:
        if one.address is None or own is None:
            return _LocalTracker(context, one.room)
        return RemoteTracker(context, one, own)

    # ---------------------------------------------------------------------------------------------- the caller's thread
    def newest(self) -> Pose | None:
        """The newest pose that was not fetched yet, or None.

        Raises:
            GestureSynthError: the thread has ended because of a mistake in it.
        """
        with suppress(zmq.Again):
            self.socket.recv(zmq.NOBLOCK)
        with self._lock:
            merged, self._slot = self._slot, None
        if self._failure:
            raise GestureSynthError(f"the receiver of poses has failed: {self._failure!r}") from self._failure
        return merged.pose if merged else None

    def take_hand_over(self) -> bool:
        """Whether the body has changed to another tracker since the last call; ask after `newest`."""
        with self._lock:
            handed_over, self._handed_over = self._handed_over, False
        return handed_over

    def ask(self, request: TrackingRequest) -> None:
        """Asks the trackers of other computers to look for something, from the next report on and until it changes."""
        for tracker in self._trackers:
            if isinstance(tracker, RemoteTracker):
                tracker.request = request

    @property
    def readings(self) -> tuple[TrackerReading, ...]:
        """The state of each tracker, a tenth of a second old at most."""
        return self._readings

    def close(self) -> None:
        """Ends the thread, and closes the sockets. May be called again."""
        if self._ending.is_set():
            return
        self._ending.set()
        self._thread.join()
        for closable in (*self._trackers, self._shown, self._signal, self.socket):
            closable.close()

    # -------------------------------------------------------------------------------------------------- its own thread
    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._step()
        except Exception as error:  # noqa: BLE001 - it is raised again in the thread of the loop
            self._failure = error
            self._signal.send(b"", zmq.NOBLOCK)

    def _step(self) -> None:
        began_s = now_s = time.monotonic()
        poller = zmq.Poller()
        for tracker in self._trackers:
            if tracker.may_read(now_s):
                poller.register(tracker.socket, zmq.POLLIN)
        poller.poll(round(POLL_S * 1000))
        for index, tracker in enumerate(self._trackers):
            pose = tracker.poll(time.monotonic())
            if pose is not None:
                self._offer(self._merger.add(index, pose, time.monotonic()))
        now_s = time.monotonic()
        if now_s >= self._readings_due_s:
            self._readings_due_s = now_s + READINGS_S
            self._update_readings(now_s)
        left_s = began_s + LEAST_STEP_S - now_s
        if left_s > 0.0:
            self._ending.wait(left_s)

    def _offer(self, merged: MergedPose | None) -> None:
        if merged is None:
            return
        with self._lock:
            self._slot = merged
            self._handed_over |= merged.handed_over
        if self._shown.wanted:
            self._shown.send(PlayedPose.of(merged.pose))
        with suppress(zmq.Again):
            self._signal.send(b"", zmq.NOBLOCK)

    def _update_readings(self, now_s: float) -> None:
        used = self._merger.used
        self._readings = tuple(
            one.reading(now_s, used=index in used and one.state(now_s) == "live")
            for index, one in enumerate(self._trackers)
        )
        for tracker in self._trackers:
            self._say(tracker, now_s)

    def _say(self, tracker: RemoteTracker | _LocalTracker, now_s: float) -> None:
        """Logs a state that has lasted, once."""
        if isinstance(tracker, _LocalTracker):
            return  # its process says what it has to say
        state = tracker.state(now_s)
        known, since_s, said = self._states.get(tracker.name, (state, now_s, None))
        if state != known:
            known, since_s = state, now_s
        if known != said and now_s - since_s >= SAID_AFTER_S:
            said = known
            message = _SAID[known].format(name=tracker.name, address=tracker.address)
            (log.get().info if known == "live" else log.get().warning)(
                "tracker state changed", state=known, message=message
            )
        self._states[tracker.name] = (known, since_s, said)
