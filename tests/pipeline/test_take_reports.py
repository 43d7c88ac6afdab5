"""What a take looks like."""

from __future__ import annotations

import numpy as np

from gesturesynth.mapping.examples.takes import TakeInfo
from gesturesynth.pipeline.take_reports import take_report
from tests.support.mapper_player import HIGH, LOW
from tests.support.several_people import moved, pose_of


def test_a_take_looks_as_its_first_person_also_where_another_one_is_alone_in_the_picture() -> None:
    first, second = (4, moved(LOW, 0.25)), (7, moved(HIGH, -0.25))
    poses = [pose_of(n / 30, *((second,) if 10 <= n < 20 else (first, second))) for n in range(30)]
    report = take_report("Both", TakeInfo(1, "2026-01-01T00:00:00+00:00", "1", "", 30, 1.0, deleted=False), poses)
    assert report.poses == 30
    np.testing.assert_allclose(np.array(report.mean_pose)[:, :2], first[1][:, :2], atol=1e-3)
    np.testing.assert_allclose(np.array(report.motion_low), np.array(report.motion_high), atol=1e-3)
