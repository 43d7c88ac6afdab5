"""The message with the pose that is played, where it may be that of another computer's tracker."""

from __future__ import annotations

from gesturesynth.runtime.messages import Pose


class PlayedPose(Pose, frozen=True):
    """A pose as the conductor plays it: of the side or the rooms that are used, its time by this computer's clock.

    Sent by the conductor with every pose while there is a subscriber, where the settings name trackers of other
    computers; else the `Pose` of the tracker is the one that is played.
    """

    @classmethod
    def of(cls, pose: Pose) -> PlayedPose:
        """The message for a pose."""
        return cls(*(getattr(pose, name) for name in pose.__struct_fields__))
