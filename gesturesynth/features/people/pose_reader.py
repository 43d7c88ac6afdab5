"""The features of poses that follow each other, with the roles of the people in them."""

from __future__ import annotations

from collections.abc import Sequence

from gesturesynth.features.computed.extractor import ComputedExtractor
from gesturesynth.features.extractor import FeatureFrame
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.features.people.roles import Roles
from gesturesynth.runtime.messages import Pose


class PoseReader:
    """Reads poses of one stream or of one take, from its beginning.

    Args:
        names: of features.
        smoothing: None for no smoothing.
        ahead_s: how far bodies are carried forward for `FeatureFrame.predicted`.

    Attributes:
        columns: the name of each value.
        people: who has which role in the newest pose.

    Raises:
        UnknownFeatureError: a name is not that of a feature.
    """

    def __init__(self, names: Sequence[str], smoothing: OneEuroSettings | None, ahead_s: float = 0.0) -> None:
        self._extractor = ComputedExtractor(names, smoothing)
        self._extractor.ahead_s = ahead_s
        self._roles = Roles()
        self.columns = self._extractor.columns
        self.people = RoleFrame()

    def reset(self) -> None:
        """Forgets everything, as for a new take."""
        self._extractor.reset()
        self._roles.reset()

    def read(self, pose: Pose) -> FeatureFrame:
        """The features of the next pose. Poses come in the order of their times."""
        self.people = people = self._roles.of_pose(pose)
        return self._extractor.extract(people.image, pose.width, pose.height, pose.capture_time_s, people)
