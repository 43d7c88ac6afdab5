"""An empty room, looked at now and then, and a person who enters it: the real tracker on real footage."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.idle_pacing import IDLE_AFTER_S
from gesturesynth.tracking.model.download import ensure_model
from gesturesynth.tracking.video_file import Clip
from tests.support import footage
from tests.support.tracker_process import TrackerProcess

FPS = 30
EMPTY_S = 9
EMPTY_FRAMES = EMPTY_S * FPS
ENTRY_FRAMES = round(0.3 * FPS)
IDLE_FRAMES = range(round((IDLE_AFTER_S + 1) * FPS), EMPTY_FRAMES)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Nine seconds of a room, then the dancer in it."""
    ensure_model()
    path = tmp_path / "room.avi"
    writer = None
    with Clip(footage.clip("dancer")) as clip:
        for number in range(60):
            shot = clip.read()
            assert shot
            height, width = shot[0].shape[:2]
            if writer is None:
                writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (width, height))
                noise = np.random.default_rng(1)
                for _ in range(EMPTY_FRAMES):
                    writer.write(noise.integers(100, 110, (height, width, 3), np.uint8))
            writer.write(shot[0])
            assert number >= 0
    assert writer is not None
    writer.release()
    return path


def poses(video: Path, idle_rate: float) -> list[Pose]:
    """The poses of the first loop, as they came."""
    seen: list[Pose] = []
    with TrackerProcess(source={"source": str(video), "idle_rate": idle_rate}) as tracker:

        def keep(pose: Pose) -> bool:
            seen.append(pose)
            return bool(pose.bodies)

        tracker.pose_where(keep)
    return seen


def test_an_empty_room_is_looked_at_in_every_third_frame_and_a_person_found_within_nine(video: Path) -> None:
    seen = poses(video, idle_rate=10.0)
    idle = [pose for pose in seen if pose.sequence in IDLE_FRAMES]
    looked = [pose for pose in idle if pose.inference_s]
    assert len(idle) > len(IDLE_FRAMES) / 2, "poses without a body go on, frame by frame"
    assert 0.2 < len(looked) / len(idle) < 0.5
    assert {(pose.width, pose.height) for pose in idle} == {(seen[0].width, seen[0].height)}
    assert 0 <= seen[-1].sequence - EMPTY_FRAMES <= ENTRY_FRAMES
    early = [pose for pose in seen if pose.sequence < (IDLE_AFTER_S - 1) * FPS]
    assert all(pose.inference_s for pose in early)


def test_with_an_idle_rate_of_zero_every_frame_is_looked_at(video: Path) -> None:
    seen = poses(video, idle_rate=0.0)
    assert all(pose.inference_s for pose in seen)
