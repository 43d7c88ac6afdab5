"""A stick figure that takes any pose and says where its 33 landmarks are in the image.

Its geometry is built on its own, without the code that it tests. Body coordinates: torso lengths, x to the performer's
right (towards the left of the image, as the figure faces the camera), y up.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gesturesynth.runtime.messages import Body

Point = tuple[float, float]

_FACE: dict[str, Point] = {
    "nose": (0.0, 0.42),
    "left_eye_inner": (-0.04, 0.48),
    "left_eye": (-0.06, 0.48),
    "left_eye_outer": (-0.08, 0.48),
    "right_eye_inner": (0.04, 0.48),
    "right_eye": (0.06, 0.48),
    "right_eye_outer": (0.08, 0.48),
    "left_ear": (-0.14, 0.45),
    "right_ear": (0.14, 0.45),
    "mouth_left": (-0.05, 0.34),
    "mouth_right": (0.05, 0.34),
}
"""From the middle of the shoulders, upright."""

ORDER = (
    *_FACE,
    *(
        f"{side}_{part}"
        for part in (
            *("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
            *("hip", "knee", "ankle", "heel", "foot_index"),
        )
        for side in ("left", "right")
    ),
)
"""The 33 names in BlazePose order."""


@dataclass(frozen=True)
class Proportions:
    """Lengths of a body, in torso lengths."""

    shoulder_width: float = 0.64
    hip_width: float = 0.36
    upper_arm: float = 0.56
    forearm: float = 0.48
    hand: float = 0.18
    thigh: float = 0.78
    shin: float = 0.74
    foot: float = 0.16


def pose(
    *,
    right_wrist: Point | None = None,
    left_wrist: Point | None = None,
    right_arm: Point | None = None,
    left_arm: Point | None = None,
    right_ankle: Point | None = None,
    left_ankle: Point | None = None,
    lean_deg: float = 0.0,
    squat: float = 0.0,
    at: Point = (0.5, 0.5),
    size: float = 0.2,
    frame: tuple[int, int] = (640, 480),
    hidden: Collection[str] = (),
    proportions: Proportions = Proportions(),
) -> NDArray[np.float32]:
    """Image landmarks, float32 (33, 4): x, y, z (always 0), visibility (0.99, or 0.05 where hidden).

    Args:
        right_wrist: from the middle of the shoulders; the elbow finds its place, out to the side. The wrist is there
            exactly, however near (the forearm then points at the camera); too far is a ValueError.
        left_wrist: likewise.
        right_arm: instead of the wrist: degrees by which the upper arm is raised (0 hangs, 90 level, 180 up), and
            degrees inside the elbow (180 straight; less folds the forearm upwards).
        left_arm: likewise.
        right_ankle: from the middle of the hips; the knee finds its place, out to the side.
        left_ankle: likewise.
        lean_deg: of the trunk, to the performer's right.
        squat: 0 stands, 1 has the hips lowered by a torso length. Not with ankles of your own.
        at: where the middle of the hips is, fractions of the frame from its upper left corner.
        size: torso length in frame heights.
        frame: width and height in pixels.
        hidden: names of landmarks that cannot be seen.
        proportions: of the body.
    """
    joints: dict[str, Point] = {}
    turn = math.radians(lean_deg)
    shoulders = (math.sin(turn), math.cos(turn))

    def with_trunk(x: float, y: float) -> Point:
        """A point given from the middle of the shoulders, upright, on the leaning trunk."""
        return (
            shoulders[0] + x * math.cos(turn) + y * math.sin(turn),
            shoulders[1] - x * math.sin(turn) + y * math.cos(turn),
        )

    for name, (x, y) in _FACE.items():
        joints[name] = with_trunk(x, y)
    for side, sign, wrist, arm, ankle in (
        ("left", -1.0, left_wrist, left_arm, left_ankle),
        ("right", 1.0, right_wrist, right_arm, right_ankle),
    ):
        shoulder = with_trunk(sign * proportions.shoulder_width / 2, 0.0)
        if wrist is not None:
            hand_end = (shoulders[0] + wrist[0], shoulders[1] + wrist[1])
            elbow = _elbow(shoulder, hand_end, proportions.upper_arm, proportions.forearm, sign)
        else:
            raised_deg, bend_deg = arm if arm is not None else (8.0, 175.0)
            elbow = _along(shoulder, sign, raised_deg, proportions.upper_arm)
            hand_end = _along(elbow, sign, raised_deg + 180.0 - bend_deg, proportions.forearm)
        hip = (sign * proportions.hip_width / 2, 0.0)
        foot = ankle or (hip[0], -(proportions.thigh + proportions.shin) + squat)
        joints[f"{side}_shoulder"], joints[f"{side}_elbow"], joints[f"{side}_wrist"] = shoulder, elbow, hand_end
        for finger, reach in (("pinky", 0.9), ("index", 1.0), ("thumb", 0.6)):
            joints[f"{side}_{finger}"] = _beyond(elbow, hand_end, reach * proportions.hand)
        joints[f"{side}_hip"], joints[f"{side}_ankle"] = hip, foot
        joints[f"{side}_knee"] = _middle_joint(hip, foot, proportions.thigh, proportions.shin, sign)
        joints[f"{side}_heel"] = (foot[0], foot[1] - 0.08)
        joints[f"{side}_foot_index"] = (foot[0] + sign * 0.3 * proportions.foot, foot[1] - proportions.foot)
    width, height = frame
    image = np.zeros((33, 4), dtype=np.float32)
    for row, name in zip(image, ORDER, strict=True):
        x, y = joints[name]
        row[:] = (at[0] - x * size * height / width, at[1] - y * size, 0.0, 0.05 if name in hidden else 0.99)
    return image


@cache
def body(right_deg: float, left_deg: float | None = None) -> Body:
    """A person with the arms raised by these angles: 0 hangs, 90 is level, 180 points up. Frame 640x480.

    Args:
        right_deg: of the right arm, degrees.
        left_deg: of the left arm, degrees; None is the same as the right.
    """
    left_deg = right_deg if left_deg is None else left_deg
    return body_from(pose(right_arm=(right_deg, 175.0), left_arm=(left_deg, 175.0)))


def body_from(image: NDArray[np.float32]) -> Body:
    """The body of a message, from what `pose` returns. Its world landmarks are 0."""
    return Body.from_arrays(image, np.zeros((33, 3), np.float32))


def _along(start: Point, side: float, raised_deg: float, length: float) -> Point:
    turn = math.radians(raised_deg)
    return (start[0] + side * length * math.sin(turn), start[1] - length * math.cos(turn))


def _beyond(start: Point, end: Point, by: float) -> Point:
    length = math.dist(start, end) or 1.0
    return (end[0] + (end[0] - start[0]) / length * by, end[1] + (end[1] - start[1]) / length * by)


def _elbow(shoulder: Point, wrist: Point, upper: float, lower: float, side: float) -> Point:
    """Out to the side of a hanging or crossing arm, below a level or raised one; in between it points at us."""
    raised = math.degrees(math.atan2(side * (wrist[0] - shoulder[0]), shoulder[1] - wrist[1]))
    below = max((raised - 45.0) / 15.0, (-raised - 135.0) / 15.0)
    return _middle_joint(shoulder, wrist, upper, lower, -side * max(-1.0, min(1.0, below)))


def _middle_joint(start: Point, end: Point, first: float, second: float, aside: float) -> Point:
    """Where two bones meet between `start` and `end`, by the law of cosines.

    `aside` is 1 for the joint on the left of the way from start to end (as we look at it with y up and x to the right),
    -1 for the right, less for bones that come towards us.
    """
    span = math.dist(start, end)
    if span > first + second + 1e-6:
        raise ValueError(f"{end} is {span:.2f} torso lengths from {start}, a limb reaches {first + second:.2f}")
    if span < 1e-9:
        return (start[0] - aside * first, start[1])
    cosine = (first**2 + span**2 - second**2) / (2.0 * first * span)
    along = first * max(-1.0, min(1.0, cosine))
    across = aside * math.sqrt(max(0.0, first**2 - along**2))
    ux, uy = (end[0] - start[0]) / span, (end[1] - start[1]) / span
    return (start[0] + ux * along - uy * across, start[1] + uy * along + ux * across)
