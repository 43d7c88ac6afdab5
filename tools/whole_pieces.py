"""Poses and what they should sound like, of the pieces that head, place or nearness play, too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from tests.support.stick_figure import ORDER, pose
from tools.shown_poses import BUILDS, FRAME, HEIGHTS, ShownPose, clamped, raised, reachable, turned

FACE_POINTS = slice(0, 11)
LEGS = tuple(name for name in ORDER if any(part in name for part in ("knee", "ankle", "heel", "foot")))


def wheels() -> Iterator[ShownPose]:
    """Of a person in a wheelchair: arms and head alone, between the lap and the face; legs are not seen."""
    heights = (-0.75, -0.35, 0.0, 0.45)
    for build, right, left, head in itertools.product(BUILDS, heights, heights, (-0.25, 0.0, 0.25)):
        hands = [reachable(+1, build, right, 0.3), reachable(-1, build, left, 0.3)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME, hidden=LEGS)
        landmarks[FACE_POINTS, 0] -= head * 0.2 * FRAME[1] / FRAME[0]  # of a torso of 0.2 frame heights
        strummed, lifted = clamped((right + 0.75) / 1.2), clamped((left + 0.75) / 1.2)
        positions = {"strings": strummed, "ring": lifted, "nail": lifted, "air": lifted}
        yield ShownPose(landmarks, positions | {"chord": clamped(0.5 + 2.0 * head)})


def vigil() -> Iterator[ShownPose]:
    """Far and near, with hands that hang, are lifted, and are spread."""
    for build, size, height, out in itertools.product(BUILDS, (0.11, 0.16, 0.22, 0.3, 0.4), HEIGHTS, (0.05, 0.4, 0.8)):
        hands = [reachable(side, build, height, out) for side in (+1, -1)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME, size=size)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        lifted = raised(hands[0][1])
        positions = {"wake": clamped((size - 0.05) / 0.2), "chord": lifted, "light": lifted, "bowl": lifted}
        yield ShownPose(
            landmarks, positions | {"metal": clamped((apart - 0.5) / 1.6)}, "near" if size > 0.25 else "far"
        )


def hour() -> Iterator[ShownPose]:
    """Hands lifted and spread, and a trunk that leans."""
    arms = itertools.product(BUILDS, HEIGHTS, (-0.1, 0.3, 0.8), (-20.0, 0.0, 20.0))
    for build, height, out, lean in arms:
        hands = [turned(reachable(side, build, height, out), lean) for side in (+1, -1)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], lean_deg=lean, proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        lifted, spread = raised(height), clamped((apart - 0.2) / 1.7)
        positions = {"ground": lifted, "light": lifted, "swarm": spread, "depth": spread}
        yield ShownPose(landmarks, positions | {"metal": 0.5 + lean / 40.0})


def two() -> Iterator[ShownPose]:
    """Where the person stands is the chord, how high the left hand is its loudness."""
    for build, place, left, size in itertools.product(BUILDS, (0.1, 0.3, 0.5, 0.7, 0.9), HEIGHTS, (0.12, 0.2)):
        hand = reachable(-1, build, left, 0.3)
        landmarks = pose(left_wrist=hand, proportions=build, frame=FRAME, at=(place, 0.55), size=size)
        lifted = raised(hand[1])
        positions = {"root": clamped((0.9 - place) / 0.8), "bass": clamped((0.9 - place) / 0.8)}
        yield ShownPose(landmarks, positions | {"loud": 0.5 + 0.5 * lifted, "pedal": 0.5 + 0.5 * lifted})


def again() -> Iterator[ShownPose]:
    """The right hand plays, the left one keeps, and a squat wipes."""
    for build, right, left, squat in itertools.product(BUILDS, HEIGHTS, HEIGHTS, (0.0, 0.25, 0.5, 0.65, 0.85)):
        hands = [reachable(+1, build, right, 0.3), reachable(-1, build, left, 0.3)]
        landmarks = pose(
            right_wrist=hands[0], left_wrist=hands[1], squat=squat, proportions=build, frame=FRAME, at=(0.5, 0.55)
        )
        positions = {"string": raised(hands[0][1]), "keep": 0.0 if hands[1][1] < -0.3 else 1.0}
        yield ShownPose(landmarks, positions | {"wipe": 0.0 if squat > 0.6 else 1.0})
