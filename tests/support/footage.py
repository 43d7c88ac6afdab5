"""Real footage for tests. It is not part of the project; the summary of a run says which of it is missing.

Short, but `tests/support/selection.py` knows by the import of it which tests need footage.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CLIPS = {
    "dancer": "tfjs_pose_1.mp4",  # one dancer, arms overhead, 576x576, 30 fps, 4 s
    "squats": "tfjs_pose_squats.mp4",  # one person, squats, 720x1280, 5 fps, 13 s
    "athlete": "pose2sim_single_cam01.mp4",  # one athlete, wide arms, 1080x1920, 60 fps, 1.7 s
    "walker": "sports2d_demo.mp4",  # walks in, through and out, 1768x994, 30 fps, 7.7 s
    "two": "pose2sim_multi_cam02.mp4",  # two people, 1088x1920, 60 fps, 1.7 s
    "statue": "kazuhito_torasan.mp4",  # nothing moves, 1280x720, 30 fps, 29 s
    "hand": "mpsamples_hand_test_video.mp4",  # a hand opens, 640x360, 25 fps, 8 s
}


def folder() -> Path:
    """`GESTURESYNTH_TEST_MEDIA`, or `shared/media` beside the checkout."""
    default = Path(__file__).parents[3] / "shared" / "media"
    return Path(os.environ.get("GESTURESYNTH_TEST_MEDIA", default))


def clip(name: str) -> Path:
    """The path of a clip; skips the test, with a reason that the summary repeats loudly, when it is missing."""
    path = folder() / CLIPS[name]
    if not path.is_file():
        pytest.skip(f"TEST FOOTAGE MISSING: {path.name} is not in {path.parent} (set GESTURESYNTH_TEST_MEDIA)")
    return path
