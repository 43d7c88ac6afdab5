"""How long the landmarker takes for a frame, in the tracker's own process, in VIDEO mode."""

from __future__ import annotations

import time
from collections.abc import Iterator

from gesturesynth.runtime.messages import Pose
from tests.benchmarks.figures import Figure, of
from tests.benchmarks.setup import Arrivals, Plan, camera, footage, tracker

TITLE = "Pose inference"
WARM_S = 1.0
CLIPS = ("dancer", "walker", "athlete")


def measure(plan: Plan) -> Iterator[Figure]:
    """A camera of 640x480, then clips at their own size and pace."""
    eye = camera(plan)
    yield _of(plan, "camera, 640x480, 30 fps", eye.environment, eye.device)
    for name in CLIPS[: plan.choose(3, 0)]:
        yield _of(plan, f"clip: {name}", {}, str(footage(name)))


def _of(plan: Plan, what: str, environment: dict[str, str], source: str) -> Figure:
    with tracker(plan, environment, "--source", source) as folder:
        time.sleep(WARM_S)
        with Arrivals(folder, Pose) as arrivals:
            time.sleep(plan.choose(10, 4))
    poses = [pose for _, pose in arrivals.heard[Pose]]
    fps = (len(poses) - 1) / max(1e-9, poses[-1].capture_time_s - poses[0].capture_time_s) if poses else 0.0
    size = f"{poses[-1].width}x{poses[-1].height}" if poses else ""
    return of(what, "ms", [1000 * pose.inference_s for pose in poses], note=f"{size}, {fps:.1f} poses a second")
