"""Makes the factory examples of the shipped presets: `make factory`.

A stick figure of several builds takes the poses that an artist would show, our own feature extractor measures them, and
a rule says what each should sound like. Gestures are performed by the demo performer. The result is a CSV beside each
preset, which plays without anyone having taught it; a test makes sure that the files are what this makes.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.units import from_unit
from gesturesynth.features.catalogue import columns
from gesturesynth.features.extractor import FeatureExtractor
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows, write_csv
from gesturesynth.mapping.examples.feature_reader import movement
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.tracking.offline_poses import read_poses
from tests.support.stick_figure import Point, Proportions, pose

BUILDS = (Proportions(), Proportions(shoulder_width=0.74, upper_arm=0.62, forearm=0.52))
FRAME = (640, 480)


@dataclass(frozen=True)
class ShownPose:
    """One pose, and what it should sound like: positions 0..1 of outputs, a class where there is one."""

    landmarks: NDArray[np.float32]
    positions: dict[str, float]
    label: str = ""


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))


def _raised(height: float) -> float:
    """0 with a hanging arm, 1 with a raised one."""
    return _clamped((height + 0.9) / 1.8)


def _reachable(side: float, build: Proportions, height: float, out: float) -> Point:
    """Where a wrist goes that wants to be at `height`, `out` from its shoulder: as far as the arm reaches."""
    length = (build.upper_arm + build.forearm) * 0.985
    height = max(-length, min(length, height))
    room = (length**2 - height**2) ** 0.5
    return (side * (build.shoulder_width / 2 + max(-room, min(room, out))), height)


HEIGHTS = (-1.0, -0.5, 0.0, 0.5, 1.0)
OUTS = (0.1, 0.6)


def theremin() -> Iterator[ShownPose]:
    for build, right, left, out in itertools.product(BUILDS, HEIGHTS, HEIGHTS, OUTS):
        hands = [_reachable(+1, build, right, out), _reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = abs(hands[0][0] - hands[1][0])
        positions = {"pitch": _raised(hands[0][1]), "level": 0.75 + 0.25 * _raised(hands[1][1])}
        yield ShownPose(landmarks, positions | {"timbre": _clamped((apart - 0.6) / 1.5)})


def drone() -> Iterator[ShownPose]:
    arms = [(height, height) for height in HEIGHTS] + [(1.0, -1.0), (-1.0, 1.0), (0.5, -0.5), (-0.5, 0.5)]
    for build, heights, out, lean in itertools.product(BUILDS, arms, (-0.2, *OUTS), (-20.0, 0.0, 20.0)):
        hands = [_reachable(side, build, height, out) for side, height in zip((+1, -1), heights, strict=True)]
        landmarks = pose(
            right_wrist=_turned(hands[0], lean),
            left_wrist=_turned(hands[1], lean),
            lean_deg=lean,
            proportions=build,
            frame=FRAME,
        )
        raised = _raised((hands[0][1] + hands[1][1]) / 2)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        positions = {"pitch": 0.5 + lean / 50.0, "brightness": raised, "level": 0.6 + 0.4 * raised}
        yield ShownPose(landmarks, positions | {"detune": _clamped((apart - 0.2) / 1.8)})


def _turned(point: Point, lean_deg: float) -> Point:
    """A point that leans with the trunk."""
    turn = np.deg2rad(lean_deg)
    x, y = point
    return (float(x * np.cos(turn) + y * np.sin(turn)), float(y * np.cos(turn) - x * np.sin(turn)))


def grains() -> Iterator[ShownPose]:
    for build, out, right, left in itertools.product(BUILDS, (-0.6, 0.0, 0.5, 0.95), HEIGHTS, (-1.0, 0.0, 1.0)):
        hands = [_reachable(+1, build, right, out), _reachable(-1, build, left, 0.3)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        positions = {
            "position": _clamped((hands[0][0] + 0.3) / 1.5),
            "pitch": _raised(hands[0][1]),
            "density": _raised(hands[1][1]),
            "grain": _clamped(1.0 - apart / 2.2),
            "level": 0.55 + 0.45 * max(_raised(hands[0][1]), _raised(hands[1][1])),
        }
        yield ShownPose(landmarks, positions)


def drums() -> Iterator[ShownPose]:
    heights = (-1.0, -0.5, -0.15, 0.15, 0.5, 1.0)
    for build, right, left, out in itertools.product(BUILDS, heights, heights, (-0.3, 0.1, 0.5, 0.95)):
        hands = [_reachable(+1, build, right, out), _reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        raised = max(_raised(hands[0][1]), _raised(hands[1][1]))
        apart = abs(hands[0][0] - hands[1][0])
        positions = {
            "busy": 0.3 + 0.7 * raised,
            "decay": _clamped((apart - 0.5) / 1.6),
            "tune": _raised(hands[0][1]),
            "drive": _clamped(raised * 2.0 - 1.0),
            "level": 0.68 + 0.32 * raised,
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
        hands = [_reachable(+1, build, right, out), _reachable(-1, build, left, out)]
        landmarks = pose(right_wrist=hands[0], left_wrist=hands[1], proportions=build, frame=FRAME)
        apart = float(np.hypot(hands[0][0] - hands[1][0], hands[0][1] - hands[1][1]))
        sung, fed = (_clamped((height + 0.75) / 1.2) for height in (right, left))
        positions = {"song": sung, "voice": 0.3 + 0.7 * sung, "ground": 0.3 + 0.7 * fed, "warmth": fed}
        yield ShownPose(landmarks, positions | {"room": _clamped((apart - 0.3) / 1.3)})


SHOWN_POSES: dict[str, Callable[[], Iterator[ShownPose]]] = {
    "theremin": theremin,
    "drone": drone,
    "grains": grains,
    "drums": drums,
    "hearth": hearth,
}


def examples_for(name: str) -> Examples:
    """The factory examples of a shipped preset."""
    piece: Preset = loader.load(paths.presets_dir() / f"{name}.yaml")
    outputs = piece.mapping_outputs()
    rows = []
    for number, shown in enumerate(SHOWN_POSES[name](), start=1):
        x = FeatureExtractor(piece.features, None).extract(shown.landmarks, *FRAME, 0.0).values
        y = [
            float(from_unit(np.array(_clamped(shown.positions[o.name])), o.low, o.high, o.warp).round(6))
            for o in outputs
        ]
        rows.append((number, shown.label, x.round(5), np.array(y)))
    return examples_from_rows(rows, columns(piece.features), [output.name for output in outputs])


PERFORMED: dict[str, tuple[tuple[str, float, float], ...]] = {
    "moves": (
        ("jack", 21.0, 22.8),
        ("jack", 22.85, 24.15),
        ("throw", 24.2, 25.6),
        ("squat", 31.0, 35.0),
        ("squat", 35.7, 39.4),
    )
}
"""By preset, the takes of its gestures: names, and from when to when the demo performer shows them, in seconds."""


def movements_for(name: str) -> tuple[GestureTake, ...]:
    """The factory takes of the gestures of a shipped preset."""
    piece: Preset = loader.load(paths.presets_dir() / f"{name}.yaml")
    performed = tuple(read_poses(str(paths.demo_performer())))
    takes = []
    for gesture, start_s, end_s in PERFORMED[name]:
        shown = [pose for pose in performed if start_s <= pose.capture_time_s <= end_s]
        times_s, features = movement(shown, FeatureExtractor(piece.gesture_features, piece.smoothing))
        takes.append(GestureTake(gesture, (times_s - start_s).round(3), features.round(4)))
    return tuple(takes)


def write(name: str, file: Path) -> None:
    """Writes the factory examples of a shipped preset."""
    if name in PERFORMED:
        names = loader.load(paths.presets_dir() / f"{name}.yaml").gesture_features
        write_csv(examples_from_rows([], (), ()), file, movements_for(name), columns(names))
    else:
        write_csv(examples_for(name), file)


def main(folder: Path) -> None:
    for name in (*SHOWN_POSES, *PERFORMED):
        write(name, folder / f"{name}.csv")
        print(folder / f"{name}.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else paths.presets_dir())
