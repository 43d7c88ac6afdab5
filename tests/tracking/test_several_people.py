"""The tracker as a process is told how many persons to follow, while it runs: real sockets, networks and footage."""

from __future__ import annotations

from collections.abc import Callable

import zmq

from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.tracking_request import TrackingRequest
from gesturesynth.tracking.model.download import ensure_model
from tests.support import footage
from tests.support.tracker_process import TrackerProcess


def test_a_tracker_follows_as_many_as_the_preset_that_plays_asks_for() -> None:
    ensure_model()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    publisher = Publisher(context, TrackingRequest)

    def asked(people: int, good: Callable[[Pose], bool]) -> Callable[[Pose], bool]:
        """Sends the request with each pose that arrives, as a conductor sends it again and again."""

        def check(pose: Pose) -> bool:
            publisher.send(TrackingRequest(people=people))
            return good(pose)

        return check

    try:
        with TrackerProcess(source={"source": str(footage.clip("two"))}) as tracker:
            one = tracker.pose_where(lambda pose: bool(pose.bodies))
            assert [body.person for body in one.bodies] == [0], "its own setting counts before the first request"
            several = tracker.pose_where(asked(2, lambda pose: len(pose.bodies) == 2))
            assert [body.person for body in several.bodies] == [1, 2]
            tracker.status_where(lambda status: status.people == 2)
            alone = tracker.pose_where(asked(1, lambda pose: len(pose.bodies) == 1 and pose.bodies[0].person == 0))
            assert alone.sequence > several.sequence
            own = tracker.pose_where(asked(0, lambda pose: pose.capture_time_s > alone.capture_time_s + 0.2))
            assert len(own.bodies) <= 1
    finally:
        publisher.close()
        context.term()
