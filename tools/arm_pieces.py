"""Poses and what they should sound like, of the pieces that arms play: for tools/factory_examples.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from tests.support.stick_figure import pose
from tools.shown_poses import BUILDS, FRAME, HEIGHTS, OUTS, ShownPose, clamped, raised, reachable, turned


def theremin() -> Iterator[ShownPose]:
    for build, right, left, out in itertools.product(BUILDS, HEIGHTS, HEIGHTS, OUTS):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = abs(hands[0][0] - hands[1][0])
        positions = {"pitch": raised(hands[0][1]), "level": 0.75 + 0.25 * raised(hands[1][1])}
        yield ShownPose(landmarks, positions | {"timbre": clamped((apart - 0.6) / 1.5)})


def drone() -> Iterator[ShownPose]:
    arms = [(height, height) for height in HEIGHTS] + [(1.0, -1.0), (-1.0, 1.0), (0.5, -0.5), (-0.5, 0.5)]
    for build, heights, out, lean in itertools.product(BUILDS, arms, (-0.2, *OUTS), (-20.0, 0.0, 20.0)):
        hands = [reachable(side, build, height, out) for side, height in zip((+1, -1), heights, strict=True)]
        landmarks = pose(
            right_wrist=turned(hands[0], lean),
            left_wrist=turned(hands[1], lean),
            lean_deg=lean,
            proportions=build,
            frame=FRAME,
        )
        lifted = raised((hands[0][1] + hands[1][1]) / 2)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        positions = {"pitch": 0.5 + lean / 50.0, "brightness": lifted, "level": 0.6 + 0.4 * lifted}
        yield ShownPose(landmarks, positions | {"detune": clamped((apart - 0.2) / 1.8)})


def grains() -> Iterator[ShownPose]:
    for build, out, right, left in itertools.product(BUILDS, (-0.6, 0.0, 0.5, 0.95), HEIGHTS, (-1.0, 0.0, 1.0)):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, 0.3)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        positions = {
            "position": clamped((hands[0][0] + 0.3) / 1.5),
            "pitch": raised(hands[0][1]),
            "density": raised(hands[1][1]),
            "grain": clamped(1.0 - apart / 2.2),
            "level": 0.55 + 0.45 * max(raised(hands[0][1]), raised(hands[1][1])),
        }
        yield ShownPose(landmarks, positions)


def drums() -> Iterator[ShownPose]:
    heights = (-1.0, -0.5, -0.15, 0.15, 0.5, 1.0)
    for build, right, left, out in itertools.product(BUILDS, heights, heights, (-0.3, 0.1, 0.5, 0.95)):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        lifted = max(raised(hands[0][1]), raised(hands[1][1]))
        apart = abs(hands[0][0] - hands[1][0])
        positions = {
            "busy": 0.3 + 0.7 * lifted,
            "decay": clamped((apart - 0.5) / 1.6),
            "tune": raised(hands[0][1]),
            "drive": clamped(lifted * 2.0 - 1.0),
            "level": 0.68 + 0.32 * lifted,
        }
        up = (hands[0][1] > 0.45, hands[1][1] > 0.45)
        label = {(True, True): "clap", (True, False): "snare", (False, True): "kick"}.get(up, "none")
        low, high = sorted(height for _, height in hands)
        wide = apart > 1.8 and low > -0.55 and -0.45 < high < 0.55
        yield ShownPose(landmarks, positions, "tom" if wide else label)


def hearth() -> Iterator[ShownPose]:
    """Of a person who sits: hands between the lap and the face."""
    heights = (-0.75, -0.45, -0.15, 0.15, 0.45)
    for build, right, left, out in itertools.product(BUILDS, heights, heights, (-0.1, 0.4)):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        sung, fed = (clamped((height + 0.75) / 1.2) for height in (right, left))
        positions = {"song": sung, "voice": 0.3 + 0.7 * sung, "ground": 0.3 + 0.7 * fed, "warmth": fed}
        yield ShownPose(landmarks, positions | {"room": clamped((apart - 0.3) / 1.3)})


def bells() -> Iterator[ShownPose]:
    """Hands below the shoulders are soft, above them loud: the class is which hand is up."""
    heights = (-1.0, -0.6, -0.2, 0.1, 0.3, 0.6, 1.0)
    for build, right, left, out in itertools.product(BUILDS, heights, heights, OUTS):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        up = [hand[1] > 0.2 for hand in hands]
        label = {(True, True): "both", (True, False): "right", (False, True): "left"}.get((up[0], up[1]), "none")
        positions = {
            "treble": raised(hands[0][1]),
            "tenor": raised(hands[1][1]),
            "near": 0.3 + 0.7 * raised(hands[0][1]),
            "far": 0.3 + 0.7 * raised(hands[1][1]),
        }
        yield ShownPose(landmarks, positions, label)


def forest() -> Iterator[ShownPose]:
    """Energy moves the wind by itself; hands teach the birds their notes."""
    for build, right, left, out in itertools.product(BUILDS, HEIGHTS, HEIGHTS, OUTS):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        both = (raised(hands[0][1]) + raised(hands[1][1])) / 2
        positions = {"call": raised(hands[0][1]), "answer": raised(hands[1][1]), "song": clamped((apart - 0.3) / 1.6)}
        yield ShownPose(landmarks, positions | {"hollow": both, "depth": both})


def choir() -> Iterator[ShownPose]:
    """The right hand leads, the left one bids sing out or hush."""
    for build, right, left, out in itertools.product(BUILDS, HEIGHTS, HEIGHTS, OUTS):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        led, bidden = raised(hands[0][1]), raised(hands[1][1])
        positions = {"note": led, "vowel": led, "chord": clamped((apart - 0.4) / 1.5)}
        yield ShownPose(landmarks, positions | {"loud": 0.55 + 0.45 * bidden, "pedal": 0.3 + 0.7 * bidden})


def duet() -> Iterator[ShownPose]:
    """Each hand is a bow: its height the note, how far out it is the pressure."""
    for build, right, left, out in itertools.product(BUILDS, HEIGHTS, HEIGHTS, (0.0, 0.4, 0.8)):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        away = [abs(hand[0]) - build.shoulder_width / 2 for hand in hands]
        positions = {"violin": raised(hands[0][1]), "cello": raised(hands[1][1])}
        yield ShownPose(landmarks, positions | {"press": clamped(away[0] / 0.8), "weight": clamped(away[1] / 0.8)})


def company() -> Iterator[ShownPose]:
    """Each person has one string: the right hand its note, the left one where the bow is, their distance how raw."""
    for build, right, left, out in itertools.product(BUILDS, HEIGHTS, HEIGHTS, OUTS):
        hands = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        positions = {"note": raised(hands[0][1]), "touch": 1.0 - raised(hands[1][1])}
        yield ShownPose(landmarks, positions | {"press": clamped((apart - 0.4) / 1.5)})


def delta() -> Iterator[ShownPose]:
    """Of three scenes at once: what each of them plays in the same poses."""
    poses = [(right, left, out) for right, left, out in itertools.product(HEIGHTS, HEIGHTS, (-0.1, *OUTS))]
    joined = [(height, height, 0.0) for height in (-0.55, -0.4, -0.25, -0.1, 0.05)]
    for build, (right, left, out) in itertools.product(BUILDS, [*poses, *joined]):
        together = (right, left, out) in joined
        ends = [reachable(+1, build, right, out), reachable(-1, build, left, out)]
        hands = [(0.06, right), (-0.06, left)] if together else ends
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        positions = {
            "ground": raised(hands[1][1]),
            "light": raised(hands[0][1]),
            "swarm": clamped((apart - 0.2) / 1.8),
            "place": clamped((apart - 0.2) / 1.8),
            "cloud": raised(hands[1][1]),
            "height": raised(hands[0][1]),
            "strokes": clamped(0.3 * raised(hands[1][1]) + 0.7 * clamped((apart - 0.2) / 1.8)),
            "string": raised(hands[0][1]),
        }
        yield ShownPose(landmarks, positions, "joined" if together else "none")
