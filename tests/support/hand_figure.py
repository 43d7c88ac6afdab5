"""Hands for stick figures and recorded skeletons: fingers that open and close, and heads that turn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.core import paths
from gesturesynth.features.landmarks import POINT
from gesturesynth.runtime.body_points import SIDES, Side
from gesturesynth.runtime.messages import Body, Pose
from gesturesynth.tracking.offline_poses import read_poses
from gesturesynth.tracking.skeleton_file import SkeletonWriter

FRAME = (640, 480)


def hand(
    side: Side = "right",
    *,
    opened: float = 1.0,
    pinch: float = 0.0,
    yaw_deg: float = 0.0,
    at: tuple[float, float] = (0.3, 0.5),
    palm: float = 0.2,
    frame: tuple[int, int] = FRAME,
) -> NDArray[np.float32]:
    """A hand that is held up with its palm to the camera, float32 (21, 3), as in `messages.Body`.

    Args:
        side: whose.
        opened: 1 is flat, 0 a fist.
        pinch: 0 to 1: how far the tip of the thumb is on its way to that of the index finger.
        yaw_deg: turned about the vertical.
        at: where its wrist is, fractions of the frame.
        palm: length from the wrist to the middle of the knuckles, image heights.
        frame: its width and height.
    """
    points = np.zeros((21, 3))
    points[1:5] = [(0.3, -0.25, 0), (0.5, -0.5, 0), (0.6, -0.75, 0), (0.65, -0.95, 0)]
    bend = math.radians(110.0 * (1.0 - opened))
    for knuckle, x in ((5, 0.25), (9, 0.0), (13, -0.2), (17, -0.4)):
        points[knuckle] = (x, -0.95, 0)
        points[knuckle + 1] = points[knuckle] + (0, -0.4, 0)
        for joint, length in ((2, 0.25), (3, 0.45)):
            points[knuckle + joint] = points[knuckle + 1] + length * np.array([0, -math.cos(bend), -math.sin(bend)])
    points[4] += pinch * (points[8] - points[4])
    if side == "left":
        points[:, 0] *= -1.0
    yaw = math.radians(yaw_deg)
    points = points @ np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    points *= (palm * frame[1] / frame[0], palm, palm * frame[1] / frame[0])
    return np.asarray(points + np.array([*at, 0.0]), dtype=np.float32)


def with_head_turned(
    image: NDArray[np.float32],
    *,
    turn_deg: float = 0.0,
    nod_deg: float = 0.0,
    tilt_deg: float = 0.0,
    size_px: float = 50.0,
    frame: tuple[int, int] = FRAME,
) -> NDArray[np.float32]:
    """The landmarks (33, 4) with a head that is turned to the performer's right, up, and to that shoulder."""
    points = {"nose": (0, -0.03, 0.75), "left_eye": (-0.3, 0.2, 0.5), "right_eye": (0.3, 0.2, 0.5)}
    points |= {"left_ear": (-0.5, 0.0, 0.0), "right_ear": (0.5, 0.0, 0.0)}
    yaw, pitch, roll = (math.radians(angle) for angle in (turn_deg, nod_deg, tilt_deg))
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    about_z = np.array([[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    changed = np.array(image, dtype=np.float32)
    middle = changed[[POINT["left_ear"], POINT["right_ear"]], :2].mean(axis=0)
    for name, point in points.items():
        x, y, _ = about_z @ about_y @ about_x @ np.array(point, dtype=float)
        changed[POINT[name], :2] = middle + np.array([-size_px * x / frame[0], -size_px * y / frame[1]])
    return changed


def with_hands(body: Body, **hands: NDArray[np.float32]) -> Body:
    """A body with these hands, `left` and `right`."""
    return msgspec.structs.replace(body, **{f"{side}_hand": points.tobytes() for side, points in hands.items()})


def performed(poses: Iterable[Pose]) -> Iterator[Pose]:
    """Poses whose first body opens and closes both hands at its wrists, at two speeds, and turns its head."""
    for pose in poses:
        if not pose.bodies:
            yield pose
            continue
        body, frame, time_s = pose.bodies[0], (pose.width, pose.height), pose.capture_time_s
        image = with_head_turned(
            body.image_array(), turn_deg=35.0 * math.sin(0.9 * time_s), size_px=0.04 * pose.height, frame=frame
        )
        hands = {}
        for side, speed, wrist in zip(SIDES, (1.7, 2.3), ("left_wrist", "right_wrist"), strict=True):
            x, y = image[POINT[wrist], :2].tolist()
            y = min(1.0, max(0.05, 0.5 + 1.6 * (y - 0.5)))
            swing = 0.5 + 0.5 * math.sin(speed * time_s)
            hands[side] = hand(side, opened=swing, pinch=1.0 - swing, at=(x, y), palm=0.05, frame=frame)
        shown = with_hands(msgspec.structs.replace(body, image=image.tobytes()), **hands)
        yield msgspec.structs.replace(pose, bodies=(shown, *pose.bodies[1:]))


def demo_for(preset: str, folder: Path) -> str:
    """The source that plays a shipped preset: the demo performer, with moving hands where the piece needs them."""
    loaded = loader.load(paths.presets_dir() / f"{preset}.yaml")
    if not loaded.tracking_request.hands:
        return "demo"
    file = folder / "hands.skeleton"
    if not file.exists():
        with SkeletonWriter(file) as writer:
            for pose in performed(read_poses("demo")):
                writer.write(pose)
    return str(file)
