"""`python -m tests.evaluation.prediction`: what carrying the body forward gains and costs, on real movement.

Prints three tables for docs/latency.md. Points are wrists and elbows. Where a point really was later is told by the
landmarks themselves, without smoothing but for an average of three frames, which has no lag. Recordings: those of
`tests.evaluation.gestures`.

- How far the point that is followed is from where the real one is after so long, median of the frames in which it moves
  (0.5 torso lengths a second or more), as a part of what it is without prediction. Trembling: movement from frame to
  frame of joints that are still, likewise. Overshoot: how far a point goes beyond where it turned round.
- Candidates for the constants, over all recordings.
- Strikes: the shipped drums, and gestures of two repetitions each, with and without `ahead`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.extractor import SMOOTHING, FeatureExtractor
from gesturesynth.features.landmarks import POINT
from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.prediction import GAIN, GATE, LONGEST_STEP
from tests.evaluation.gestures import recordings

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

NAMES: Final = ("jacks", "squats", "second_camera", "dancer", "athlete", "walker", "slow_squats", "demo")
JOINTS: Final = [POINT[f"{side}_{joint}"] for side in ("left", "right") for joint in ("wrist", "elbow")]
MOVING: Final = 0.5
STILL: Final = 0.15
"""Torso lengths a second."""
LONGEST: Final = 1500
TURN_S: Final = 0.25
"""A point has turned round where it is higher, or lower, than for so long before and after ..."""
TURN: Final = 0.3
"""... by so many torso lengths."""
AHEAD_S: Final = (1 / 60, 1 / 30, 0.05, 0.06)


class Track(NamedTuple):
    """Times (n,), smoothed positions, velocities and true positions (n, joints, 2), and what is seen (n, joints)."""

    times: Float
    places: Float
    velocities: Float
    truth: Float
    seen: Bools


@cache
def track(name: str, smoothing: OneEuroSettings | None = SMOOTHING) -> Track:
    """The joints of a recording."""
    smooth, plain = FeatureExtractor(["right_wrist.height"], smoothing), FeatureExtractor(["right_wrist.height"], None)
    columns: list[list[NDArray[np.generic]]] = [[], [], [], []]
    times = []
    for pose in recordings.poses(name)[:LONGEST]:
        image = pose.bodies[0].image_array() if pose.bodies else None
        for extractor in (smooth, plain):
            frame = extractor.extract(image, pose.width, pose.height, pose.capture_time_s)
        seen = frame.person_present and image is not None
        values = (smooth._filter.value, smooth._filter.velocity, plain._filter.value)
        for column, value in zip(columns, values, strict=False):
            column.append(value.reshape(-1, 2)[JOINTS].copy())
        columns[3].append(np.array([seen and image[joint, 3] > 0.5 for joint in JOINTS]))  # type: ignore[index]  # seen
        times.append(pose.capture_time_s)
    places, velocities, raw, known = (np.array(column) for column in columns)
    rate = (len(times) - 1) / (times[-1] - times[0])
    truth = raw.copy()
    if rate > 20.0:
        truth[1:-1] = 0.25 * raw[:-2] + 0.5 * raw[1:-1] + 0.25 * raw[2:]
    return Track(np.array(times), places, velocities, truth, known.astype(np.bool_))


def averaged(found: Track, over_s: float) -> Float:
    """Velocities of the smoothed joints, averaged exponentially over another time."""
    velocities = np.zeros_like(found.places)
    for number in range(1, len(found.times)):
        step_s = found.times[number] - found.times[number - 1]
        change = found.places[number] - found.places[number - 1]
        if step_s > 1.0 or np.abs(change).max() > 1.0:
            continue
        kept = velocities[number - 1]
        velocities[number] = kept + step_s / (over_s + step_s) * (change / step_s - kept)
    return velocities


class Way(NamedTuple):
    """A way to predict: the time over which velocities are averaged (0: as in the product), and the constants."""

    over_s: float = 0.0
    gain: float = GAIN
    gate: float = GATE
    longest: float = LONGEST_STEP


AS_IT_IS: Final = Way()


def predicted(found: Track, ahead_s: float, way: Way = AS_IT_IS) -> Float:
    """Where the joints are said to be (n, joints, 2)."""
    velocities = averaged(found, way.over_s) if way.over_s else found.velocities
    squares = (velocities**2).sum(axis=-1)
    share = way.gain * ahead_s * squares / (squares + way.gate**2)
    length = share * np.sqrt(squares)
    return np.asarray(
        found.places + (share * np.minimum(1.0, way.longest / np.maximum(length, way.longest)))[..., None] * velocities
    )


def errors(found: Track, places: Float, ahead_s: float) -> Float:
    """Distances to where the joints really were later, of those that move."""
    later = np.empty_like(found.truth)
    for joint in range(len(JOINTS)):
        for axis in range(2):
            later[:, joint, axis] = np.interp(found.times + ahead_s, found.times, found.truth[:, joint, axis])
    speed = np.linalg.norm(np.gradient(found.truth, found.times, axis=0), axis=-1)
    counted = found.seen & (speed > MOVING) & (found.times[:, None] + ahead_s < found.times[-1])
    return np.asarray(np.linalg.norm(places - later, axis=-1)[counted])


def trembling(found: Track, places: Float) -> Float:
    """Squared movements from frame to frame of joints that are still."""
    slow = found.seen & (np.linalg.norm(found.velocities, axis=-1) < STILL)
    return np.asarray((np.diff(places, axis=0) ** 2).sum(axis=-1)[slow[1:] & slow[:-1]])


def overshoots(found: Track, places: Float) -> Float:
    """How far joints go beyond where they turned round, torso lengths; below 0 where they do not reach it."""
    beyond = []
    span = max(2, round(TURN_S / float(np.median(np.diff(found.times)))))
    for joint in range(len(JOINTS)):
        for sign in (1.0, -1.0):
            true, said = sign * found.truth[:, joint, 1], sign * places[:, joint, 1]
            for at in range(span, len(true) - span):
                around = true[at - span : at + span + 1]
                turned = true[at] == around.max() and true[at] - max(around[0], around[-1]) > TURN
                if found.seen[at, joint] and turned:
                    beyond.append(said[at - span : at + span + 1].max() - true[at])
    return np.array(beyond)


def whole(measure: Callable[[Track, Float], Float], ahead_s: float, way: Way) -> Float:
    """A measure over all recordings."""
    return np.concatenate([measure(track(name), predicted(track(name), ahead_s, way)) for name in NAMES])


def root_mean(squares: Float) -> float:
    """NaN of nothing."""
    return float(np.sqrt(squares.mean())) if len(squares) else float("nan")


def by_recording(ahead_s: float) -> Iterator[str]:
    """The first table."""
    yield "| recording | error without, torsos | with, of it | 90 % of errors | trembling | overshoot, torsos |"
    yield "|---|---|---|---|---|---|"
    for name in NAMES:
        found = track(name)
        places = predicted(found, ahead_s)
        before, after = errors(found, found.places, ahead_s), errors(found, places, ahead_s)
        ratio = root_mean(trembling(found, places)) / root_mean(trembling(found, found.places))
        turns = overshoots(found, places)
        high = [float(np.percentile(each, 90)) for each in (before, after)]
        yield (
            f"| {name.replace('_', ' ')} | {np.median(before):.3f} | {np.median(after) / np.median(before):.2f} "
            f"| {high[1] / high[0]:.2f} | {ratio:.2f} | "
            + (f"{np.median(turns):.2f} ({len(turns)} turns)" if len(turns) > 4 else "")
            + " |"
        )


def by_way() -> Iterator[str]:
    """The second table."""
    ways = {
        "as it is": AS_IT_IS,
        "averaged over 20 ms": Way(over_s=0.02),
        "averaged over 30 ms": Way(over_s=0.03),
        "gain 1": Way(gain=1.0),
        "gain 0.6": Way(gain=0.6),
        "no gate": Way(gate=1e-6),
        "gate 0.7": Way(gate=0.7),
        "step at most 0.1": Way(longest=0.1),
        "no limit to the step": Way(longest=1e6),
        "velocity alone": Way(gain=1.0, gate=1e-6, longest=1e6),
    }
    yield "| | error, 33 ms | 60 ms | 90 % of errors, 60 ms | trembling, 60 ms | overshoot, 33 ms | 60 ms |"
    yield "|---|---|---|---|---|---|---|"
    for text, way in ways.items():
        cells = [_ratio(np.median, ahead_s, way) for ahead_s in (1 / 30, 0.06)]
        cells.append(_ratio(lambda each: np.percentile(each, 90), 0.06, way))
        still = (root_mean(whole(trembling, 0.06, way)), root_mean(whole(trembling, 0.0, AS_IT_IS)))
        cells.append(still[0] / still[1])
        cells += [float(np.median(whole(overshoots, ahead_s, way))) for ahead_s in (1 / 30, 0.06)]
        yield f"| {text} | {' | '.join(f'{cell:.2f}' for cell in cells)} |"


def _ratio(of: Callable[[Float], np.floating], ahead_s: float, way: Way) -> float:
    """Mean over recordings of an error with prediction, as a part of that without."""
    ratios = []
    for name in NAMES:
        found = track(name)
        with_it = errors(found, predicted(found, ahead_s, way), ahead_s)
        ratios.append(float(of(with_it) / of(errors(found, found.places, ahead_s))))
    return float(np.mean(ratios))


def main(arguments: Sequence[str]) -> int:
    """Prints the tables. `--tracked FOLDER` names clips that were tracked before."""
    if arguments[:1] == ["--tracked"]:
        recordings.KEPT.append(Path(arguments[1]))
    if missing := recordings.missing():
        print(f"recordings are missing: {', '.join(missing)}", file=sys.stderr)
        return 1
    from tests.evaluation import strikes_ahead  # noqa: PLC0415 - it needs this module

    print("\n".join(by_recording(1 / 30)), "\n")
    print("\n".join(by_way()), "\n")
    print("\n".join(strikes_ahead.table()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
