"""How sticky roles have to be: exchanges between two people at the same place, and the delay when they really change.

Two recorded skeletons are set beside each other, with the same size on average, or at the same place. Run it with
`python -m tests.evaluation.roles SKELETON SKELETON`; its table is in docs/people.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from gesturesynth.features.people import roles as roles_module
from gesturesynth.features.people.roles import Roles
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.offline_poses import read_poses
from tests.support.several_people import Image, moved, pose_of

SECONDS = 60.0
FPS = 30.0


def stretch(poses: list[Pose], seconds: float, shift: int) -> list[tuple[Image, int, int]]:
    """Landmarks for so many seconds: to and fro through the recording, so that nothing jumps."""
    seen = [(pose.bodies[0].image_array(), pose.width, pose.height) for pose in poses if pose.bodies]
    way = [*range(len(seen)), *range(len(seen) - 2, 0, -1)]
    return [seen[way[(shift + number) % len(way)]] for number in range(round(seconds * FPS))]


def centred(image: Image, mean: tuple[float, float], size: float) -> Image:
    """The body with its mean place in the middle, and its mean size 0.25 of the picture's height."""
    result = image.copy()
    result[:, :2] = (image[:, :2] - np.array(mean, dtype=np.float32)) * (0.25 / size) + 0.5
    return result


def two(a: list[Pose], b: list[Pose], shift: int) -> list[tuple[Image, Image]]:
    """Pairs of bodies of the same mean place and size, in a square picture."""
    found = []
    for poses, start in ((a, 0), (b, shift)):
        frames = stretch(poses, SECONDS, start)
        square = []
        for image, width, height in frames:
            one = image.copy()
            one[:, 0] = (image[:, 0] - 0.5) * width / height + 0.5
            square.append(one)
        trunks = np.array([one[[11, 12, 23, 24], :2] for one in square], dtype=np.float64)
        mean = trunks.mean(axis=(0, 1))
        shoulders, hips = trunks[:, :2].mean(axis=1), trunks[:, 2:].mean(axis=1)
        torso = np.hypot(*(shoulders - hips).T)
        width_of = 1.6 * np.hypot(*(trunks[:, 0] - trunks[:, 1]).T)
        size = float(np.maximum(torso, width_of).mean())
        found.append([centred(one, (float(mean[0]), float(mean[1])), size) for one in square])
    return list(zip(*found, strict=True))


def exchanges(pairs: list[tuple[Image, Image]], role: str) -> float:
    """How often the role goes over, a minute."""
    roles, last, count = Roles(), 0, 0
    for number, (one, other) in enumerate(pairs):
        frame = roles.of_pose(pose_of(number / FPS, (1, one), (2, other), width=480, height=480))
        person = frame.person_of(role)
        count += bool(last and person != last)
        last = person
    return count * 60.0 / (len(pairs) / FPS)


def delays(pairs: list[tuple[Image, Image]], role: str) -> float:
    """Seconds from the moment at which the second is ahead until the role goes over, median of ten starts."""
    found = []
    for start in range(0, 300, 30):
        roles = Roles()
        for number, (one, other) in enumerate(pairs[start : start + 240]):
            time_s = number / FPS
            ahead = (time_s - 2.0) / 2.0  # at -1 to the side of, or smaller than, the first; at 2 s level
            shown = moved(other, 0.0, 0.0, 1.0 + 0.3 * ahead) if role == "nearest" else moved(other, 0.25 * ahead)
            frame = roles.of_pose(pose_of(time_s, (1, one), (2, shown), width=480, height=480))
            if time_s > 1.0 and frame.person_of(role) == 2:
                found.append(time_s - 2.0)
                break
        else:
            found.append(np.inf)
    return float(np.median(found))


def rows(a: list[Pose], b: list[Pose]) -> Iterator[str]:
    """The table."""
    shifts = [two(a, b, shift) for shift in (0, 100, 250)]
    for role, name, margins in (
        ("nearest", "NEARER", (1.0, 1.05, 1.1, 1.2)),
        ("leftmost", "SIDEWAYS", (0.0, 0.15, 0.3, 0.5)),
    ):
        for margin in margins:
            for ahead_s in (0.0, 0.15, 0.3, 0.6):
                setattr(roles_module, name, margin)
                roles_module.AHEAD_S = ahead_s  # type: ignore[misc]  # what the study varies
                often = np.mean([exchanges(pairs, role) for pairs in shifts])
                yield f"| {role} | {margin:g} | {ahead_s:g} | {often:.1f} | {delays(shifts[0], role):.2f} |"


if __name__ == "__main__":
    first, second = (list(read_poses(source)) for source in sys.argv[1:3])
    print("| role | margin | ahead, s | exchanges a minute | delay, s |\n| --- | --- | --- | --- | --- |")
    for row in rows(first, second):
        print(row)
