"""Reports flashes that the camera sees, while a program asks for them: `gesturesynth latency`."""

from __future__ import annotations

import time

from gesturesynth.runtime.flash_reading import FlashReading
from gesturesynth.runtime.messages import Pose
from gesturesynth.runtime.pubsub import OnDemandPublisher
from gesturesynth.tracking.capture import Frame
from gesturesynth.tracking.flash_detector import FlashDetector


class FlashWatch:
    """Looks at each frame before the landmarker does, and sends what it found before the pose of that frame.

    Args:
        publisher: nothing is computed while there is no receiver.
    """

    def __init__(self, publisher: OnDemandPublisher[FlashReading]) -> None:
        self._publisher = publisher
        self._detector = FlashDetector()
        self._seen: tuple[float, float] | None = None  # when the newest frame was begun, and its rise

    def see(self, frame: Frame) -> None:
        """A frame that is about to be looked at."""
        begun_s = time.monotonic()
        self._seen = (begun_s, self._detector.rise(frame.image)) if self._publisher.wanted else None

    def send(self, pose: Pose) -> None:
        """The pose of that frame, which is about to be sent."""
        if self._seen:
            begun_s, rise = self._seen
            reading = FlashReading(
                pose.sequence, pose.capture_time_s, begun_s, time.monotonic(), rise, len(pose.bodies)
            )
            self._seen = None
            self._publisher.send(reading)

    def close(self) -> None:
        """Closes the socket."""
        self._publisher.close()
