"""From a frame to its parameters, without the time of the landmarker, in the whole system while it plays.

A frame's capture time travels with it to the engine's door. The Sound that carries it is timed as it arrives at a
subscriber, which is where the engine stands; what the landmarker took is in the pose of the same frame.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from gesturesynth.runtime.messages import Pose, Sound
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Arrivals, Plan, jack, supervised

TITLE = "From frame to parameter, on top of inference (30 fps, everything running)"
WARM_S = 2.0


def measure(plan: Plan) -> Iterator[Figure]:
    """In total, and its two parts."""
    with jack() as server, supervised(plan, server) as running:
        time.sleep(WARM_S)
        with Arrivals(running.runtime, Pose, Sound) as arrivals:
            time.sleep(plan.choose(30, 5))
    poses = {pose.capture_time_s: (arrived_s, pose) for arrived_s, pose in arrivals.heard[Pose]}
    first: dict[float, float] = {}
    for arrived_s, sound in arrivals.heard[Sound]:
        first.setdefault(sound.capture_time_s, arrived_s)
    both = [(poses[captured_s], arrived_s) for captured_s, arrived_s in first.items() if captured_s in poses]
    tracker = [1000 * (seen_s - pose.capture_time_s - pose.inference_s) for (seen_s, pose), _ in both]
    conductor = [1000 * (arrived_s - seen_s) for (seen_s, _), arrived_s in both]
    total = [1000 * (arrived_s - pose.capture_time_s - pose.inference_s) for (_, pose), arrived_s in both]
    whole = [1000 * (arrived_s - pose.capture_time_s) for (_, pose), arrived_s in both]
    unheard = len(poses) - len(both)
    yield of(
        "overhead",
        "ms",
        total,
        aim_median=2.0,
        aim_p99=5.0,
        note=f"{unheard} of {len(poses)} poses without a Sound of their own",
    )
    yield of("of it: capture to pose, in the tracker", "ms", tracker)
    yield of("of it: pose to parameters, in the conductor", "ms", conductor)
    yield of("with inference: frame to parameter", "ms", whole)
