"""Visitors of other proportions and reach, made from real skeletons, for `tests.evaluation.adapt`.

Landmarks are moved in the plane of the image. Lengths are in torso lengths of the frame, so that a person who walks
towards the camera stays in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.landmarks import LANDMARKS
from gesturesynth.runtime.messages import Body, Pose
from tests.evaluation.gestures import recordings

Float = NDArray[np.float64]
Floats = NDArray[np.float32]

NUMBER: Final = {name: index for index, name in enumerate(LANDMARKS)}
SIDES: Final = ("left", "right")
ARM: Final = ("shoulder", "elbow", "wrist", "pinky", "index", "thumb")
LEG: Final = ("hip", "knee", "ankle", "heel", "foot_index")
LEGS: Final = tuple(NUMBER[f"{side}_{part}"] for side in SIDES for part in LEG)
HANGING: Final = np.array([0.08, 0.56])
"""From the shoulder to the elbow, and on to the wrist, of an arm that hangs; torso lengths, outwards and down."""


@dataclass(frozen=True)
class Visitor:
    """How a person differs from the one who was recorded.

    Attributes:
        name: for the table.
        limbs: how long arms and legs are, against those of the recording.
        reach: which part of the recorded movement the arms make, about its middle.
        arms: which of them move; the others hang.
        seated: legs and hips cannot be seen.
    """

    name: str
    limbs: float = 1.0
    reach: float = 1.0
    arms: tuple[str, ...] = SIDES
    seated: bool = False


TAUGHT_BODY: Final = Visitor("taught body")
VISITORS: Final = (
    Visitor("child: limbs 0.75", limbs=0.75),
    Visitor("dancer: limbs 1.25", limbs=1.25),
    Visitor("reach 0.7", reach=0.7),
    Visitor("reach 0.5", reach=0.5),
    Visitor("wheelchair: seated, reach 0.7", reach=0.7, seated=True),
    Visitor("right arm only", arms=("right",)),
)


def _torso(image: Floats, aspect: float) -> float:
    way = (image[[11, 12], :2].mean(axis=0) - image[[23, 24], :2].mean(axis=0)) * (aspect, 1.0)
    return max(float(np.hypot(*way)), 1e-3)


def _moved(image: Floats, joints: Sequence[str], side: str, by: Float) -> None:
    """Puts the second joint, and the others with it, elsewhere: `by` is from the first one to there."""
    first, last = NUMBER[f"{side}_{joints[0]}"], NUMBER[f"{side}_{joints[1]}"]
    shift = image[first, :2] + by - image[last, :2]
    for name in joints[1:]:
        image[NUMBER[f"{side}_{name}"], :2] += shift.astype(np.float32)


def _along(image: Floats, start: str, end: str, side: str) -> Float:
    between = image[NUMBER[f"{side}_{end}"], :2] - image[NUMBER[f"{side}_{start}"], :2]
    return np.asarray(between, dtype=np.float64)


@cache
def _middles(name: str) -> dict[str, Float]:
    """The middle of where elbow and wrist go, from the shoulder, in torso lengths of the image: by `side_joint`."""
    found: dict[str, list[Float]] = {}
    for pose in recordings.poses(name):
        if pose.bodies:
            image = pose.bodies[0].image_array()
            unit = _torso(image, pose.width / pose.height)
            for side in SIDES:
                for joint in ("elbow", "wrist"):
                    found.setdefault(f"{side}_{joint}", []).append(_along(image, "shoulder", joint, side) / unit)
    return {key: np.quantile(ways, [0.05, 0.95], axis=0).mean(axis=0) for key, ways in found.items()}


def as_visitor(name: str, image: Floats, aspect: float, visitor: Visitor) -> Floats:
    """A frame of a recording with another body, (33, 4)."""
    image = image.copy()
    unit = _torso(image, aspect)
    for side in SIDES:
        if side not in visitor.arms:
            down = HANGING * (1.0 / aspect if side == "left" else -1.0 / aspect, 1.0) * unit
            _moved(image, ARM, side, down)
            _moved(image, ARM[1:], side, down)
        elif visitor.reach != 1.0:
            middles = _middles(name)
            elbow, wrist = (
                middles[f"{side}_{joint}"] * unit * (1.0 - visitor.reach)
                + visitor.reach * _along(image, "shoulder", joint, side)
                for joint in ("elbow", "wrist")
            )
            _moved(image, ARM, side, elbow)
            _moved(image, ARM[1:], side, wrist - elbow)
        if visitor.limbs != 1.0:
            for joints in (ARM, LEG, ARM[1:], LEG[1:]):
                _moved(image, joints, side, _along(image, joints[0], joints[1], side) * visitor.limbs)
    if visitor.seated:
        image[list(LEGS), 3] = 0.05
    return image


@cache
def poses(name: str, visitor: Visitor, least_s: float = 0.0) -> tuple[Pose, ...]:
    """A recording with another body; forwards and backwards until it is `least_s` long."""
    made = []
    for pose in recordings.poses(name):
        bodies = pose.bodies
        if bodies:
            image = as_visitor(name, bodies[0].image_array(), pose.width / pose.height, visitor)
            bodies = (Body.from_arrays(image, np.zeros((33, 3), np.float32)),)
        made.append(msgspec.structs.replace(pose, bodies=bodies))
    times = np.array([pose.capture_time_s for pose in made])
    times = times - times[0]
    order, at = list(range(len(made))), [*times.tolist()]
    forwards = False
    while at[-1] < least_s:
        steps = np.diff(times) if forwards else np.diff(times)[::-1]
        at += (at[-1] + np.cumsum(steps)).tolist()
        order += list(range(1, len(made))) if forwards else list(range(len(made) - 1))[::-1]
        forwards = not forwards
    return tuple(
        msgspec.structs.replace(made[index], capture_time_s=time_s) for index, time_s in zip(order, at, strict=True)
    )
