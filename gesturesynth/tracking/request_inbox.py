"""Receives what the tracker is to look for: from the conductor of this computer, and from the pose server.

The pose server's is what computers that receive poses ask for. Both types hold a number and three switches alone.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import zmq

from gesturesynth.runtime.pubsub import Subscriber
from gesturesynth.runtime.tracking_request import NO_REQUEST, ReceiversRequest, TrackingRequest, greatest

GONE_S: Final = 5.0
"""A pose server that says nothing for so long, and not twice a second, has ended: what it asked for counts no more."""


class RequestInbox:
    """The newest requests of both.

    Args:
        context: for the sockets.
        people: the setting `camera.people`, for who does not say how many persons are to be followed.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], people: int = 1) -> None:
        self._people = people
        self._own = Subscriber(context, TrackingRequest)
        self._others = Subscriber(context, ReceiversRequest)
        self._own_request = NO_REQUEST
        self._others_request: TrackingRequest = NO_REQUEST
        self._others_came_s = -math.inf

    def newest(self, now_s: float) -> TrackingRequest:
        """What satisfies both; `now_s` is monotonic. The conductor's is kept while it is away, as it comes back."""
        self._own_request = self._own.newest() or self._own_request
        if request := self._others.newest():
            self._others_request, self._others_came_s = request, now_s
        elif now_s - self._others_came_s > GONE_S:
            self._others_request = NO_REQUEST
        asked = greatest((self._own_request, self._others_request))
        if asked.people and not self._own_request.people:  # then the setting counts, too
            asked = msgspec.structs.replace(asked, people=max(asked.people, self._people))
        return asked

    def close(self) -> None:
        """Closes the sockets."""
        self._own.close()
        self._others.close()
