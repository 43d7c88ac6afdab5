"""Takes store hands and the face where they were looked at, and give their features back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from gesturesynth.mapping.examples.schema import decode_pose, encode_pose
from gesturesynth.runtime.body_points import FACE_VALUES
from gesturesynth.runtime.messages import Pose
from gesturesynth.tracking.skeleton_file import SkeletonWriter, read_skeleton
from tests.support.hand_figure import hand, with_hands
from tests.support.stored_takes import open_store, poses

FEATURES = ("right_hand.open", "left_hand.open", "face.smile", "right_wrist.height")
SMILING = np.array([0.0, 0.7, 0.05, 0.6, 0.3, 0.3], dtype=np.float32)


def _with_hands(pose: Pose, opened: float) -> Pose:
    body = with_hands(pose.bodies[0], right=hand("right", opened=opened))
    assert len(SMILING) == len(FACE_VALUES)
    return msgspec.structs.replace(pose, bodies=(msgspec.structs.replace(body, face=SMILING.tobytes()),))


def test_features_of_hands_come_back_from_a_take_and_older_takes_have_none(tmp_path: Path) -> None:
    with open_store(tmp_path / "x.sqlite") as store:
        store.add_take("1", {"pitch": 100.0}, "", [_with_hands(pose, 0.3) for pose in poses(10)])
        store.add_take("2", {"pitch": 200.0}, "", [_with_hands(pose, 0.9) for pose in poses(10)])
        store.add_take("3", {"pitch": 300.0}, "", poses(10))
        found = store.examples(FEATURES, ("pitch",), None)
    closed, opened, without = (found.X[found.takes == take] for take in (1, 2, 3))
    assert np.isfinite(closed[:, [0, 2, 3]]).all()
    assert np.isnan(closed[:, 1]).all(), "no left hand was in view"
    assert opened[:, 0].min() > closed[:, 0].max() + 0.3
    assert np.isnan(without[:, :3]).all()
    assert np.isfinite(without[:, 3]).all()


def test_a_hand_that_is_not_whole_makes_a_record_that_is_left_out(tmp_path: Path) -> None:
    good = _with_hands(poses(1)[0], 0.5)
    broken = msgspec.structs.replace(
        good, bodies=(msgspec.structs.replace(good.bodies[0], right_hand=b"1234"),), capture_time_s=101.0
    )
    assert decode_pose(*encode_pose(good)) == good
    file = tmp_path / "x.skeleton"
    warnings: list[str] = []
    with SkeletonWriter(file) as writer:
        writer.write(good)
        writer.write(broken)
    assert list(read_skeleton(file, warnings.append)) == [good]
    assert "a hand or a face" in warnings[0]
