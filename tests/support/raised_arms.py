"""Frames with several persons, made of stick figures that stand beside each other and hold their arms somehow."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from gesturesynth.runtime.messages import Pose
from tests.support.stick_figure import body_from, pose

WIDTH, HEIGHT = 1280, 480


def several(time_s: float, raised: Mapping[int, float], *, told_apart: bool = True) -> Pose:
    """A frame in which each person holds both arms at an angle.

    Args:
        time_s: of the capture.
        raised: by the number of the person, the first person first: 0 (arms down) to 1 (arms up).
        told_apart: whether bodies carry their numbers.
    """
    bodies = []
    for person, raise_ in raised.items():
        angle = 20.0 + 140.0 * raise_
        at = (0.15 + 0.7 * ((person * 0.37) % 1.0), 0.5)
        image = pose(right_arm=(angle, 175), left_arm=(angle, 175), at=at, frame=(WIDTH, HEIGHT))
        bodies.append(msgspec.structs.replace(body_from(image), person=person if told_apart else 0))
    return Pose(time_s, round(time_s * 60), WIDTH, HEIGHT, tuple(bodies))
