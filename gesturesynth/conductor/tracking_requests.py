"""Tells all trackers what the preset that plays asks of it: when it changes, and twice a second."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import zmq

from gesturesynth.config.preset.model import Preset
from gesturesynth.runtime.pubsub import Publisher
from gesturesynth.runtime.tracking_request import NO_REQUEST, TrackingRequest

EVERY_S: Final = 0.5
"""A tracker that was started again waits no longer than this for what to look for."""


def _no_others(_: TrackingRequest) -> None:
    """Where all poses come from the tracker of this computer."""


class TrackingRequests:
    """Publishes `TrackingRequest`; the newest is enough, so nothing is kept for a tracker that is not there.

    Args:
        context: for the socket.
        ask_others: asks the trackers of other computers; called as often as a request is published.
    """

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        ask_others: Callable[[TrackingRequest], None] = _no_others,
    ) -> None:
        self._ask_others = ask_others
        self._publisher = Publisher(context, TrackingRequest)
        self._sent = NO_REQUEST
        self._due_s = -math.inf

    def update(self, preset: Preset, now_s: float) -> None:
        """Sends the request of the preset that plays, if it is another one or due; `now_s` is monotonic."""
        wanted = preset.tracking_request
        if wanted != self._sent or now_s >= self._due_s:
            self._sent, self._due_s = wanted, now_s + EVERY_S
            self._publisher.send(wanted)
            self._ask_others(wanted)

    def close(self) -> None:
        """Closes the socket."""
        self._publisher.close()
