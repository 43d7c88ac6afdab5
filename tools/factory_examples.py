"""Makes the factory examples of the shipped presets: `make factory`.

A stick figure of several builds takes the poses that an artist would show, our own feature extractor measures them, and
a rule says what each should sound like. Gestures are performed by the demo performer. The result is a CSV beside each
preset, which plays without anyone having taught it; a test makes sure that the files are what this makes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gesturesynth.config.preset import loader
from gesturesynth.config.preset.model import Preset
from gesturesynth.core import paths
from gesturesynth.core.units import from_unit
from gesturesynth.features.catalogue import columns
from gesturesynth.features.people.extractor import PeopleExtractor
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.mapping.examples.dataset import Examples, examples_from_rows, write_csv
from gesturesynth.mapping.examples.feature_reader import movement
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.tracking.offline_poses import read_poses
from tools import arm_pieces, hand_pieces, whole_pieces
from tools.shown_poses import FRAME, ShownPose, clamped

SHOWN_POSES: dict[str, Callable[[], Iterator[ShownPose]]] = {
    "theremin": arm_pieces.theremin,
    "drone": arm_pieces.drone,
    "grains": arm_pieces.grains,
    "drums": arm_pieces.drums,
    "hearth": arm_pieces.hearth,
    "bells": arm_pieces.bells,
    "forest": arm_pieces.forest,
    "choir": arm_pieces.choir,
    "duet": arm_pieces.duet,
    "company": arm_pieces.company,
    "wheels": whole_pieces.wheels,
    "vigil": whole_pieces.vigil,
    "hour": whole_pieces.hour,
    "two": whole_pieces.two,
    "again": whole_pieces.again,
    "delta": arm_pieces.delta,
    "hands": hand_pieces.hands,
}


def examples_for(name: str) -> Examples:
    """The factory examples of a shipped preset."""
    piece: Preset = loader.load(paths.presets_dir() / f"{name}.yaml")
    outputs = piece.mapping_outputs()
    rows = []
    for number, shown in enumerate(SHOWN_POSES[name](), start=1):
        x = PeopleExtractor(piece.features, None).extract(shown.landmarks, *FRAME, 0.0).values
        y = [
            float(from_unit(np.array(clamped(shown.positions[o.name])), o.low, o.high, o.warp).round(6))
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
        times_s, features = movement(shown, PoseReader(piece.gesture_features, piece.smoothing))
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
