"""Grab: of movement that was watched, the poses that are taught, and which sound each of them gets.

Sounds belong to poses that lie far apart in what was seen, so that the movement between them plays all that lies
between the sounds. Each sound gets several poses around its own: where one pose alone is taught, most of the movement
is as far from it as an unknown pose is. What is seen once, for a frame or two, is a mistake of the landmarker and not
a pose. docs/playability.md has the study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gesturesynth.mapping.learning.rbf import distances

Float = NDArray[np.float64]
Numbers = NDArray[np.intp]

LEAST_FRAMES: Final = 30
LEAST_S: Final = 3.0
"""Of movement in which all that is measured is in view."""
LEAST_RANGE: Final = 0.2
"""Of the usual range of a feature: at least one moves so far (5th to 95th percentile). A person who stands still stays
within a twentieth."""

FEWEST, MOST = 2, 5
"""Sounds that are made where there are no snapshots."""
PER_SOUND: Final = 4
"""Poses of each sound, where the movement has so many."""
MOST_S: Final = 1.0
"""Of a take. It is shorter where the pose was passed through."""
NEAR: Final = 0.15
"""Of the median distance between the poses of different sounds: a take is of frames that lie so near to its pose, and
poses of takes lie twice as far from each other."""
BETWEEN: Final = 0.1
"""Likewise: a pose belongs to the sound whose own pose is nearer by so much than that of any other, else to none."""

MOST_FRAMES: Final = 600
"""Frames that are compared with each other; of more, so many, evenly spread."""
STEP: Final = 0.1
"""Scaled units: frames in which less has changed since the last one are one pose, however long it was held."""
FILTERED: Final = 5
"""Frames of the median that takes out mistakes of the landmarker."""
GAP_S: Final = 0.25
"""A take does not go on across a longer gap."""
COMMON: Final = 0.1
RARE: Final = 0.08
"""Of the poses: those whose nearest tenth lies farthest away, 8 of 100, are too rare to have a sound of their own."""

RISING: Final = 1.0
"""How much it counts that hands rise where sounds rise, against how far poses are apart."""
LEAST_LIFT: Final = 0.25
"""Torso lengths: where hands move up and down by less, the first feature of the preset takes their place."""
LEAST_PART: Final = 0.35
"""Of the greatest: a direction in which the movement extends by less moves no output of its own."""


@dataclass(frozen=True)
class GrabbedTake:
    """A take: the frames from `first` to `last`, both included, for the sound of that number; `pose` is between."""

    sound: int
    first: int
    last: int
    pose: int


def reach(x: Float, spans: Float) -> float:
    """How far the movement goes: of the feature that moves most, as a part of its usual range.

    Args:
        x: (n, k), features; n >= 1.
        spans: (k,), above 0.
    """
    low, high = np.quantile(x, [0.05, 0.95], axis=0)
    return float(((high - low) / spans).max())


def rising(heights: Float, z: Float) -> Float:
    """What rises from low sounds to high ones, (n,): the height of the hands, else the first feature.

    Args:
        heights: (n,), of the hands in torso lengths; NaN where they cannot be seen.
        z: (n, k), features, scaled.
    """
    seen = np.isfinite(heights)
    if seen.mean() < 0.5 or np.ptp(np.quantile(heights[seen], [0.05, 0.95])) < LEAST_LIFT:
        return z[:, 0]
    return np.where(seen, heights, np.median(heights[seen]))


def far_poses(z: Float, rises: Float, count: int) -> tuple[Numbers, Numbers]:
    """Poses that lie far apart, and the poses that they were chosen from: numbers of rows, `count` of them or fewer.

    The first two lie far apart and have risen differently; each further one is the farthest from those before.

    Args:
        z: (n, k), features, scaled and filtered; n >= 2.
        rises: (n,), see `rising`.
        count: at least 2.
    """
    some = _moving(z)
    apart = distances(z[some], z[some])
    common = np.sort(apart, axis=1)[:, int(COMMON * (len(some) - 1))]
    kept = common <= np.quantile(common, 1.0 - RARE)
    some, apart = some[kept], apart[np.ix_(kept, kept)]
    risen = np.abs(rises[some][:, None] - rises[some][None, :])
    ends = apart / max(float(apart.max()), 1e-9) + RISING * risen / max(float(risen.max()), 1e-9)
    chosen = [*map(int, np.unravel_index(int(np.argmax(ends)), ends.shape))]
    while len(chosen) < count:
        nearest = apart[chosen].min(axis=0)
        if nearest.max() <= STEP:
            break
        chosen.append(int(np.argmax(nearest)))
    return some[chosen], some


def made_sounds(z: Float, chosen: Numbers, rises: Float, outputs: int) -> Float:
    """Sounds for poses, positions 0..1, (c, m), where there are no snapshots.

    Each output follows a direction in which the movement extends, the first one that in which it extends most, and
    rises with `rises`. Where there are more outputs than directions, several follow one.

    Args:
        z: (n, k), features, scaled.
        chosen: (c,), rows of `z`.
        rises: (n,), see `rising`.
        outputs: m, at least 1.
    """
    centred = z - z.mean(axis=0)
    _, extents, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[extents >= LEAST_PART * extents[0]]
    along = centred @ axes.T
    along *= np.where((along * (rises - rises.mean())[:, None]).sum(axis=0) < 0.0, -1.0, 1.0)
    ends = along[chosen]
    low, high = ends.min(axis=0), ends.max(axis=0)
    positions = (ends - low) / np.maximum(high - low, 1e-9)
    return np.asarray(positions[:, np.arange(outputs) % len(axes)], dtype=np.float64)


def matched(places: Float, lifts: Float, sounds: Float, rises: Float) -> list[int]:
    """The sound of each pose, so that near poses have near sounds, and poses that rise have sounds that rise.

    It begins with both in the order in which they rise, and swaps two sounds as long as that makes it better.

    Args:
        places: (c, k), the poses, scaled.
        lifts: (c,), how far each has risen.
        sounds: (c, m), positions.
        rises: (c,), likewise.
    """
    near, heard = _relative(places), _relative(sounds)
    up, high = _standard(lifts), _standard(rises)

    def cost(sound_of: Sequence[int]) -> float:
        turned = [*sound_of]
        unlike = float(((near - heard[np.ix_(turned, turned)]) ** 2).mean())
        return unlike - RISING * float((up * high[turned]).mean())

    sound_of = np.empty(len(places), dtype=np.intp)
    sound_of[np.argsort(lifts, kind="stable")] = np.argsort(rises, kind="stable")
    found = sound_of.tolist()
    best = cost(found)
    improved = True
    while improved:
        improved = False
        for one, other in combinations(range(len(found)), 2):
            swapped = [*found]
            swapped[one], swapped[other] = found[other], found[one]
            if cost(swapped) < best - 1e-9:
                found, best, improved = swapped, cost(swapped), True
    return found


def takes_of(times_s: Float, z: Float, some: Numbers, chosen: Numbers, sound_of: Sequence[int]) -> list[GrabbedTake]:
    """The takes of each sound: of its own pose, and of poses around it that lie far from those of other sounds.

    Args:
        times_s: (n,), rising.
        z: (n, k), features, scaled and filtered.
        some: rows of `z` that may be taught.
        chosen: (c,), rows of `z`: the pose of each sound; c >= 2.
        sound_of: (c,), the number of its sound.
    """
    places = z[chosen]
    between = float(np.median(distances(places, places)[np.triu_indices(len(chosen), 1)]))
    near = NEAR * between
    far = distances(z[some], places)
    first, second = np.sort(far, axis=1)[:, :2].T
    owner = np.where(second - first >= BETWEEN * between, np.argmin(far, axis=1), -1)
    centres = {number: [pose] for number, pose in enumerate(chosen.tolist())}
    for number, own in centres.items():
        others = [pose for other, poses in centres.items() if other != number for pose in poses]
        mine = some[owner == number]
        mine = mine[distances(z[mine], z[others]).min(axis=1) > 2.0 * near] if len(mine) else mine
        while len(mine) and len(own) < PER_SOUND:
            nearest = distances(z[mine], z[own]).min(axis=1)
            if nearest.max() <= 2.0 * near:
                break
            own.append(int(mine[np.argmax(nearest)]))
    return [
        GrabbedTake(sound_of[number], *_around(times_s, z, pose, near), pose)
        for number, poses in centres.items()
        for pose in poses
    ]


def filtered(z: Float) -> Float:
    """The same (n, k) without what lasts for a frame or two: each value is the median of `FILTERED`."""
    half = FILTERED // 2
    padded = np.concatenate([np.repeat(z[:1], half, axis=0), z, np.repeat(z[-1:], half, axis=0)])
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, FILTERED, axis=0), axis=-1))


def _moving(z: Float) -> Numbers:
    """Rows that differ from the last one of them: who stands still for long is in one pose all the time."""
    kept, last = [0], z[0]
    for number, row in enumerate(z):
        if np.linalg.norm(row - last) >= STEP:
            kept.append(number)
            last = row
    return np.array(kept, dtype=np.intp)[:: max(1, -(-len(kept) // MOST_FRAMES))]


def _around(times_s: Float, z: Float, pose: int, near: float) -> tuple[int, int]:
    """The first and the last of the frames around a pose that are near to it without a break, within `MOST_S`."""
    fits = np.linalg.norm(z - z[pose], axis=1) <= near
    first = last = pose
    grown = True
    while grown:
        grown = False
        for step in (-1, 1):
            following = (first if step < 0 else last) + step
            if not 0 <= following < len(z) or not fits[following]:
                continue
            low, high = min(first, following), max(last, following)
            if times_s[high] - times_s[low] <= MOST_S and np.diff(times_s[low : high + 1]).max() <= GAP_S:
                first, last, grown = low, high, True
    return first, last


def _relative(points: Float) -> Float:
    """Distances between points, (c, c), as parts of the greatest."""
    apart = distances(points, points)
    return np.asarray(apart / max(float(apart.max()), 1e-9), dtype=np.float64)


def _standard(values: Float) -> Float:
    """Values with a mean of 0 and a deviation of 1; all 0 where they are equal."""
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9), dtype=np.float64)
